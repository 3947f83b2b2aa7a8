"""Many shards answer as one folder does: the same documents with the same scores."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.engine.fakes import LetterPairs, patent
from zhiqiao.engine import gathering
from zhiqiao.engine.bm25 import LENGTHS, kept_length
from zhiqiao.engine.documents import NO_FILTERS, Document, Filters, facet_filters
from zhiqiao.engine.gathering import Calls, ShardedIndex
from zhiqiao.engine.match import Match, Scope, match, similar
from zhiqiao.engine.neighbours import neighbours
from zhiqiao.engine.reading import SearchIndex
from zhiqiao.engine.shards import Shard, shard_of
from zhiqiao.engine.shardwriting import ShardedWriter, shard_folder
from zhiqiao.engine.store import open_reader, open_writer
from zhiqiao.kernel.errors import Unavailable

PUBLIC = frozenset({"public"})
COUNTS = (1, 2, 5)
SUBJECTS = ("锂离子电池", "污水除磷", "铝合金压铸", "注塑模具", "微孔电镀", "激光焊接", "仓储机器人", "可降解薄膜")
PARTS = ("隔膜", "装置", "冷却水路", "温度监测", "路径规划", "制备方法", "控制系统", "涂层", "传感器", "回收", "封边机")
NEEDS = ("锂电池隔膜涂层如何降低热收缩", "电镀废水重金属回收", "压铸件冷却不均", "机器人路径规划的温度传感器", "封边")


class Direct:
    """Shards in this process; those named silent do not answer."""

    def __init__(self, shards: Sequence[Shard]) -> None:
        self.name = "patents"
        self.count = len(shards)
        self.silent: set[int] = set()
        self.shards = shards

    def ask(self, method: str, calls: Calls, until: float) -> dict[int, Any]:
        heard = {shard: arguments for shard, arguments in calls.items() if shard not in self.silent}
        return {shard: getattr(self.shards[shard], method)(*arguments) for shard, arguments in heard.items()}


def documents() -> list[Document]:
    """Texts of very different lengths; claims are rare, so that some shard may have none."""
    chance = random.Random(3)
    made = []
    for key in range(1, 601):
        title = chance.choice(SUBJECTS) + chance.choice(PARTS) + chance.choice(PARTS)
        abstract = "，".join(chance.choice(SUBJECTS) + chance.choice(PARTS) for _ in range(chance.randint(0, 60)))
        claim = f"一种{title}，其特征在于{abstract}" if key % 97 == 0 else ""
        seen = ("public",) if key % 5 else ("org:1",)
        kind = "invention" if key % 3 else "utility"
        made.append(patent(key, title, abstract=abstract, claim=claim, visibility=seen, facets={"kind": kind}))
    return made


class Both:
    """The same documents in one folder and in shards."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.encoder = LetterPairs()
        self.writers = (open_writer(folder / "one", self.encoder), ShardedWriter(folder, count, self.encoder))
        self.apply(documents(), [], "1")
        self.one = open_reader(folder / "one", self.encoder)
        shards = [Shard(open_reader(shard_folder(folder, at, count), self.encoder)) for at in range(count)]
        self.scatter = Direct(shards)
        self.index = ShardedIndex(self.scatter, self.encoder, seconds=60)

    def apply(self, upserts: list[Document], deletes: list[int], watermark: str) -> None:
        for writer in self.writers:
            writer.apply(upserts, deletes, watermark)
            writer.commit()
            writer.encode_pending(60)

    def close(self) -> None:
        for writer in self.writers:
            writer.close()


@pytest.fixture(scope="module", params=COUNTS)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    made = Both(tmp_path_factory.mktemp("both"), request.param)
    yield made
    made.close()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    made = Both(tmp_path_factory.mktemp("two"), 2)
    yield made
    made.close()


def agree(one: Sequence[tuple[int, float]], many: Sequence[tuple[int, float]]) -> None:
    """Equal scores in order; documents of an equal score may change places, and at the end take each other's."""
    assert [score for _, score in many] == pytest.approx([score for _, score in one], rel=1e-6)
    last = one[-1][1]
    certain = {key for key, score in one if not math.isclose(score, last, rel_tol=1e-6)}
    assert certain <= {key for key, _ in many}


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("filters", [NO_FILTERS, facet_filters(kind="utility")])
def test_words_score_the_same(both: Both, need: str, filters: Filters) -> None:
    terms = [(word, 1.0 + at / 7) for at, word in enumerate(["锂离子", "电池", *need, *PARTS])]
    for k in (1, 10, 200):
        one = both.one.text.search(terms, PUBLIC, filters, k)
        assert one
        agree(one, both.index.view().text.search(terms, PUBLIC, filters, k))


@pytest.mark.parametrize("need", NEEDS)
def test_matches_are_the_same(both: Both, need: str) -> None:
    for scope in (Scope(PUBLIC, k=50), Scope(PUBLIC, facet_filters(kind="utility"), k=50)):
        one, many = (answers(reader, both, need, scope) for reader in (both.one, both.index.view()))
        agree([(each.key, each.score) for each in one], [(each.key, each.score) for each in many])
        known = {each.key: each for each in one}
        for each in many:
            if each.key in known:
                assert (each.level, each.document) == (known[each.key].level, known[each.key].document)


def answers(reader: SearchIndex, both: Both, need: str, scope: Scope) -> list[Match]:
    return match(reader, both.encoder, need, scope)


def test_neighbours_are_the_same(both: Both) -> None:
    scope = Scope(PUBLIC, k=20)
    one, many = (similar(reader, both.encoder, documents()[6], scope) for reader in (both.one, both.index.view()))
    agree([(each.key, each.score) for each in one], [(each.key, each.score) for each in many])


def test_patents_nearest_to_a_patent_are_the_same(both: Both) -> None:
    source, scope = documents()[6], Scope(PUBLIC, k=20)
    one, many = (neighbours(reader, both.encoder, source, scope) for reader in (both.one, both.index.view()))
    agree([(each.key, each.score) for each in one], [(each.key, each.score) for each in many])


def test_lists_and_counts_are_the_same(both: Both) -> None:
    one, many = both.one.text, both.index.view().text
    kinds = facet_filters(kind="utility")
    assert many.count(PUBLIC, kinds) == one.count(PUBLIC, kinds)
    assert sorted(many.keys(PUBLIC, kinds, 1_000)) == sorted(one.keys(PUBLIC, kinds, 1_000))
    assert many.keys_having("电镀 回收", PUBLIC).tolist() == one.keys_having("电镀 回收", PUBLIC).tolist()
    assert len(many.best_begun("电镀 回", PUBLIC, 9)) == len(one.best_begun("电镀 回", PUBLIC, 9))
    assert many.digests() == one.digests()
    assert many.in_class("H01M") == one.in_class("H01M")
    wanted = list(range(40))
    assert many.visible(wanted, PUBLIC, kinds) == one.visible(wanted, PUBLIC, kinds)
    words = ["电池", "回收", "没有的词", "传感器"]
    assert many.rarities(words) == pytest.approx(one.rarities(words), rel=1e-9)
    reader = both.index.view()
    assert (reader.size, len(reader.vectors)) == (both.one.size, len(both.one.vectors))
    assert (reader.watermark, reader.vector_watermark) == (both.one.watermark, both.one.vector_watermark)


def test_a_silent_shard_is_named_and_nothing_of_it_is_answered(both: Both) -> None:
    both.scatter.silent = {0}
    try:
        view = both.index.view()
        if both.scatter.count == 1:
            with pytest.raises(Unavailable) as refused:
                match(view, both.encoder, NEEDS[0], Scope(PUBLIC))
            assert refused.value.reason == "index_unreachable"
            return
        found = match(view, both.encoder, NEEDS[0], Scope(PUBLIC, k=50))
        assert view.missing == {0}
        assert found
        assert all(shard_of(each.key, both.scatter.count) != 0 for each in found)
    finally:
        both.scatter.silent = set()


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("left", [0, 1])
def test_what_one_shard_answers_for_two_is_what_its_folder_alone_says(two: Both, left: int, need: str) -> None:
    alone = open_reader(shard_folder(two.folder, left, 2), two.encoder)
    for scope in (Scope(PUBLIC, k=50), Scope(PUBLIC, facet_filters(kind="utility"), k=50)):
        answers(two.index.view(), two, need, scope)  # what the other has told before counts for nothing
        two.scatter.silent = {1 - left}
        try:
            one, many = (answers(reader, two, need, scope) for reader in (alone, two.index.view()))
        finally:
            two.scatter.silent = set()
        agree([(each.key, each.score) for each in one], [(each.key, each.score) for each in many])
        assert [each.level for each in one] == [each.level for each in many]


class Waiting(Direct):
    """Waits for those that are silent until it may, on a clock of its own; what comes after that comes too late."""

    now = 0.0

    def ask(self, method: str, calls: Calls, until: float) -> dict[int, Any]:
        if self.silent & calls.keys():
            self.now = until
        elif self.now >= until:
            return {}
        return super().ask(method, calls, until)


def test_a_shard_that_is_silent_leaves_the_others_time(two: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = Waiting(two.scatter.shards)
    monkeypatch.setattr(gathering, "time", SimpleNamespace(monotonic=lambda: waiting.now))
    view = ShardedIndex(waiting, two.encoder, seconds=2.0).view()
    waiting.silent = {0}
    assert match(view, two.encoder, NEEDS[0], Scope(PUBLIC, k=50))
    assert view.missing == {0} and 0 < waiting.now < 2.0


def test_a_shard_that_falls_silent_half_way_is_not_asked_again(both: Both) -> None:
    view = both.index.view()
    view.text.rarities(["电池"])
    assert view.missing == frozenset()
    if both.scatter.count > 1:
        both.scatter.silent = {1}
        try:
            view.text.count(PUBLIC)
        finally:
            both.scatter.silent = set()
        assert view.text.count(PUBLIC) < both.one.text.count(PUBLIC)
        assert view.missing == {1}


def test_changes_and_a_rebuild_reach_the_shard_that_holds_them(tmp_path: Path) -> None:
    both = Both(tmp_path, 3)
    both.apply([patent(5, "磁悬浮轴承"), patent(9_999, "磁悬浮列车")], [7], "2")
    found = both.index.view().text.search([("磁悬浮", 1.0)], PUBLIC, NO_FILTERS, 10)
    assert {key for key, _ in found} == {5, 9_999}
    assert both.index.view().documents([7], PUBLIC) == {}
    both.writers[1].rebuild(documents()[:50], "3")
    view = both.index.view()
    assert (view.size, view.watermark) == (50, "3")
    assert [path.name for path in tmp_path.glob("spool-*")] == []
    both.close()


def test_lengths_are_kept_as_the_index_keeps_them() -> None:
    assert LENGTHS[:42] == (*range(40), 40, 42)
    assert (kept_length(41), kept_length(57), kept_length(128), kept_length(130)) == (40, 56, 128, 128)
