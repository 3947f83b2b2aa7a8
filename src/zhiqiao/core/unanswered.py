"""What a search could not look at: shards of the index that did not answer in time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from zhiqiao.kernel.errors import Unavailable


@dataclass
class Unanswered:
    """Collection → numbers of the shards that were silent; ``shards``: collection → how many it has."""

    silent: dict[str, set[int]] = field(default_factory=dict)
    shards: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.silent)

    @property
    def missing(self) -> int:
        return sum(len(numbers) for numbers in self.silent.values())

    @property
    def of(self) -> int:
        return sum(self.shards[name] for name in self.silent)


_noted: ContextVar[Unanswered | None] = ContextVar("unanswered", default=None)


def note(collection: str, silent: frozenset[int], shards: int) -> None:
    """Called where shards were silent."""
    noted = _noted.get()
    if noted is not None:
        noted.silent.setdefault(collection, set()).update(silent)
        noted.shards[collection] = shards


def unanswered() -> Unanswered:
    """What was noted so far within ``noting``."""
    return _noted.get() or Unanswered()


@contextmanager
def noting() -> Iterator[Unanswered]:
    """What is searched inside is noted, and in whatever surrounds it too."""
    fresh, outer = Unanswered(), _noted.get()
    token = _noted.set(fresh)
    try:
        yield fresh
    finally:
        _noted.reset(token)
        if outer is not None:
            for name, silent in fresh.silent.items():
                note(name, frozenset(silent), fresh.shards[name])


@contextmanager
def complete() -> Iterator[None]:
    """For what is kept or compared: raises ``Unavailable("index_incomplete")`` where a search inside was not whole."""
    with noting() as noted:
        yield
    if noted:
        raise Unavailable("index_incomplete", missing=noted.missing, of=noted.of)
