"""Rows of 8-bit vectors: how they lie in memory and on disk."""

from __future__ import annotations

import json
import math
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from zhiqiao.engine.durable import write_durably
from zhiqiao.engine.encoder import Vectors
from zhiqiao.kernel.errors import Unavailable

Codes = npt.NDArray[np.uint8]
_MAGIC: Final = b"ZQVEC001"
_MIDDLE: Final = 128
_TOP: Final = 127


def scale_for(dimension: int) -> float:
    """Steps of the 8-bit code per unit: room for values four times the average of a unit vector.

    Measured on patent titles: the largest of 384 values is 0.166, four times the average is 0.204.
    """
    return _TOP / min(1.0, 4 / math.sqrt(dimension))


def to_steps(vectors: Vectors) -> Vectors:
    """Unit vectors as whole steps -127..127, still as floats, which is how faiss wants queries."""
    scale = scale_for(vectors.shape[1])
    steps: Vectors = np.clip(np.rint(vectors * scale), -_TOP, _TOP).astype(np.float32)
    return steps


def to_codes(vectors: Vectors) -> Codes:
    """Unit vectors as bytes, the way faiss' ``QT_8bit_direct_signed`` stores them."""
    return (to_steps(vectors) + _MIDDLE).astype(np.uint8)


def from_codes(codes: Codes) -> Vectors:
    """The vectors that ``to_codes`` rounded."""
    steps = codes.astype(np.float32) - _MIDDLE
    return (steps / scale_for(codes.shape[1])).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors sorted by key, with who may see each.

    ``keys`` int64[n] ascending; ``groups`` int32[n], an index into ``group_tokens``; ``digests`` uint64[n] of the
    encoded texts; ``codes`` uint8[n, dimension]; ``dropped`` int64[m], keys that older rows must no longer answer for.
    """

    keys: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int32]
    digests: npt.NDArray[np.uint64]
    codes: Codes
    dropped: npt.NDArray[np.int64]
    group_tokens: tuple[tuple[str, ...], ...]
    mapped: mmap.mmap | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def positions(self, keys: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Where each key lies, -1 where it does not."""
        wanted = np.asarray(keys, dtype=np.int64)
        if not len(self.keys):
            return np.full(len(wanted), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[at] == wanted, at, -1).astype(np.int64)

    def let_go(self) -> None:
        """Give back the memory of vectors that lie on disk too, until they are touched again."""
        if self.mapped is not None:
            self.mapped.madvise(mmap.MADV_DONTNEED)

    def seen_with(self, tokens: frozenset[str]) -> npt.NDArray[np.bool_]:
        """For each row whether a reader with these tokens may see it; ``all`` is the caller's to handle."""
        groups = np.array([not tokens.isdisjoint(group) for group in self.group_tokens], dtype=np.bool_)
        return groups[self.groups] if len(groups) else np.zeros(len(self), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Row:
    """One vector on its way into the index."""

    key: int
    digest: int
    code: Codes
    visibility: tuple[str, ...]


def rows_of(rows: Sequence[Row], dropped: Sequence[int], dimension: int) -> Rows:
    """Rows in the order the index needs."""
    ordered = sorted(rows, key=lambda row: row.key)
    tokens = sorted({_group(row) for row in ordered})
    number = {group: at for at, group in enumerate(tokens)}
    codes = np.array([row.code for row in ordered], dtype=np.uint8).reshape(len(ordered), dimension)
    return Rows(
        np.array([row.key for row in ordered], dtype=np.int64),
        np.array([number[_group(row)] for row in ordered], dtype=np.int32),
        np.array([row.digest for row in ordered], dtype=np.uint64),
        codes,
        np.array(sorted(dropped), dtype=np.int64),
        tuple(tokens),
    )


def _group(row: Row) -> tuple[str, ...]:
    return tuple(sorted(set(row.visibility)))


def merged(base: Rows, newer: Rows) -> Rows:
    """``base`` with ``newer`` rows put over it and dropped keys taken out."""
    gone = np.concatenate([newer.keys, newer.dropped])
    stays = ~np.isin(base.keys, gone)
    order = np.argsort(np.concatenate([base.keys[stays], newer.keys]), kind="stable")
    tokens = tuple(dict.fromkeys((*base.group_tokens, *newer.group_tokens)))
    number = {group: at for at, group in enumerate(tokens)}
    renumbered = np.array([number[group] for group in newer.group_tokens], dtype=np.int32)
    newer_groups = renumbered[newer.groups] if len(newer) else newer.groups
    return Rows(
        np.concatenate([base.keys[stays], newer.keys])[order],
        np.concatenate([base.groups[stays], newer_groups])[order],
        np.concatenate([base.digests[stays], newer.digests])[order],
        np.concatenate([base.codes[stays], newer.codes])[order],
        np.zeros(0, dtype=np.int64),
        tokens,
    )


def save_rows(path: Path, rows: Rows) -> None:
    """Write rows to a file of their own, durably."""
    header = {
        "rows": len(rows),
        "dropped": len(rows.dropped),
        "dimension": rows.codes.shape[1],
        "groups": rows.group_tokens,
    }
    text = json.dumps(header, ensure_ascii=False).encode()
    columns = (rows.keys, rows.groups, rows.digests, rows.dropped, rows.codes)
    start = [_MAGIC, len(text).to_bytes(8, "little"), text]
    write_durably(path, [*start, *(np.ascontiguousarray(column).tobytes() for column in columns)])


def load_rows(path: Path) -> Rows:
    """Read rows back; the vectors themselves stay on disk until touched.

    Raises ``Unavailable("vectors_damaged")`` when the file is not what ``save_rows`` wrote.
    """
    with path.open("rb") as handle:
        magic, size = handle.read(8), int.from_bytes(handle.read(8), "little")
        if magic != _MAGIC or size > path.stat().st_size:
            raise Unavailable("vectors_damaged", file=path.name)
        header: dict[str, Any] = json.loads(handle.read(size))
    count, dropped, dimension = header["rows"], header["dropped"], header["dimension"]
    if path.stat().st_size != 16 + size + count * (8 + 4 + 8 + dimension) + dropped * 8:
        raise Unavailable("vectors_damaged", file=path.name)
    return _columns(path, 16 + size, (count, dropped, dimension), tuple(map(tuple, header["groups"])))


def _columns(path: Path, offset: int, shape: tuple[int, int, int], tokens: tuple[tuple[str, ...], ...]) -> Rows:
    count, dropped, dimension = shape
    with path.open("rb") as handle:
        mapped = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
    raw = np.frombuffer(mapped, dtype=np.uint8)
    ends = np.cumsum([offset, count * 8, count * 4, count * 8, dropped * 8, count * dimension])
    keys, groups, digests, gone, codes = (raw[begin:end] for begin, end in pairwise(ends))
    return Rows(
        np.frombuffer(keys.tobytes(), dtype=np.int64),
        np.frombuffer(groups.tobytes(), dtype=np.int32),
        np.frombuffer(digests.tobytes(), dtype=np.uint64),
        codes.reshape(count, dimension),
        np.frombuffer(gone.tobytes(), dtype=np.int64),
        tokens,
        mapped,
    )
