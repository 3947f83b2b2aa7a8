"""The one indexer and its shards: what is written, changed and deleted, and what breaks on the way."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.core import sample_collection, shards_here
from tests.core.conftest import ACTOR
from tests.core.sample_collection import ANOTHER, announce, write
from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.core import sharding
from zhiqiao.core.encoders import encoder_behind
from zhiqiao.core.indexing import folder_of, index_everything, index_pending, reader, rebuild, search_view, status
from zhiqiao.core.jobs import enqueue, run_worker
from zhiqiao.core.models import NumberSeries
from zhiqiao.core.unanswered import noting
from zhiqiao.engine.documents import NO_FILTERS, SEES_ALL
from zhiqiao.engine.gathering import GatheredReader
from zhiqiao.engine.shards import shard_of
from zhiqiao.engine.shardwriting import ShardedWriter, shard_folder
from zhiqiao.engine.store import SearchWriter
from zhiqiao.kernel.errors import Unavailable

pytestmark = pytest.mark.django_db
SHARDS = 3
TITLES = [f"第{number}号锂电池隔膜" for number in range(12)]


@pytest.fixture(autouse=True)
def shards(home: Path, settings: Any) -> Iterator[Any]:
    settings.ZHIQIAO_COLLECTIONS = sample_collection.COLLECTIONS
    settings.ZHIQIAO_ENCODER = "tests.engine.fakes:LetterPairs"
    settings.ZHIQIAO_INDEX = ClusterAddress("nowhere", 1, SHARDS, 60.0)
    settings.ZHIQIAO_SHARDED = "tests.core.shards_here:open_here"
    settings.ZHIQIAO_HOUSEKEEPING = []
    ANOTHER.broken_after = None
    yield settings
    shards_here.SILENT.clear()
    shards_here.restart()
    sharding._opened.clear()


def found(word: str) -> dict[int, str]:
    """What one search finds: in the shards and in what waits."""
    current, writes = search_view("titles", SEES_ALL)
    hits = [key for key, _ in current.text.search([(word, 1.0)], SEES_ALL, NO_FILTERS, 100)]
    told = {key: each.title for key, each in current.documents(hits, SEES_ALL).items() if key not in writes.superseded}
    return told | {each.key: each.title for each in writes.documents if word in each.title}


def missing() -> frozenset[int]:
    view = reader("titles")
    assert isinstance(view, GatheredReader)
    view.text.count(SEES_ALL)
    return view.missing


def nearest(text: str) -> tuple[list[int], frozenset[int]]:
    view = reader("titles")
    assert isinstance(view, GatheredReader)
    hits = view.vectors.search(view.encoder.encode_queries([text])[0], 3, SEES_ALL)
    return [key for key, _ in hits], view.missing


def indexed() -> list[int]:
    keys = [write(title) for title in TITLES]
    index_pending("titles", seconds=60)
    assert {shard_of(key, SHARDS) for key in keys} == set(range(SHARDS))
    return keys


def change(key: int, title: str) -> None:
    NumberSeries.objects.filter(pk=key).update(name=title)
    announce(key)


def test_what_is_added_changed_and_deleted_is_found_so_at_every_moment() -> None:
    keys = indexed()
    for pending in (True, False):
        if not pending:
            index_pending("titles", seconds=60)
            assert status("titles")["events_pending"] == 0
            break
        change(keys[0], "换了名字的隔膜")
        NumberSeries.objects.filter(pk=keys[1]).delete()
        announce(keys[1])
        added = write("新来的隔膜")
        expected = dict(zip(keys[2:], TITLES[2:], strict=True)) | {keys[0]: "换了名字的隔膜", added: "新来的隔膜"}
        assert found("隔膜") == expected
    assert found("隔膜") == expected
    shards_here.restart()
    assert found("隔膜") == expected and missing() == frozenset()


def test_a_crash_between_the_commits_of_two_shards_is_mended_by_the_next_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = indexed()
    for key in keys:
        change(key, f"改过的隔膜{key}")
    commits: list[SearchWriter] = []
    whole = SearchWriter.commit

    def breaks(writer: SearchWriter) -> None:
        commits.append(writer)
        if len(commits) == 2:
            raise OSError(28, "No space left on device")
        whole(writer)

    with monkeypatch.context() as broken:
        broken.setattr(SearchWriter, "commit", breaks)
        with pytest.raises(OSError, match="No space"):
            index_pending("titles", seconds=60)
    expected = {key: f"改过的隔膜{key}" for key in keys}
    assert reader("titles").watermark == "" and status("titles")["events_pending"] == len(keys)
    assert found("隔膜") == expected
    index_pending("titles", seconds=60)
    assert reader("titles").watermark != "" and status("titles")["events_pending"] == 0
    shards_here.restart()
    assert found("隔膜") == expected


def test_a_shard_that_was_put_back_from_a_copy_catches_up_by_the_check(tmp_path: Path) -> None:
    keys = indexed()
    folder = shard_folder(folder_of("titles"), 1, SHARDS)
    shutil.copytree(folder, tmp_path / "copy")
    old = next(key for key in keys if shard_of(key, SHARDS) == 1)
    change(old, "后来的名字隔膜")
    index_pending("titles", seconds=60)
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "copy", folder)
    shards_here.restart()
    assert found("隔膜")[old] != "后来的名字隔膜"
    enqueue(ACTOR, "check_index", {}, "k")
    run_worker(threading.Event(), once=True)
    assert found("隔膜")[old] == "后来的名字隔膜"
    index_pending("titles", seconds=60)
    assert found("隔膜")[old] == "后来的名字隔膜" and status("titles")["events_pending"] == 0


def test_a_lost_shard_is_told_and_never_served_as_an_empty_one() -> None:
    keys = indexed()
    shutil.rmtree(shard_folder(folder_of("titles"), 1, SHARDS))
    shards_here.restart()
    with noting():
        assert missing() == frozenset({1})
        assert set(found("隔膜")) == {key for key in keys if shard_of(key, SHARDS) != 1}
    later = write("后来的隔膜")
    with pytest.raises(Unavailable) as refused:
        index_pending("titles", seconds=60)
    assert (refused.value.reason, refused.value.facts["lost"], refused.value.facts["of"]) == ("shards_lost", 1, SHARDS)
    with pytest.raises(Unavailable):
        index_everything()
    assert later in found("隔膜")
    assert rebuild("titles") == len(keys) + 1
    assert missing() == frozenset() and set(found("隔膜")) == {*keys, later}


def test_an_unreadable_shard_counts_as_silent() -> None:
    indexed()
    folder = shard_folder(folder_of("titles"), 2, SHARDS)
    (meta,) = folder.glob("gen-*/text/meta.json")
    meta.write_text("{")
    shards_here.restart()
    assert missing() == frozenset({2})


def test_a_rebuild_with_another_encoder_never_mixes_and_serves_on(shards: Any) -> None:
    keys = indexed()
    shards.ZHIQIAO_FORMER_ENCODER, shards.ZHIQIAO_ENCODER = shards.ZHIQIAO_ENCODER, OTHER
    seen: list[tuple[str, list[int], frozenset[int]]] = []

    def look(_: int) -> None:
        seen.append((encoder_behind(reader("titles")).identity, *nearest(TITLES[5])))

    whole = SearchWriter.swap

    def swap(writer: SearchWriter) -> None:
        whole(writer)
        look(0)

    with pytest.MonkeyPatch.context() as watched:
        watched.setattr(SearchWriter, "swap", swap)
        assert rebuild("titles", look) == len(keys)
    look(0)
    assert [identity for identity, *_ in seen] == sorted(identity for identity, *_ in seen)
    assert {identity for identity, *_ in seen} == {"letter-pairs-1", "letter-pairs-2"}
    assert all(near[0] == keys[5] and not lacking for _, near, lacking in seen)
    assert status("titles")["vectors_pending"] == 0


OTHER = "tests.core.sample_collection:another_encoder"


@pytest.mark.parametrize("swapped", range(SHARDS))
def test_a_rebuild_killed_in_its_swap_serves_what_was_and_is_finished_by_the_indexer(
    shards: Any, monkeypatch: pytest.MonkeyPatch, swapped: int
) -> None:
    keys = indexed()
    assert nearest(TITLES[5])[0][0] == keys[5]
    shards.ZHIQIAO_FORMER_ENCODER, shards.ZHIQIAO_ENCODER = shards.ZHIQIAO_ENCODER, OTHER
    done: list[SearchWriter] = []
    whole = SearchWriter.swap

    def swap(writer: SearchWriter) -> None:
        if len(done) == swapped:
            raise KeyboardInterrupt
        done.append(writer)
        whole(writer)

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(SearchWriter, "swap", swap)
        rebuild("titles")
    assert encoder_behind(reader("titles")).identity == "letter-pairs-1"
    assert nearest(TITLES[5]) == ([keys[5], *nearest(TITLES[5])[0][1:]], frozenset())
    shards_here.restart()  # those that were swapped have nothing of the former encoder any more, and say so
    assert missing() == frozenset(range(SHARDS - swapped, SHARDS))
    index_pending("titles", seconds=60)
    assert encoder_behind(reader("titles")).identity == "letter-pairs-2"
    assert nearest(TITLES[5])[0][0] == keys[5] and missing() == frozenset()


def test_a_rebuild_that_fails_in_one_shard_leaves_all_as_they_were(
    shards: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = indexed()
    prepared: list[SearchWriter] = []
    whole = SearchWriter.prepare

    def prepare(writer: SearchWriter, *given: Any) -> str:
        if len(prepared) == 1:
            raise OSError(28, "No space left on device")
        prepared.append(writer)
        return whole(writer, *given)

    shards.ZHIQIAO_FORMER_ENCODER, shards.ZHIQIAO_ENCODER = shards.ZHIQIAO_ENCODER, OTHER
    with monkeypatch.context() as broken, pytest.raises(OSError, match="No space"):
        broken.setattr(SearchWriter, "prepare", prepare)
        rebuild("titles")
    assert encoder_behind(reader("titles")).identity == "letter-pairs-1" and missing() == frozenset()
    later = write("后来的隔膜")
    index_pending("titles", seconds=60)
    assert set(found("隔膜")) == {*keys, later}


def test_two_writers_of_one_sharded_index_are_refused(tmp_path: Path) -> None:
    first = ShardedWriter(tmp_path / "many", 2, ANOTHER)
    with pytest.raises(Unavailable) as refused:
        ShardedWriter(tmp_path / "many", 2, ANOTHER)
    assert refused.value.reason == "index_busy"
    first.close()
    first.close()
    ShardedWriter(tmp_path / "many", 2, ANOTHER).close()
