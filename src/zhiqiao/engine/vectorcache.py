"""Vectors already paid for: encoded texts by their digest, kept across rebuilds."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from zhiqiao.engine.encoder import Encoder
from zhiqiao.engine.vectorrows import Codes

_DIGEST_BYTES: Final = 32
_START_BYTES: Final = 8
_RECENT: Final = 16_384


def text_digest(text: str) -> bytes:
    """SHA-256 of a text to encode."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def short_digest(text: str) -> int:
    """The first 62 bits of the digest: enough to see that a text changed, and it fits a number field."""
    return int.from_bytes(text_digest(text)[:8], "big") >> 2


class VectorCache:
    """An append-only file of (SHA-256, 8-bit vector) records, one for each encoder; one writer at a time.

    In memory is only where each record lies, 12 bytes a text. A record torn by a crash is cut off at the next opening.
    Records are never removed.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        name = text_digest(f"{encoder.identity}/{encoder.dimension}").hex()[:16]
        self._path = folder / f"encoded-{name}.bin"
        self._size = _DIGEST_BYTES + encoder.dimension
        self._file = self._path.open("a+b", buffering=0)
        self._count = self._path.stat().st_size // self._size
        os.truncate(self._path, self._count * self._size)
        self._fresh: dict[bytes, Codes] = {}
        self._recent: dict[bytes, int] = {}
        self._starts, self._places = self._sorted_records()

    def __len__(self) -> int:
        return self._count + len(self._fresh)

    def get(self, text: str) -> Codes | None:
        """The vector of a text, ``None`` when it was never encoded."""
        return self._known(text_digest(text))

    def put(self, text: str, code: Codes) -> None:
        """Remember a vector; it is on disk after ``flush``."""
        digest = text_digest(text)
        if self._known(digest) is None:
            self._fresh[digest] = code

    def flush(self) -> None:
        """Write what is new to disk. Where there is no room nothing of it stays there; it can be tried again."""
        if not self._fresh:
            return
        try:
            self._append(b"".join(digest + code.tobytes() for digest, code in self._fresh.items()))
        except OSError:
            os.truncate(self._path, self._count * self._size)
            raise
        self._recent.update(zip(self._fresh, range(self._count, len(self)), strict=True))
        self._count, self._fresh = len(self), {}
        if len(self._recent) > _RECENT:
            self._starts, self._places = self._sorted_records()
            self._recent = {}

    def _append(self, records: bytes) -> None:
        left = memoryview(records)
        while left:
            left = left[self._file.write(left) :]
        os.fsync(self._file.fileno())

    def _known(self, digest: bytes) -> Codes | None:
        if digest in self._fresh:
            return self._fresh[digest]
        if digest in self._recent:
            return self._record(self._recent[digest])[1]
        start = np.uint64(int.from_bytes(digest[:_START_BYTES], "little"))
        at = int(np.searchsorted(self._starts, start))
        while at < len(self._starts) and self._starts[at] == start:
            whole, code = self._record(int(self._places[at]))
            if whole == digest:
                return code
            at += 1
        return None

    def _record(self, place: int) -> tuple[bytes, Codes]:
        record = os.pread(self._file.fileno(), self._size, place * self._size)
        return record[:_DIGEST_BYTES], np.frombuffer(record, dtype=np.uint8, offset=_DIGEST_BYTES)

    def _sorted_records(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32]]:
        """How the digests begin, in order, and where each record lies."""
        if not self._count:
            return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint32)
        # Mapped, not read: let go of again with the array.
        records = np.memmap(self._path, dtype=np.uint8, mode="r", shape=(self._count, self._size))
        starts = np.ascontiguousarray(records[:, :_START_BYTES]).view("<u8").ravel()
        places = np.argsort(starts, kind="stable").astype(np.uint32)
        return starts[places], places
