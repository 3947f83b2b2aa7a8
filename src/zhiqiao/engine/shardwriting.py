"""The one writer of a sharded index: a writer for each shard, the same watermark in all of them."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from zhiqiao.engine.documents import Document, from_bytes, to_bytes
from zhiqiao.engine.encoder import Encoder
from zhiqiao.engine.shards import by_shard, shard_of
from zhiqiao.engine.store import SearchWriter, open_writer


def shard_folder(folder: Path, shard: int, count: int) -> Path:
    """Where a shard lies. The number of shards is part of it: with another number everything is written anew."""
    return folder / f"shards-{count}" / str(shard)


class ShardedWriter:
    """Writes as ``SearchWriter`` does. A crash between two shards' commits leaves some ahead, which the caller mends:
    it applies again what the oldest watermark lacks."""

    def __init__(self, folder: Path, count: int, encoder: Encoder) -> None:
        self._folder = folder
        self._writers: list[SearchWriter] = []
        with ExitStack() as opened:
            for shard in range(count):
                self._writers.append(opened.enter_context(open_writer(shard_folder(folder, shard, count), encoder)))
            opened.pop_all()

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
        """Shard after shard swaps to its new self; the documents wait on disk for the turn of theirs."""
        self._folder.mkdir(parents=True, exist_ok=True)
        spool = Path(tempfile.mkdtemp(prefix="spool-", dir=self._folder))
        try:
            _spread(spool, documents, len(self._writers))
            for shard, writer in enumerate(self._writers):
                writer.rebuild(_waiting(spool / str(shard)), watermark, encoder)
        finally:
            shutil.rmtree(spool, ignore_errors=True)

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


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
