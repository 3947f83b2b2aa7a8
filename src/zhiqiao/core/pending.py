"""Collections that can be searched, and what of them is written but not in the index yet.

Every process sees a record in its searches from the moment it is committed: what waits for the indexer is read
straight from the database, in small numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from zhiqiao.core.jobqueue import load_function
from zhiqiao.core.models import OutboxEvent
from zhiqiao.engine.documents import Document
from zhiqiao.kernel.errors import NotFound

PENDING_READ = 2_000  # records; what the engine scans beside its index


@dataclass(frozen=True)
class Collection:
    """What can be searched under one name.

    ``load`` gives the documents of the keys that exist, in any order; a key it leaves out is taken out of the index.
    ``all_ids`` gives every key there is.
    """

    name: str
    load: Callable[[Sequence[int]], list[Document]]
    all_ids: Callable[[], Iterator[int]]


@dataclass(frozen=True)
class PendingWrites:
    """What the index does not know: ``documents`` as the reader sees them, and the keys ``superseded`` that must not
    be answered from the index, because they are gone or are now hidden from this reader."""

    documents: list[Document]
    superseded: frozenset[int]


def collection_names() -> list[str]:
    return list(_factories())


def collection(name: str) -> Collection:
    """Raises ``NotFound`` ``collection`` for a name that is not set up."""
    factories = _factories()
    if name not in factories:
        raise NotFound("collection", name=name)
    return _made(factories[name])


def _factories() -> dict[str, str]:
    paths: dict[str, str] = getattr(settings, "ZHIQIAO_COLLECTIONS", {})
    return paths


@lru_cache(maxsize=16)
def _made(path: str) -> Collection:
    made: Collection = load_function(path)()
    return made


def waiting(name: str) -> QuerySet[OutboxEvent]:
    return OutboxEvent.objects.filter(queue=f"index.{name}", done_at__isnull=True)


Mark = tuple[str, int, tuple[tuple[int, datetime], ...]]
_loaded: dict[str, tuple[Mark, dict[int, Document | None]]] = {}


def pending_writes(name: str, tokens: frozenset[str], limit: int = PENDING_READ) -> PendingWrites:
    """The newest writes that wait for the indexer, at most ``limit`` records, the newest last.

    Ask for them before the reader (or take both by ``indexing.search_view``): asked the other way round, a record
    that is indexed in between is in neither.
    """
    source, newest = collection(name), _newest(name, limit)
    if not newest:
        return PendingWrites([], frozenset())
    found = _documents(source, newest, limit)
    seen = [document for document in found.values() if document is not None and document.seen_with(tokens)]
    return PendingWrites(seen, frozenset(found) - {document.key for document in seen})


def _newest(name: str, limit: int) -> list[OutboxEvent]:
    events: list[OutboxEvent] = []
    ids = 0
    for event in waiting(name).order_by("-id")[:limit].iterator(chunk_size=100):
        events.append(event)
        ids += len(event.payload.get("ids", []))
        if ids >= limit:
            break
    return events


def _documents(source: Collection, events: Sequence[OutboxEvent], limit: int) -> dict[int, Document | None]:
    """The documents behind these events, None for those that are gone; kept until other events wait.

    A record changes only together with a new event, so the same events mean the same documents. The moment tells
    two events apart where SQLite gave the number of a rolled-back one again.
    """
    database = str(connection.settings_dict["NAME"])
    mark = (database, limit, tuple((event.pk, event.created_at) for event in events))
    kept = _loaded.get(source.name)
    if kept is not None and kept[0] == mark:
        return kept[1]
    ids = list(dict.fromkeys(key for event in events for key in event.payload.get("ids", [])))[:limit]
    found: dict[int, Document | None] = dict.fromkeys(reversed(ids))
    found |= {document.key: document for document in source.load(ids)}
    _loaded[source.name] = (mark, found)
    return found
