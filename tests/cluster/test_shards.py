"""Shards on real nodes answer as one folder does, and never wrongly while processes and machines are killed."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.cluster.machines import PATIENCE, Machines, reached
from tests.cluster.replaying import Again, Heard
from tests.engine.fakes import patent
from tests.engine.test_gathering import NEEDS, PUBLIC, Both, agree
from zhiqiao.cluster.health import health
from zhiqiao.cluster.reports import ShardHealth
from zhiqiao.cluster.scattering import open_sharded
from zhiqiao.engine.gathering import ShardedIndex
from zhiqiao.engine.match import Match, Scope, match
from zhiqiao.engine.shardwriting import shard_folder
from zhiqiao.engine.store import open_reader
from zhiqiao.kernel.errors import Unavailable

SCOPE = Scope(PUBLIC, k=30)
COLLECTION = "letters"


@pytest.fixture(autouse=True)
def whole(machines: Machines) -> None:
    """Other tests on the same machines have killed some, and these do."""
    machines.both_workers()


@dataclass
class City:
    """One collection, in a folder and in the cluster; ``index`` gives up as soon as the cluster's address says."""

    machines: Machines
    both: Both
    index: ShardedIndex
    expected: dict[str, list[Match]] = field(default_factory=dict)

    def shards(self, seconds: float = 10.0) -> list[ShardHealth]:
        folder = self.machines.home / "letters"
        found = health(self.machines.address, self.machines.home, [(COLLECTION, folder, self.both.encoder)], seconds)
        return found.shards

    def settled(self) -> list[ShardHealth]:
        """The shards, once all of them answer."""
        until = time.monotonic() + PATIENCE
        while True:
            shards = self.shards()
            if not any(shard.trouble for shard in shards):
                return shards
            assert time.monotonic() < until, shards
            time.sleep(0.2)

    def ask(self, need: str, index: ShardedIndex | None = None) -> frozenset[int]:
        """One search, held against the one in the folder: the same, or honest about what it lacks, and then what the
        same folders answer where the same shards were silent to the same calls. Gives which shards were silent; all of
        them when the search was refused."""
        through = index or self.index
        heard = Heard(through.scatter)
        view = ShardedIndex(heard, self.both.encoder, through.seconds).view()
        try:
            found = match(view, self.both.encoder, need, SCOPE)
        except Unavailable as refused:
            assert refused.reason == "index_unreachable"
            return frozenset({0, 1})
        if not view.missing:
            agree(pairs(self.expected[need]), pairs(found))
            return view.missing
        again = ShardedIndex(Again(self.both.scatter, heard), self.both.encoder, PATIENCE).view()
        agree(pairs(match(again, self.both.encoder, need, SCOPE)), pairs(found))
        assert again.missing == view.missing
        if all(not view.missing & answered for _, answered in heard.calls):
            self.ask_alone(need, view.missing, found)
        return view.missing

    def ask_alone(self, need: str, missing: frozenset[int], found: list[Match]) -> None:
        """Of a shard that was silent from the first call to the last nothing counts: the other's folder says the
        same."""
        (left,) = {0, 1} - missing
        alone = open_reader(shard_folder(self.both.folder, left, 2), self.both.encoder)
        agree(pairs(match(alone, self.both.encoder, need, SCOPE)), pairs(found))


def index_of(machines: Machines, both: Both, seconds: float) -> ShardedIndex:
    scatter = open_sharded(machines.address, machines.home, COLLECTION, machines.home / "letters", both.encoder)
    return ShardedIndex(scatter, both.encoder, seconds)


@pytest.fixture
def patient(city: City) -> ShardedIndex:
    """Waits for every shard, however busy the machine: an answer that lacks one is a fault."""
    return index_of(city.machines, city.both, PATIENCE)


def pairs(found: list[Match]) -> list[tuple[int, float]]:
    return [(each.key, each.score) for each in found]


@pytest.fixture(scope="module")
def city(machines: Machines) -> Iterator[City]:
    both = Both(machines.home / "letters", 2)
    made = City(machines, both, index_of(machines, both, machines.address.seconds))
    made.expected = {need: match(both.one, both.encoder, need, SCOPE) for need in NEEDS}
    made.settled()
    yield made
    both.close()


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """As a process that hangs: it is there and says nothing."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


class Load:
    """Searches in several threads for as long as the block lasts; any wrong answer fails it."""

    def __init__(self, city: City, threads: int = 3) -> None:
        self.whole = 0
        self.partial = 0
        self._city = city
        self._over = threading.Event()
        self._wrong: list[BaseException] = []
        self._threads = [threading.Thread(target=self._search, args=(at,)) for at in range(threads)]

    def _search(self, at: int) -> None:
        while not self._over.is_set():
            at += 1
            try:
                missing = self._city.ask(NEEDS[at % len(NEEDS)])
            except BaseException as wrong:  # noqa: BLE001 -- told by the thread that waits
                self._wrong.append(wrong)
                return
            if missing:
                self.partial += 1
            else:
                self.whole += 1

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self._wrong:
            raise self._wrong[0]

    def until(self, reached: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while not reached():
            assert not self._wrong, self._wrong
            assert time.monotonic() < until
            time.sleep(0.05)

    def until_whole_again(self) -> None:
        before = self.whole
        self.until(lambda: self.whole >= before + 5)


def test_matches_over_the_cluster_are_those_of_one_folder(city: City, patient: ShardedIndex) -> None:
    shards = city.settled()
    assert [shard.documents for shard in shards] == [own.state().documents for own in city.both.scatter.shards]
    for need in NEEDS:
        assert city.ask(need, patient) == frozenset()


def test_a_write_is_found_at_once(city: City, patient: ShardedIndex) -> None:
    city.both.apply([patent(70_001, "磁悬浮轴承")], [], "2")
    found = patient.view().documents([70_001], PUBLIC)
    assert [document.title for document in found.values()] == ["磁悬浮轴承"]
    city.both.apply([], [70_001], "3")
    assert patient.view().documents([70_001], PUBLIC) == {}


@pytest.mark.parametrize("silent", [0, 1])
def test_a_shard_that_hangs_is_lacking_and_what_is_answered_is_what_the_other_s_folder_says(
    city: City, patient: ShardedIndex, silent: int
) -> None:
    hurried = ShardedIndex(patient.scatter, city.both.encoder, 0.2)
    with stopped(city.settled()[silent].pid):
        until = time.monotonic() + PATIENCE
        # Once it has missed a deadline it is waited for no longer; the other one is, as long as it takes.
        while city.ask(NEEDS[0], hurried) != {silent}:
            assert time.monotonic() < until
        for need in NEEDS:
            assert city.ask(need, patient) == {silent}
    reached(lambda: city.ask(NEEDS[0], patient) == frozenset())


def test_a_killed_shard_comes_back_and_no_answer_is_wrong_meanwhile(city: City) -> None:
    victim = city.settled()[0]
    with Load(city) as load:
        load.until_whole_again()
        os.kill(victim.pid, signal.SIGKILL)
        load.until(lambda: city.settled()[0].pid != victim.pid)
        load.until_whole_again()


def test_a_killed_machine_gives_its_shards_to_another_and_may_come_back(city: City) -> None:
    network = city.machines.network
    lost = city.settled()[0].address
    with Load(city) as load:
        load.until_whole_again()
        city.machines.kill(lost)
        load.until(lambda: city.settled()[0].address not in ("", lost))
        load.until_whole_again()
    city.machines.join(3 if lost == f"{network}.3" else 4)
    city.settled()
    assert city.ask(NEEDS[0], index_of(city.machines, city.both, PATIENCE)) == frozenset()


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(12))
def test_no_answer_is_wrong_whatever_is_lost(city: City, seed: int) -> None:
    chance, machines = random.Random(seed), city.machines
    with Load(city) as load:
        for _ in range(3):
            load.until_whole_again()
            lost = chance.choice(city.settled())
            time.sleep(chance.random())
            way = chance.choice(["process", "machine", "raylet", "hangs"])
            if way == "hangs":
                with stopped(lost.pid):
                    time.sleep(chance.uniform(0, 2 * machines.address.seconds))
            elif way == "process":
                os.kill(lost.pid, signal.SIGKILL)
            else:
                (machines.kill if way == "machine" else machines.kill_raylet)(lost.address)
                load.until(lambda: bool(city.settled()))
                machines.both_workers()
        load.until_whole_again()
    print(f"seed {seed}: {load.whole} whole, {load.partial} partial or refused")
