"""An import that is killed at any moment loses nothing, and the next run finishes it."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.importing.lists import made_up, row, write_list
from tests.importing.programs import Installation, installation

ROWS = 4_100  # three chunks
SEEDS = [1, 2, 3]
SOAK = range(100, 200)

PATENTS = """
select number, title, applicants, status_words, status_as_of, filed_on, public, withdrawn_at, check_filled,
       (select group_concat(name || role || ordinal) from registry_patentholder h where h.patent_id = p.id),
       (select count(*) from registry_statusrecord s where s.patent_id = p.id)
from registry_patent p order by number
"""


@dataclass(frozen=True)
class Undisturbed:
    """What the import says and leaves when nobody kills it."""

    told: dict[str, Any]
    patents: list[tuple[Any, ...]]
    seconds: float


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list with bad rows, and patents whose second row stands in another chunk."""
    rows = [
        row(serial, 法律状态="授权", 申请人=f"示例单位{serial % 50}有限公司")
        if serial % 1_000
        else row(serial, 申请号="2.02E+12")
        for serial in range(ROWS - 100)
    ]
    rows += [row(serial + 1, 法律状态="质押", 专利名称="另一名称") for serial in range(100)]
    return write_list(tmp_path_factory.mktemp("lists") / "清单.csv", rows)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, listed: Path) -> Undisturbed:
    place = installation(tmp_path_factory.mktemp("undisturbed"))
    begun = time.monotonic()
    told = place.run("import", "patents", listed, "--json").json
    return Undisturbed(told, place.rows(PATENTS), time.monotonic() - begun)


def check(place: Installation, listed: Path, undisturbed: Undisturbed, seed: int, kills: int) -> None:
    """Kill at random moments, then let it finish."""
    chance = random.Random(seed)
    for _ in range(kills):
        process = place.start("import", "patents", listed, "--json")
        time.sleep(chance.uniform(0.5, undisturbed.seconds))
        process.kill()
        process.communicate()
        (created,) = place.rows("select coalesce(sum(created), 0) from core_importrun")[0]
        (held,) = place.rows("select count(*) from registry_patent")[0]
        assert held == created, "what was counted is there, and nothing else"
    last = place.run("import", "patents", listed, "--json")
    assert last.code == 0, last.err
    assert place.rows(PATENTS) == undisturbed.patents
    runs = place.rows("select state, rows, created, updated, unchanged, rejected from core_importrun order by id")
    assert {state for state, *_ in runs} == {"done"}
    assert all(rows == sum(parts) == undisturbed.told["rows"] for _, rows, *parts in runs)
    assert runs[0] == (
        "done",
        *(undisturbed.told[name] for name in ("rows", "created", "updated", "unchanged", "rejected")),
    )
    assert place.run("audit", "seal").code == 0
    sound = place.run("audit", "verify", "--json")
    assert (sound.code, sound.json["intact"], sound.json["unsealed"]) == (0, True, 0)
    assert place.run("index").code == 0, "what an import did not index in its five seconds"
    waiting = "select count(*) from core_outboxevent where done_at is null and queue like 'index.%'"
    assert place.rows(waiting) == [(0,)], "all is findable"


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_and_run_again(seed: int, tmp_path: Path, listed: Path, undisturbed: Undisturbed) -> None:
    check(installation(tmp_path), listed, undisturbed, seed, kills=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAK)
def test_killed_and_run_again_many_times(seed: int, tmp_path: Path, listed: Path, undisturbed: Undisturbed) -> None:
    check(installation(tmp_path), listed, undisturbed, seed, kills=3)


def test_two_programs_with_the_same_file_at_once(tmp_path: Path, listed: Path, undisturbed: Undisturbed) -> None:
    """One takes it in; the other is told so in a line, or comes after and changes nothing."""
    place = installation(tmp_path)
    both = [place.start("import", "patents", listed, "--json") for _ in range(2)]
    ends = [(process.communicate(), process.returncode) for process in both]
    assert sorted(code for _, code in ends) in ([0, 0], [0, 1])
    for (_, err), code in ends:
        assert "Traceback" not in err
        if code == 1:
            assert len(err.splitlines()) == 1
            assert "[busy]" in err
    assert place.rows(PATENTS) == undisturbed.patents
    assert made_up(1).key in {number for number, *_ in undisturbed.patents}
