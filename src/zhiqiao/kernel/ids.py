"""Opaque public ids."""

from __future__ import annotations

import os
import time
import uuid

_VERSION = 7 << 76
_VARIANT = 2 << 62
_RANDOM = (1 << 62) - 1
_last = 0


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562, 5.7): opaque in addresses; within a process each is greater than the one before.

    A few lines of our own: an import makes one for every row, and the library's took a tenth of its time.
    """
    global _last  # two threads that meet here get the same moment and still different random bits
    # Milliseconds and, in the twelve bits behind the version, the fraction of one (RFC 9562, 6.2, method 3).
    _last = max((time.time_ns() << 12) // 1_000_000, _last + 1)
    moment = (_last >> 12) << 80 | _VERSION | (_last & 0xFFF) << 64
    return uuid.UUID(int=moment | _VARIANT | int.from_bytes(os.urandom(8)) & _RANDOM)
