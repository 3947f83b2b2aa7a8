"""The indexer killed at any moment, as a program on an installation of its own: the outbox finishes the rest."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.importing.lists import row, write_list
from tests.importing.programs import Installation, installation_on_database
from tests.importing.without_meaning import WithoutMeaning
from zhiqiao.engine.documents import SEES_ALL
from zhiqiao.engine.store import open_reader

PATENTS = 1_500
SEEDS = [1]
SOAK = range(100, 150)
ALL_WAIT = "update core_outboxevent set done_at = null where queue = 'index.patents'"
SOME_RENAMED = "update registry_patent set title = title || '改' where id % 3 = 0"
WAITING = "select count(*) from core_outboxevent where done_at is null and queue like 'index.%'"
LONGEST_LIFE = 6.0  # seconds, the start of the program included


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [row(serial, 法律状态="授权", 专利名称=f"一种第{serial}号装置") for serial in range(PATENTS)]
    return write_list(tmp_path_factory.mktemp("lists") / "清单.csv", rows)


def titles_indexed(place: Installation) -> dict[int, str]:
    reader = open_reader(place.home / "index" / "patents", WithoutMeaning())
    assert len(reader.vectors) == reader.size, "all is findable by its meaning too"
    return {key: each.title for key, each in reader.documents(sorted(reader.text.digests()), SEES_ALL).items()}


def kill_and_finish(place: Installation, listed: Path, seed: int, kills: int) -> None:
    chance = random.Random(seed)
    assert place.run("import", "patents", listed, "--json").code == 0
    for _ in range(kills):
        place.rows(ALL_WAIT)
        place.rows(SOME_RENAMED)
        process = place.start("index", *(["rebuild"] if chance.random() < 0.4 else []))
        time.sleep(chance.uniform(1.0, LONGEST_LIFE))
        process.kill()
        process.communicate()
    finished = place.run("index")
    assert finished.code == 0, finished.err
    assert place.rows(WAITING) == [(0,)]
    assert titles_indexed(place) == dict(place.rows("select id, title from registry_patent"))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_indexer_killed_at_any_moment(seed: int, tmp_path: Path, listed: Path) -> None:
    kill_and_finish(installation_on_database(tmp_path), listed, seed, kills=2)


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAK)
def test_an_indexer_killed_at_any_moment_many_times(seed: int, tmp_path: Path, listed: Path) -> None:
    kill_and_finish(installation_on_database(tmp_path), listed, seed, kills=4)
