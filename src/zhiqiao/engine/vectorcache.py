"""Vectors already paid for: encoded texts by their digest, kept across rebuilds."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

import numpy as np

from zhiqiao.engine.encoder import Encoder
from zhiqiao.engine.vectorrows import Codes

_DIGEST_BYTES: Final = 32


def text_digest(text: str) -> bytes:
    """SHA-256 of a text to encode."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def short_digest(text: str) -> int:
    """The first 62 bits of the digest: enough to see that a text changed, and it fits a number field."""
    return int.from_bytes(text_digest(text)[:8], "big") >> 2


class VectorCache:
    """An append-only file of (SHA-256, 8-bit vector) records, one for each encoder; one writer at a time.

    A record torn by a crash is cut off at the next opening. Records are never removed.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        name = text_digest(f"{encoder.identity}/{encoder.dimension}").hex()[:16]
        self._path = folder / f"encoded-{name}.bin"
        self._size = _DIGEST_BYTES + encoder.dimension
        self._known: dict[bytes, Codes] = {}
        self._fresh: list[bytes] = []
        if self._path.exists():
            self._load()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, text: str) -> Codes | None:
        """The vector of a text, ``None`` when it was never encoded."""
        return self._known.get(text_digest(text))

    def put(self, text: str, code: Codes) -> None:
        """Remember a vector; it is on disk after ``flush``."""
        digest = text_digest(text)
        if digest not in self._known:
            self._known[digest] = code
            self._fresh.append(digest + code.tobytes())

    def flush(self) -> None:
        """Write what is new to disk."""
        if not self._fresh:
            return
        with self._path.open("ab") as handle:
            handle.write(b"".join(self._fresh))
            handle.flush()
            os.fsync(handle.fileno())
        self._fresh = []

    def _load(self) -> None:
        whole = self._path.stat().st_size // self._size
        os.truncate(self._path, whole * self._size)
        records = np.fromfile(self._path, dtype=np.uint8).reshape(whole, self._size)
        digests, codes = records[:, :_DIGEST_BYTES], records[:, _DIGEST_BYTES:]
        self._known = {digest.tobytes(): code for digest, code in zip(digests, codes, strict=True)}
