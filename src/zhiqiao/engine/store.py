"""The one door to an index: a folder with generations, one writer, any number of readers in any process.

``CURRENT`` names the generation in use and is replaced in one step, so that a rebuild swaps without downtime.
Inside a generation words are committed first and vectors follow, each with its own watermark: a document can be
found by its words within a second of being written, and by its meaning once it is encoded.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from zhiqiao.engine.documents import NO_FILTERS, SEES_ALL, Document, Filters, cleaned
from zhiqiao.engine.durable import mark_of
from zhiqiao.engine.encoder import Encoder, EncoderDown, Outside, Vectors, may_read
from zhiqiao.engine.generations import CURRENT, current_generation, locked, new_generation, point_to, remove_others
from zhiqiao.engine.knowntexts import KnownTexts
from zhiqiao.engine.textindex import TextReader, TextWriter
from zhiqiao.engine.vectorcache import VectorCache, short_digest
from zhiqiao.engine.vectorrows import Row, to_codes
from zhiqiao.engine.vectors import VectorReader, VectorSnapshot, open_vector_writer
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import Unavailable

_LOCK: Final = "writer.lock"
_ENCODED_AT_ONCE: Final = 16
_LOADED_AT_ONCE: Final = 256
_ATTEMPTS: Final = 5


def passage_text(document: Document) -> str:
    """The text whose meaning stands for a document: its title, or how it begins when it has none."""
    return document.title or (document.abstract or document.claim)[:200]


def text_given(encoder: Encoder, document: Document) -> str:
    """What an encoder is given of a document: nothing where it may not read it, until it may."""
    return passage_text(document) if may_read(encoder, document.visibility) else ""


def same_vectors(one: Encoder, other: Encoder) -> bool:
    return (one.identity, one.dimension) == (other.identity, other.dimension)


class SearchReader:
    """Reads an index as of the newest commit it was refreshed to; may be shared by threads."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._folder = folder
        self._encoder = encoder
        self._mark = (0, 0, 0)
        self._known = KnownTexts(encoder)
        self._refreshing = threading.Lock()
        self._open()

    @property
    def text(self) -> TextReader:
        """The words."""
        return self._text

    @property
    def vectors(self) -> VectorSnapshot:
        """The meanings."""
        return self._vectors.snapshot

    @property
    def encoder(self) -> Encoder:
        """Whose vectors it holds."""
        return self._encoder

    @property
    def watermark(self) -> str:
        """What the caller called its newest write that can be found by words."""
        return self._text.watermark

    @property
    def vector_watermark(self) -> str:
        """What the caller called the newest write up to which everything can be found by meaning."""
        return self.vectors.manifest.watermark

    @property
    def size(self) -> int:
        """How many documents there are, seen or not."""
        return self._text.size

    def refresh(self) -> bool:
        """Move to the newest commit; costs two file stats when there is none newer. True when it moved.

        Raises ``Unavailable("index_unreadable")``.
        """
        if not self._refreshing.acquire(blocking=False):
            return False  # Another thread is at it.
        try:
            if mark_of(self._folder / CURRENT) != self._mark:
                self._open()
                return True
            moved = self._text.refresh()
            return self._vectors.refresh() or moved
        except (OSError, ValueError) as broken:
            raise Unavailable("index_unreadable", folder=str(self._folder)) from broken
        finally:
            self._refreshing.release()

    def documents(
        self, keys: Sequence[int], tokens: frozenset[str], filters: Filters = NO_FILTERS
    ) -> dict[int, Document]:
        """Those of the documents that exist, that the reader may see and that pass the filters."""
        return self._text.documents(keys, tokens, filters)

    def stored_vectors(self, documents: Sequence[Document]) -> dict[int, Vectors]:
        """The vectors of those documents whose present title is the one that was encoded."""
        return self.vectors.vectors({document.key: short_digest(passage_text(document)) for document in documents})

    def encoded(self, documents: Sequence[Document], most: int) -> dict[int, Vectors]:
        """Vectors of documents that the index has none for: at most ``most`` are encoded now, then remembered."""
        texts = {each.key: passage_text(each) for each in documents if may_read(self._encoder, each.visibility)}
        return self._known.encoded(texts, most)

    def _open(self) -> None:
        for attempt in range(_ATTEMPTS):
            mark = mark_of(self._folder / CURRENT)
            try:
                generation = current_generation(self._folder)
                text = TextReader(generation / "text")
                vectors = VectorReader(generation / "vectors", self._encoder)
            except (OSError, ValueError) as gone:
                # Two rebuilds within one opening remove the generation that was read about.
                if attempt == _ATTEMPTS - 1:
                    raise Unavailable("index_unreadable", folder=str(self._folder)) from gone
                continue
            self._text, self._vectors, self._mark = text, vectors, mark
            return


class SearchWriter:
    """The one writer of an index. Writes are found by readers after ``commit``; call ``close`` when done."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._encoder = encoder
        self._lock = locked(folder / _LOCK)
        try:
            self._take_up(folder, encoder)
        except BaseException:
            os.close(self._lock)
            raise

    def _take_up(self, folder: Path, encoder: Encoder) -> None:
        if not (folder / CURRENT).exists():
            point_to(folder, new_generation(folder).name)
        self._cache = VectorCache(folder, encoder)
        self._written: dict[int, None] = {}
        self._deleted: set[int] = set()
        self._pending: dict[int, None] = {}
        # First, since what a rebuild left behind when the disk was full may be what fills it.
        remove_others(folder, {current_generation(folder).name})
        self._open(current_generation(folder))

    def __enter__(self) -> SearchWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def watermark(self) -> str:
        """The last committed watermark, empty before the first: where the caller goes on after a restart."""
        return self._committed

    @property
    def encoder(self) -> Encoder:
        """Whose vectors it writes."""
        return self._encoder

    @property
    def pending_vectors(self) -> int:
        """How many committed documents cannot be found by meaning yet."""
        return len(self._pending)

    def apply(self, upserts: Sequence[Document], deletes: Sequence[int], watermark: str) -> None:
        """Take in changes; all of them, with the watermark, become findable together at the next ``commit``.

        Deletes come first, so a key that is in both stays. Unknown deletes are no error. Applying the same changes
        again changes nothing. A watermark must not be used again for other changes: it tells after a crash whether
        vectors are missing.
        """
        for key in deletes:
            self._text.drop(key)
            self._deleted.add(key)
        for document in map(cleaned, upserts):
            self._text.put(document, short_digest(passage_text(document)))
            self._written[document.key] = None
            self._deleted.discard(document.key)
        self._watermark = watermark

    def commit(self) -> None:
        """Make everything applied durable and findable by words; vectors of deleted documents go too."""
        self._text.commit(self._watermark)
        self._committed = self._watermark
        for key in self._deleted:
            self._vectors.drop(key)
            self._pending.pop(key, None)
        self._pending.update(dict.fromkeys(key for key in self._written if key not in self._deleted))
        self._written.clear()
        self._deleted.clear()
        self._reader.refresh()
        self._commit_vectors()

    def encode_pending(self, budget_seconds: float = 1.0) -> int:
        """Give committed documents their vectors until the time is up; says how many were looked at.

        Known texts cost next to nothing; at least one batch is done whatever the budget. Raises ``EncoderDown``, with
        everything before the failed batch kept.
        """
        until = time.monotonic() + budget_seconds
        done = 0
        at_once = self._encoder.batch if isinstance(self._encoder, Outside) else _ENCODED_AT_ONCE
        for keys in in_batches(list(self._pending), at_once):
            unknown = self._settle_all(keys)
            if unknown:
                try:
                    self._encode(unknown)
                except EncoderDown:
                    self._commit_vectors()
                    raise
            done += len(keys)
            if time.monotonic() >= until:
                break
        if done:
            self._commit_vectors()
        return done

    def rebuild(self, documents: Iterable[Document], watermark: str, encoder: Encoder | None = None) -> None:
        """Write the whole index anew beside the old one and swap; readers go on with the old one meanwhile.

        Vectors of known texts are taken over; the others are pending afterwards. What was applied and not committed
        is dropped. When ``documents`` fails, the old index stays in use. ``encoder``: whose vectors it has from then
        on, where not those it had; ``encode_ahead`` has them known beforehand.
        """
        self.prepare(documents, watermark, encoder)
        self.swap()

    def prepare(self, documents: Iterable[Document], watermark: str, encoder: Encoder | None = None) -> str:
        """The first half of ``rebuild``: all is written, nobody reads it yet. Gives the generation's name; ``swap`` or
        ``abandon`` must follow."""
        folder, self._kept = new_generation(self._folder), (self._encoder, self._cache)
        self._prepared = folder.name
        self._text.close()
        try:
            if encoder is not None and not same_vectors(encoder, self._encoder):
                self._encoder, self._cache = encoder, VectorCache(self._folder, encoder)
            self._open(folder)
            self._fill(documents, watermark)
        except BaseException:
            self.abandon()
            raise
        return self._prepared

    def abandon(self) -> None:
        """Forget what was prepared."""
        self._text.close()
        self._encoder, self._cache = self._kept
        remove_others(self._folder, {current_generation(self._folder).name})
        self._open(current_generation(self._folder))

    def swap(self) -> None:
        """Readers move to what was prepared; the former generation stays for those that are still at it."""
        before = current_generation(self._folder).name
        point_to(self._folder, self._prepared)
        remove_others(self._folder, {self._prepared, before})

    def _fill(self, documents: Iterable[Document], watermark: str) -> None:
        for batch in in_batches(documents, 1_000):
            self.apply(batch, [], watermark)
        self._watermark = watermark
        self.commit()
        for keys in in_batches(list(self._pending), _LOADED_AT_ONCE):
            self._settle_all(keys)
        self._commit_vectors()

    def close(self) -> None:
        """Let go of the index; what was applied and not committed is lost. Closing twice is no error."""
        if self._lock < 0:
            return
        try:
            self._text.close()
            self._cache.flush()
        finally:
            os.close(self._lock)
            self._lock = -1

    def _open(self, generation: Path) -> None:
        self._vectors = open_vector_writer(generation / "vectors", self._encoder)
        self._text = TextWriter(generation / "text")
        self._reader = TextReader(generation / "text")
        self._committed = self._watermark = self._reader.watermark
        self._written.clear()
        self._deleted.clear()
        self._pending.clear()
        if self._committed != self._vectors.manifest.watermark or not self._vectors.manifest.serial:
            self._recover()

    def _recover(self) -> None:
        """After a crash: drop vectors without a document, and encode documents without a right vector."""
        wanted, stored = self._reader.digests(), self._vectors.digests()
        for key in stored.keys() - wanted.keys():
            self._vectors.drop(key)
        # Who may see a document can have changed without its text: look at every one, known texts cost nothing.
        self._pending.update(dict.fromkeys(sorted(wanted)))

    def _settle_all(self, keys: Sequence[int]) -> list[Document]:
        """Do all that costs nothing; gives back the documents that must be encoded."""
        documents = self._reader.documents(keys, SEES_ALL).values()
        unknown = [document for document in documents if not self._settle(document)]
        for key in set(keys) - {document.key for document in unknown}:
            self._pending.pop(key, None)
        return unknown

    def _settle(self, document: Document) -> bool:
        """Give a document its vector if that costs nothing."""
        text = text_given(self._encoder, document)
        digest, stored = short_digest(text), self._vectors.row(document.key)
        code = stored.code if stored is not None and stored.digest == digest else self._cache.get(text)
        if code is None:
            self._vectors.drop(document.key)
            return False
        row = Row(document.key, digest, code, document.visibility)
        if stored is None or (stored.digest, stored.visibility) != (digest, tuple(sorted(set(row.visibility)))):
            self._vectors.put(row)
        return True

    def _encode(self, documents: Sequence[Document]) -> None:
        texts = [text_given(self._encoder, document) for document in documents]
        codes = to_codes(self._encoder.encode_passages(texts))
        for document, text, code in zip(documents, texts, codes, strict=True):
            self._cache.put(text, code)
            self._vectors.put(Row(document.key, short_digest(text), code, document.visibility))
            self._pending.pop(document.key, None)

    def _commit_vectors(self) -> None:
        self._cache.flush()
        complete = self._committed if not self._pending else self._vectors.manifest.watermark
        self._vectors.commit(complete)


def open_reader(folder: Path, encoder: Encoder) -> SearchReader:
    """Open an index for reading.

    Raises ``Unavailable("index_missing")`` before the first writer, ``Conflict("vectors_of_another_encoder")``.
    """
    return SearchReader(folder, encoder)


def open_writer(folder: Path, encoder: Encoder) -> SearchWriter:
    """Open an index for writing, made if absent, going on from its last commit.

    Raises ``Unavailable("index_busy")`` while another process writes, ``Conflict("vectors_of_another_encoder")``.
    """
    return SearchWriter(folder, encoder)
