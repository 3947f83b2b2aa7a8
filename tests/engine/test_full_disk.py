"""No room on the disk: what was committed goes on answering, the system's reason is told, and the rest follows later.

The room is that of a file: the system refuses to make one longer than a limit, as a full disk refuses, in the midst of
whatever the index writes.
"""

from __future__ import annotations

import errno
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.engine.fakes import LetterPairs, patent
from zhiqiao.engine.documents import NO_FILTERS, SEES_ALL, Document
from zhiqiao.engine.shardwriting import ShardedWriter, shard_folder
from zhiqiao.engine.store import SearchReader, SearchWriter, open_reader, open_writer
from zhiqiao.engine.vectorcache import VectorCache
from zhiqiao.engine.vectorrows import to_codes

LETTERS = "锂离子电池隔膜污水除磷铝合金压铸件注塑模具冷却水路激光焊接头仓储机器人"
FEW, MANY = 50, 1_000


@contextmanager
def longest_file(length: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def documents(first: int, last: int) -> list[Document]:
    chance = random.Random(first)
    return [
        patent(key, "".join(chance.choices(LETTERS, k=20)), abstract="".join(chance.choices(LETTERS, k=300)))
        for key in range(first, last + 1)
    ]


def write(writer: SearchWriter | ShardedWriter, given: list[Document], watermark: str) -> None:
    writer.apply(given, [], watermark)
    writer.commit()
    writer.encode_pending(60)


def size(readers: list[SearchReader]) -> tuple[int, int]:
    """How many documents are found by their words, how many by their meaning."""
    for reader in readers:
        reader.refresh()
    return sum(reader.size for reader in readers), sum(len(reader.vectors) for reader in readers)


# Dimensions: so that either the text is too long for the limit, or only the vectors are.
@pytest.mark.parametrize(("limit", "dimension", "kept"), [(50_000, 64, FEW), (1_500_000, 4_096, MANY)])
@pytest.mark.parametrize("sharded", [False, True])
def test_what_was_committed_serves_and_the_rest_follows_when_there_is_room(
    tmp_path: Path, limit: int, dimension: int, kept: int, sharded: bool
) -> None:
    encoder = LetterPairs(dimension=dimension)

    def opened() -> SearchWriter | ShardedWriter:
        return ShardedWriter(tmp_path, 2, encoder) if sharded else open_writer(tmp_path, encoder)

    folders = [shard_folder(tmp_path, shard, 2) for shard in (0, 1)] if sharded else [tmp_path]
    writer = opened()
    write(writer, documents(1, FEW), "1")
    readers = [open_reader(folder, encoder) for folder in folders]
    assert size(readers) == (FEW, FEW)
    rest = documents(FEW + 1, MANY)
    with longest_file(limit):
        for _ in range(2):
            with pytest.raises(OSError, match="large") as refused:
                write(writer, rest, "2")
            assert refused.value.errno == errno.EFBIG
            with suppress(OSError):
                writer.close()
            assert size(readers) == (kept, FEW)
            assert all(reader.text.search([("电池", 1.0)], SEES_ALL, NO_FILTERS, 5) for reader in readers)
            writer = opened()
    write(writer, rest, "2")
    writer.close()
    assert size(readers) == (MANY, MANY)
    assert {reader.vector_watermark for reader in readers} == {"2"}


def test_vectors_that_found_no_room_are_kept_and_written_later(tmp_path: Path) -> None:
    encoder = LetterPairs(dimension=1_000)
    codes = to_codes(encoder.encode_passages([each.title for each in documents(1, 20)]))
    known = VectorCache(tmp_path, encoder)
    for number, code in enumerate(codes[:10]):
        known.put(str(number), code)
    known.flush()
    for number, code in enumerate(codes):
        known.put(str(number), code)
    with longest_file(15_500), pytest.raises(OSError, match="large"):
        known.flush()
    assert len(VectorCache(tmp_path, encoder)) == 10
    known.flush()
    again = VectorCache(tmp_path, encoder)
    found = [again.get(str(number)) for number in range(20)]
    assert [None if code is None else code.tolist() for code in found] == codes.tolist()
