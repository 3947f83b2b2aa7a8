"""The one writer of a sharded index: a writer for each shard, the same watermark in all of them."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Final

from zhiqiao.engine.documents import Document, from_bytes, to_bytes
from zhiqiao.engine.durable import write_durably
from zhiqiao.engine.encoder import Encoder
from zhiqiao.engine.generations import CURRENT, locked, point_to
from zhiqiao.engine.shards import by_shard, shard_of
from zhiqiao.engine.store import SearchWriter, open_writer

_SWAP: Final = "SWAP"
_LOCK: Final = "writer.lock"


def shard_folder(folder: Path, shard: int, count: int) -> Path:
    """Where a shard lies. The number of shards is part of it: with another number everything is written anew."""
    return folder / f"shards-{count}" / str(shard)


def shards_missing(folder: Path, count: int) -> list[int]:
    """Shards that nobody has made yet, or whose folder is gone."""
    return [shard for shard in range(count) if not (shard_folder(folder, shard, count) / CURRENT).exists()]


def swap_waits(folder: Path, count: int) -> bool:
    """Whether a rebuild ended in the middle of its swap. ``finish_swap`` does the rest."""
    return _plan(folder, count).exists()


def finish_swap(folder: Path, count: int) -> None:
    """Move all shards to what a rebuild prepared: to be called before anybody looks at whose vectors they hold.

    Raises ``Unavailable("index_busy")`` while another process writes.
    """
    if swap_waits(folder, count):
        with _Held(folder, count):
            if swap_waits(folder, count):
                _swap(folder, count)


class ShardedWriter:
    """Writes as ``SearchWriter`` does. A crash between two shards' commits leaves some ahead, which the caller mends:
    it applies again what the oldest watermark lacks."""

    def __init__(self, folder: Path, count: int, encoder: Encoder) -> None:
        self._folder = folder
        self._writers: list[SearchWriter] = []
        finish_swap(folder, count)
        with ExitStack() as opened:
            opened.enter_context(_Held(folder, count))
            for shard in range(count):
                self._writers.append(opened.enter_context(open_writer(shard_folder(folder, shard, count), encoder)))
            self._opened = opened.pop_all()

    @property
    def encoder(self) -> Encoder:
        return self._writers[0].encoder

    @property
    def pending_vectors(self) -> int:
        return sum(writer.pending_vectors for writer in self._writers)

    def apply(self, upserts: Sequence[Document], deletes: Sequence[int], watermark: str) -> None:
        count = len(self._writers)
        documents = {document.key: document for document in upserts}
        written, gone = by_shard(documents, count), by_shard(deletes, count)
        for shard, writer in enumerate(self._writers):
            writer.apply([documents[key] for key in written.get(shard, ())], gone.get(shard, ()), watermark)

    def commit(self) -> None:
        for writer in self._writers:
            writer.commit()

    def encode_pending(self, budget_seconds: float = 1.0) -> int:
        until = time.monotonic() + budget_seconds
        done = 0
        for at, writer in enumerate(self._writers):
            share = max(0.0, until - time.monotonic()) / (len(self._writers) - at)
            done += writer.encode_pending(share)
        return done

    def rebuild(self, documents: Iterable[Document], watermark: str, encoder: Encoder | None = None) -> None:
        """All shards are written beside those in use and then swapped: a crash before the plan is on disk changes
        nothing, one after it leaves the rest to ``finish_swap``."""
        spool = Path(tempfile.mkdtemp(prefix="spool-", dir=self._folder))
        try:
            _spread(spool, documents, len(self._writers))
            names = self._prepare(spool, watermark, encoder)
        finally:
            shutil.rmtree(spool, ignore_errors=True)
        plan = _plan(self._folder, len(self._writers))
        write_durably(plan, [json.dumps(names).encode()])
        # As in ``_swap``: the first shard, which tells whose vectors there are, comes last.
        for writer in reversed(self._writers):
            writer.swap()
        plan.unlink()

    def _prepare(self, spool: Path, watermark: str, encoder: Encoder | None) -> list[str]:
        names: list[str] = []
        try:
            for shard, writer in enumerate(self._writers):
                names.append(writer.prepare(_waiting(spool / str(shard)), watermark, encoder))
        except BaseException:
            for writer in self._writers[: len(names)]:
                writer.abandon()
            raise
        return names

    def close(self) -> None:
        """Closing twice is no error."""
        self._opened.close()


class _Held(AbstractContextManager[None]):
    """The lock of all shards together."""

    def __init__(self, folder: Path, count: int) -> None:
        self._path = _plan(folder, count).with_name(_LOCK)

    def __enter__(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = locked(self._path)

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)


def _plan(folder: Path, count: int) -> Path:
    """Names each shard's new generation from the moment that all are prepared until all are swapped."""
    return shard_folder(folder, 0, count).with_name(_SWAP)


def _swap(folder: Path, count: int) -> None:
    names = json.loads(_plan(folder, count).read_text("utf-8"))
    for shard in reversed(range(count)):
        point_to(shard_folder(folder, shard, count), names[shard])
    _plan(folder, count).unlink()


def _spread(spool: Path, documents: Iterable[Document], count: int) -> None:
    with ExitStack() as opened:
        files = [opened.enter_context((spool / str(shard)).open("wb")) for shard in range(count)]
        for document in documents:
            row = b"%d" % document.key + b" " + to_bytes(document) + b"\n"
            files[shard_of(document.key, count)].write(row)


def _waiting(path: Path) -> Iterator[Document]:
    with path.open("rb") as rows:
        for row in rows:
            key, _, stored = row.partition(b" ")
            yield from_bytes(int(key), stored)
