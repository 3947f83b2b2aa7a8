"""The one indexer: outbox events → documents → the engine's index; and what is written but not indexed yet.

A collection is named in ``settings.ZHIQIAO_COLLECTIONS`` (name → ``"package.module:factory"``, called without
arguments). Actions emit events on the queue ``index.<name>`` with the payload ``{"ids": [private keys]}``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from zhiqiao.core.encoders import OTHER_VECTORS, encoder, encoder_behind, encoder_for, trouble
from zhiqiao.core.leases import Busy, Hold, held, is_held
from zhiqiao.core.models import OutboxEvent
from zhiqiao.core.pending import (
    PENDING_READ,
    Collection,
    PendingWrites,
    collection,
    collection_names,
    pending_writes,
    waiting,
)
from zhiqiao.core.sharding import WHOLE, Part, Writer, cluster, gathered, index_writer, parts_of, rebuild_unfinished
from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import Encoder, EncoderDown
from zhiqiao.engine.reading import SearchIndex
from zhiqiao.engine.reencoding import encode_ahead
from zhiqiao.engine.store import SearchReader, open_reader, open_writer, same_vectors
from zhiqiao.kernel.batches import AT_ONCE, in_batches
from zhiqiao.kernel.errors import Conflict, Unavailable

__all__ = [
    "Collection",
    "IndexReport",
    "PendingWrites",
    "collection_names",
    "encoder",
    "index_everything",
    "index_pending",
    "pending_writes",
    "reader",
    "rebuild",
    "search_view",
    "status",
    "tail",
]

LEASE_SECONDS = 120
IDS_AT_ONCE = 20_000  # in one commit
LOADED_AT_ONCE = 1_000  # documents
ROUND_SECONDS = 5.0  # of a worker's round, for each collection
_A_MOMENT = 0.2  # seconds between two tries


@dataclass
class IndexReport:
    """What one call did. ``vectors_pending``: documents found by their words, not yet by their meaning.
    ``trouble``: why nothing more is encoded for now, as a code."""

    events: int = 0
    written: int = 0
    deleted: int = 0
    vectors: int = 0
    vectors_pending: int = 0
    trouble: str = ""


def folder_of(name: str) -> Path:
    return Path(settings.ZHIQIAO_HOME) / "index" / name


_readers: dict[Path, tuple[Encoder, SearchReader]] = {}
_opening = threading.Lock()
_ATTEMPTS = 5


def reader(name: str) -> SearchIndex:
    """A collection's index as of its newest commit, for one question. An index that is not there yet is made.

    It is read with the encoder that its vectors come from; ``encoder_behind`` tells which that is. Raises
    ``Unavailable("cluster_unreachable")`` where the index lies in a cluster.
    """
    collection(name)
    folder, wanted = folder_of(name), encoder()
    if address := cluster():
        return gathered(address, name, folder, wanted)
    with _opening:
        kept = _readers.get(folder)
        if kept is not None and kept[0] is wanted and folder.exists() and _follows(kept[1]):
            return kept[1]
        opened = _opened(folder)
        _readers[folder] = (wanted, opened)
    return opened


def _follows(current: SearchReader) -> bool:
    """Move a reader on; False where it cannot, since the index now holds the vectors of another encoder."""
    try:
        current.refresh()
    except Conflict as other:
        if other.reason != OTHER_VECTORS:
            raise
        return False
    return True


def _opened(folder: Path) -> SearchReader:
    for attempt in range(_ATTEMPTS):
        try:
            return open_reader(folder, encoder_for(folder))
        except Unavailable as missing:
            if missing.reason != "index_missing":
                raise
            open_writer(folder, encoder()).close()
        except Conflict:  # A rebuild swapped between our look at the encoder and the opening.
            if attempt == _ATTEMPTS - 1:
                raise
    return open_reader(folder, encoder_for(folder))


def search_view(name: str, tokens: frozenset[str], limit: int = PENDING_READ) -> tuple[SearchIndex, PendingWrites]:
    """The index and what it does not hold yet, together complete: everything committed before the call is in one."""
    writes = pending_writes(name, tokens, limit)
    return reader(name), writes


def tail(name: str, tokens: frozenset[str], limit: int = PENDING_READ) -> list[Document]:
    """The documents of the newest writes that the index does not hold yet, as far as these tokens see them.

    A search must also leave out ``pending_writes(...).superseded``, or it answers with what is no longer so.
    """
    return pending_writes(name, tokens, limit).documents


def index_pending(name: str, seconds: float = ROUND_SECONDS) -> IndexReport:
    """Bring the index up to what is written, then encode for what is left of ``seconds``.

    Raises ``Busy`` while another process indexes this collection, ``OSError`` where there is no room. A crash between
    the commit and the mark on the events makes the next call write the same documents again, which changes nothing.
    """
    report = IndexReport(trouble=_trouble(name))
    behind = waiting(name).exists() or rebuild_unfinished(folder_of(name))
    if not behind and (report.trouble or not _vectors_lag(name)):
        return report
    until = time.monotonic() + seconds
    with held(f"indexer:{name}", LEASE_SECONDS) as hold:
        writer = _writer_of(name)
        try:
            while events := _next_events(name):
                _index(writer, collection(name), events, hold, report)
                if time.monotonic() >= until:
                    break
            _encode(writer, until, report)
        except BaseException:
            _let_go(name)
            raise
        # Opening a writer while vectors are behind looks at every document, so it stays open until they are not.
        if report.trouble or not writer.pending_vectors:
            _let_go(name)
    return report


def _trouble(name: str) -> str:
    """Whoever rebuilds an index encodes all that there is, and waits for its writer."""
    return "index_rebuilt" if is_held(f"rebuild:{name}") else trouble(encoder_behind(reader(name)))


def _encode(writer: Writer, until: float, report: IndexReport) -> None:
    """Documents that cannot be encoded now are found by their words; a later call tries again."""
    report.trouble = report.trouble or trouble(writer.encoder)
    if not report.trouble:
        try:
            report.vectors = writer.encode_pending(max(0.0, until - time.monotonic()))
        except EncoderDown as down:
            report.trouble = down.reason
    report.vectors_pending = writer.pending_vectors


def index_everything() -> None:
    """One round over all collections, for the worker's housekeeping. What one raises comes when all had their turn."""
    broken: Unavailable | OSError | None = None
    for name in collection_names():
        try:
            index_pending(name)
        except Busy:
            continue  # another process is at it
        except (Unavailable, OSError) as why:
            broken = why
    if broken is not None:
        raise broken


def rebuild(name: str, progress: Callable[[int], None] | None = None, patience: float = 0.0) -> int:
    """Write the whole index anew from the records and swap it in; searches go on meanwhile. Returns the documents.

    After a change of encoder the vectors of every text are made beforehand, beside the index as it is, which is
    searched and kept up to date until the swap. Raises ``EncoderDown`` where they cannot be made, ``Busy`` while
    another process writes for longer than ``patience`` seconds; the next call encodes only what is left.
    ``progress`` hears the number of documents encoded, then written.
    """
    source, wanted = collection(name), encoder()
    told = progress or (lambda _: None)
    with held(f"rebuild:{name}", LEASE_SECONDS) as whole:
        for part in parts_of(folder_of(name)):
            if not same_vectors(encoder_for(part.folder), wanted):
                for done in encode_ahead(part.folder, wanted, _every_document(source, part)):
                    whole.renew()
                    told(done)
        until = time.monotonic() + patience
        while True:
            try:
                return _write_anew(name, wanted, whole, told)
            except Busy:
                if time.monotonic() >= until:
                    raise
                time.sleep(_A_MOMENT)
                whole.renew()


def _every_document(source: Collection, part: Part) -> Iterator[Document]:
    for ids in in_batches(filter(part.holds, source.all_ids()), LOADED_AT_ONCE):
        yield from source.load(ids)


def _write_anew(name: str, wanted: Encoder, whole: Hold, progress: Callable[[int], None]) -> int:
    written = 0

    def documents() -> Iterator[Document]:
        nonlocal written
        for batch in in_batches(_every_document(collection(name), WHOLE), LOADED_AT_ONCE):
            yield from batch
            written += len(batch)
            hold.renew()
            whole.renew()
            progress(written)

    with held(f"indexer:{name}", LEASE_SECONDS) as hold:
        # What was written before this moment is read below; what comes later stays pending.
        before = list(waiting(name).values_list("id", flat=True))
        try:
            _writer_of(name, anew=True).rebuild(documents(), f"{hold.fence}.rebuilt", wanted)
        finally:
            _let_go(name)
        _mark_done(before)
    return written


def status(name: str) -> dict[str, Any]:
    """How far the index is: documents, vectors pending, events and records pending, watermark, whose vectors it holds,
    and why searches go by words alone for now."""
    current = reader(name)
    payloads = waiting(name).values_list("payload", flat=True)
    return {
        "name": name,
        "documents": current.size,
        "vectors_pending": max(0, current.size - len(current.vectors)),
        "events_pending": len(payloads),
        "records_pending": len({key for payload in payloads for key in payload.get("ids", [])}),
        "watermark": current.watermark,
        "encoder": encoder_behind(current).identity,
        "trouble": trouble(encoder_behind(current)),
    }


def _vectors_lag(name: str) -> bool:
    current = reader(name)
    return folder_of(name) in _writers or current.watermark != current.vector_watermark


def _next_events(name: str) -> list[OutboxEvent]:
    """The oldest waiting events with at most ``IDS_AT_ONCE`` ids together, but at least one."""
    chosen: list[OutboxEvent] = []
    ids = 0
    for event in waiting(name).order_by("id")[:IDS_AT_ONCE].iterator(chunk_size=AT_ONCE):
        ids += len(event.payload.get("ids", []))
        if chosen and ids > IDS_AT_ONCE:
            break
        chosen.append(event)
    return chosen


def _index(writer: Writer, source: Collection, events: Sequence[OutboxEvent], hold: Hold, report: IndexReport) -> None:
    # The fence changes with every call, the event within a call: a watermark never stands for two sets of changes.
    watermark = f"{hold.fence}.{events[-1].pk}"
    ids = dict.fromkeys(key for event in events for key in event.payload.get("ids", []))
    for piece in in_batches(ids, LOADED_AT_ONCE):
        documents = source.load(piece)
        gone = set(piece) - {document.key for document in documents}
        writer.apply(documents, sorted(gone), watermark)
        report.written += len(documents)
        report.deleted += len(gone)
        hold.renew()
    if not ids:
        writer.apply([], [], watermark)
    writer.commit()
    _mark_done([event.pk for event in events])
    report.events += len(events)


def _mark_done(keys: Sequence[int]) -> None:
    now = timezone.now()
    for part in in_batches(keys):
        OutboxEvent.objects.filter(id__in=part).update(done_at=now)


_writers: dict[Path, Writer] = {}


def _writer_of(name: str, *, anew: bool = False) -> Writer:
    folder = folder_of(name)
    if folder not in _writers:
        try:
            _writers[folder] = index_writer(folder, anew=anew)
        except Unavailable as refused:
            if refused.reason == "index_busy":
                raise Busy("index_busy", collection=name) from refused
            raise
    return _writers[folder]


def _let_go(name: str) -> None:
    writer = _writers.pop(folder_of(name), None)
    if writer is not None:
        writer.close()
