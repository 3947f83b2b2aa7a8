from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.core import sample_collection
from tests.core.sample_collection import ONE_ORGANISATION, announce, write
from zhiqiao.core import indexing
from zhiqiao.core.indexing import (
    index_everything,
    index_pending,
    pending_writes,
    reader,
    rebuild,
    search_view,
    status,
    tail,
)
from zhiqiao.core.leases import Busy, acquire
from zhiqiao.core.models import NumberSeries, OutboxEvent
from zhiqiao.engine.documents import NO_FILTERS
from zhiqiao.engine.store import open_writer
from zhiqiao.kernel.errors import NotFound

pytestmark = pytest.mark.django_db
PUBLIC = frozenset({"public"})
MEMBER = frozenset({"public", "org:1"})


@pytest.fixture(autouse=True)
def collections(home: Path, settings: Any) -> Any:
    settings.ZHIQIAO_COLLECTIONS = sample_collection.COLLECTIONS
    settings.ZHIQIAO_ENCODER = "tests.engine.fakes:LetterPairs"
    return settings


def titles_found(word: str, tokens: frozenset[str] = PUBLIC) -> list[str]:
    """What a searcher gets: the index, moved on by what it does not hold yet."""
    current, writes = search_view("titles", tokens)
    stale = writes.superseded | {document.key for document in writes.documents}
    indexed = [key for key, _ in current.text.search([(word, 1.0)], tokens, NO_FILTERS, 10) if key not in stale]
    found = [document.title for document in current.documents(indexed, tokens).values()]
    return sorted(found + [document.title for document in writes.documents if word in document.title])


def test_a_record_is_found_before_and_after_it_is_indexed() -> None:
    write("锂电池隔膜")
    assert titles_found("隔膜") == ["锂电池隔膜"]
    report = index_pending("titles")
    assert (report.events, report.written, report.deleted, report.vectors_pending) == (1, 1, 0, 0)
    assert tail("titles", PUBLIC) == []
    assert titles_found("隔膜") == ["锂电池隔膜"]
    assert index_pending("titles") == indexing.IndexReport()


def test_a_changed_record_is_answered_as_it_is_now() -> None:
    key = write("旧的隔膜")
    index_pending("titles")
    NumberSeries.objects.filter(pk=key).update(name="新的隔膜")
    announce(key)
    assert titles_found("隔膜") == ["新的隔膜"]
    index_pending("titles")
    assert titles_found("隔膜") == ["新的隔膜"]
    assert reader("titles").size == 1


def test_a_deleted_record_is_gone_at_once() -> None:
    key = write("锂电池隔膜")
    index_pending("titles")
    NumberSeries.objects.filter(pk=key).delete()
    announce(key)
    assert titles_found("隔膜") == []
    assert index_pending("titles").deleted == 1
    assert reader("titles").size == 0


def test_a_record_that_was_withdrawn_from_the_public_is_hidden_at_once() -> None:
    key = write("锂电池隔膜")
    index_pending("titles")
    NumberSeries.objects.filter(pk=key).update(last=ONE_ORGANISATION)
    announce(key)
    assert pending_writes("titles", PUBLIC).superseded == {key}
    assert titles_found("隔膜") == []
    assert titles_found("隔膜", MEMBER) == ["锂电池隔膜"]
    index_pending("titles")
    assert titles_found("隔膜") == []
    assert titles_found("隔膜", MEMBER) == ["锂电池隔膜"]


def test_events_of_other_queues_are_left_alone() -> None:
    announce(1, queue="index.others")
    announce(1, queue="notices")
    assert index_pending("titles").events == 0
    assert OutboxEvent.objects.filter(done_at=None).count() == 2


def test_a_late_commit_with_a_low_number_is_taken() -> None:
    early = write("早的隔膜")
    late = OutboxEvent.objects.get()
    kept = OutboxEvent.objects.filter(pk=late.pk).values().get()
    late.delete()
    write("晚的隔膜")
    index_pending("titles")
    OutboxEvent.objects.create(**kept)
    assert index_pending("titles").written == 1
    assert early in reader("titles").documents([early], PUBLIC)


def test_a_crash_between_commit_and_mark_is_made_good(monkeypatch: pytest.MonkeyPatch) -> None:
    write("锂电池隔膜")
    with monkeypatch.context() as broken:

        def crash(keys: object) -> None:
            raise KeyboardInterrupt

        broken.setattr(indexing, "_mark_done", crash)
        with pytest.raises(KeyboardInterrupt):
            index_pending("titles")
    first = reader("titles").watermark
    assert reader("titles").size == 1
    write("另一个隔膜")
    assert index_pending("titles").events == 2
    assert reader("titles").size == 2
    assert reader("titles").watermark != first
    assert status("titles")["vectors_pending"] == 0


def test_batches_are_bounded_and_all_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "IDS_AT_ONCE", 4)
    monkeypatch.setattr(indexing, "LOADED_AT_ONCE", 3)
    keys = [NumberSeries.objects.create(name=f"隔膜{number}").pk for number in range(12)]
    announce(*keys[:3])
    announce(*keys[2:5])
    announce(*keys[5:])
    announce()
    sample_collection.LOADS.clear()
    report = index_pending("titles", seconds=60)
    assert report.events == 4
    assert sample_collection.LOADS == [3, 3, 3, 3, 1]
    assert reader("titles").size == 12


def test_a_record_that_is_indexed_while_one_searches_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    write("锂电池隔膜")
    read = indexing.pending_writes

    def read_then_index(*asked: Any) -> Any:
        writes = read(*asked)
        index_pending("titles")
        return writes

    monkeypatch.setattr(indexing, "pending_writes", read_then_index)
    current, writes = search_view("titles", PUBLIC)
    assert current.size + len(writes.documents) >= 1
    assert current.watermark == status("titles")["watermark"] != ""


def test_the_tail_reads_the_newest_and_reads_them_once() -> None:
    for number in range(6):
        write(f"隔膜{number}")
    assert [document.title for document in tail("titles", PUBLIC, limit=2)] == ["隔膜4", "隔膜5"]
    sample_collection.LOADS.clear()
    for _ in range(3):
        assert len(tail("titles", PUBLIC)) == 6
    assert sample_collection.LOADS == [6]
    write("隔膜6")
    assert len(tail("titles", PUBLIC)) == 7


def test_meaning_follows_within_the_time_given() -> None:
    for number in range(40):
        write(f"一种装置{number}")
    report = index_pending("titles", seconds=0)
    assert report.written == 40
    assert 0 < report.vectors_pending < 40
    assert status("titles")["vectors_pending"] == report.vectors_pending
    assert index_pending("titles", seconds=60).vectors_pending == 0
    assert len(reader("titles").vectors) == 40


def test_a_rebuild_takes_every_record_and_settles_what_waited() -> None:
    keys = [NumberSeries.objects.create(name=f"隔膜{number}").pk for number in range(5)]
    index_pending("titles")
    old = reader("titles")
    announce(keys[0], 10**9)
    heard: list[int] = []
    assert rebuild("titles", heard.append) == 5
    assert heard == [5]
    assert reader("titles") is old
    assert old.size == 5
    assert tail("titles", PUBLIC) == []
    NumberSeries.objects.filter(pk=keys[0]).delete()
    assert rebuild("titles") == 4
    assert reader("titles").size == 4


def test_what_is_written_during_a_rebuild_stays_pending() -> None:
    write("隔膜一")
    rebuild("titles", lambda _: announce(7))
    assert status("titles")["events_pending"] == 1


def test_only_one_indexes_at_a_time() -> None:
    write("锂电池隔膜")
    acquire("indexer:titles", "another", 60)
    with pytest.raises(Busy):
        index_pending("titles")
    with pytest.raises(Busy):
        rebuild("titles")
    index_everything()
    assert status("titles")["events_pending"] == 1


def test_a_writer_without_a_lease_is_busy_too(home: Path) -> None:
    write("锂电池隔膜")
    reader("titles")
    with open_writer(home / "index" / "titles", indexing.encoder()), pytest.raises(Busy) as refused:
        index_pending("titles")
    assert refused.value.reason == "index_busy"
    index_everything()
    assert status("titles")["events_pending"] == 0


def test_a_collection_without_room_does_not_keep_the_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    announce(write("锂电池隔膜"), queue="index.others")
    writer_of = indexing._writer_of

    def room_for_others(name: str) -> Any:
        if name == "titles":
            raise OSError(28, "No space left on device")
        return writer_of(name)

    with monkeypatch.context() as full, pytest.raises(OSError, match="No space"):
        full.setattr(indexing, "_writer_of", room_for_others)
        index_everything()
    assert [status(name)["events_pending"] for name in ("titles", "others")] == [1, 0]
    index_everything()
    assert status("titles")["events_pending"] == 0


def test_status_counts_what_is_there_and_what_waits() -> None:
    write("锂电池隔膜")
    index_pending("titles")
    announce(1, 2)
    announce(2, 3)
    told = status("titles")
    watermark = told.pop("watermark")
    assert told == {
        "name": "titles",
        "documents": 1,
        "vectors_pending": 0,
        "events_pending": 2,
        "records_pending": 3,
        "encoder": "letter-pairs-1",
        "trouble": "",
    }
    assert watermark == reader("titles").watermark != ""


def test_an_unknown_collection_is_not_found() -> None:
    for call in (index_pending, rebuild, status, reader):
        with pytest.raises(NotFound):
            call("dreams")
    with pytest.raises(NotFound):
        tail("dreams", PUBLIC)


def test_another_process_reads_what_this_one_indexed(home: Path) -> None:
    write("锂电池隔膜")
    index_pending("titles")
    script = (
        "import pathlib, sys; from zhiqiao.engine.store import open_reader; from tests.engine.fakes import LetterPairs;"
        "print(open_reader(pathlib.Path(sys.argv[1]), LetterPairs()).size)"
    )
    command = [sys.executable, "-c", script, str(home / "index" / "titles")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path.cwd(), env=os.environ)
    assert done.stdout.strip() == "1"
