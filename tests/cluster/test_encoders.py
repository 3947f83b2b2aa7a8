"""An index in a cluster is rebuilt with another encoder while people search: by the former vectors or the new ones."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.afar.searching import TEXT
from tests.cluster.machines import Machines, reached
from tests.cluster.product import commands, lists
from tests.engine.fake_endpoint import FakeEndpoint, Fault
from tests.engine.test_gathering import agree
from tests.importing.programs import ROOT, Installation, installation

SHARDS = 3  # another number than that of other tests on these machines: the shards are others, too
ENOUGH = 5  # answers
Hits = list[tuple[int, float]]


@dataclass(frozen=True)
class Answer:
    matches: Hits
    nearest: Hits
    trouble: str
    silent: int

    def like(self, expected: Answer) -> bool:
        """Whether it is the same to one part in a million."""
        try:
            agree(expected.matches, self.matches)
            agree(expected.nearest, self.nearest)
        except AssertionError:
            return False
        return True


@dataclass
class Searching:
    """A program that searches for as long as the test lasts."""

    folder: Path
    program: subprocess.Popen[str]

    def answers(self) -> list[Answer]:
        place = self.folder / "answers"
        rows = place.read_text("utf-8").splitlines(keepends=True) if place.exists() else []
        return [Answer(*json.loads(row)) for row in rows if row.endswith("\n")]

    def goes_on(self) -> None:
        """Waits for some more whole answers."""
        before = len(self.whole())
        reached(lambda: len(self.whole()) >= before + ENOUGH, self.program)

    def whole(self) -> list[Answer]:
        """Those by words and meaning from all shards, in order."""
        return [answer for answer in self.answers() if not answer.trouble and not answer.silent]

    def ended(self) -> list[Answer]:
        (self.folder / "stop").touch()
        out, err = self.program.communicate(timeout=600)
        assert self.program.returncode == 0, (out, err)
        return self.whole()


@pytest.fixture
def servers() -> Iterator[tuple[FakeEndpoint, FakeEndpoint]]:
    former, new = FakeEndpoint(64), FakeEndpoint(32)
    yield former, new
    former.close()
    new.close()


def by(server: FakeEndpoint, variable: str = "ZHIQIAO_ENCODER") -> dict[str, str]:
    told = {"": server.url, "_MODEL": server.model, "_DIMENSION": str(server.pairs.dimension), "_INSIDE": "1"}
    return {f"{variable}{ending}": value for ending, value in {**told, "_TIMEOUT": "600"}.items()}


def started(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, env=environment, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def asked_once(place: Installation, folder: Path, **more: str) -> Answer:
    """What one folder answers."""
    folder.mkdir()
    searching = Searching(folder, started(place.environment(**more), "tests.afar.searching", str(folder)))
    reached(searching.whole, searching.program)
    return searching.ended()[0]


def in_the_cluster(one: Installation, machines: Machines, home: Path) -> Installation:
    """A copy of the installation that shares the machines of the tests."""
    shutil.copytree(one.home, home)
    shutil.copytree(machines.home / "cluster", home / "cluster")
    return Installation(home)


@pytest.mark.soak
def test_a_rebuild_with_another_encoder_never_stops_or_mixes_searches(
    machines: Machines, tmp_path: Path, servers: tuple[FakeEndpoint, FakeEndpoint]
) -> None:
    machines.both_workers()
    former, new = servers
    usual = {"DJANGO_SETTINGS_MODULE": "zhiqiao.conf.settings", "PYTHONPATH": str(ROOT)}
    before, after = {**usual, **by(former)}, {**usual, **by(new), **by(former, "ZHIQIAO_FORMER_ENCODER")}
    one = installation(tmp_path / "one")
    commands(one.environment(**before), *lists(tmp_path), ["index"])
    many = in_the_cluster(one, machines, tmp_path / "many")
    index: dict[str, Any] = {"ZHIQIAO_INDEX": f"ray://{machines.address.head}?shards={SHARDS}&seconds=60"}
    by_former = asked_once(one, tmp_path / "former", **before)
    commands(
        many.environment(**before, **index), ["index", "rebuild"], ["cluster", "status", "--wait", "600", "--json"]
    )

    new.always = Fault(wait=600)  # until it is let go: the rebuild stands in the middle
    rebuild = started(many.environment(**after, **index), "zhiqiao", "index", "rebuild")
    folder = tmp_path / "searching"
    folder.mkdir()
    searching = Searching(folder, started(many.environment(**after, **index), "tests.afar.searching", str(folder)))
    try:
        reached(lambda: new.asked, rebuild)
        searching.goes_on()
        assert rebuild.poll() is None
        new.let_go.set()
        out, err = rebuild.communicate(timeout=600)
        assert rebuild.returncode == 0, (out, err)
        searching.goes_on()
        commands(one.environment(**after), ["index", "rebuild"])
        by_new = asked_once(one, tmp_path / "new", **after)
        told = [(answer.like(by_former), answer.like(by_new)) for answer in searching.ended()]
    finally:
        rebuild.kill()
        searching.program.kill()
    assert set(told) == {(True, False), (False, True)}, told
    assert told == sorted(told, reverse=True), "by the former until the swap, by the new from then on"
    assert [TEXT] in [each.texts for each in former.asked] and [TEXT] in [each.texts for each in new.asked]
