"""Very many things, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

AT_ONCE: Final = 500
"""Keys that one statement takes on every database: SQLite's older builds stop at 999 parameters."""


def in_batches(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """The items in their order, in lists of at most ``size``; each is read only when it is asked for."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
