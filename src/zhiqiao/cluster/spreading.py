"""Long work cut into pieces, done by the nodes of the cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import ray
from ray.exceptions import RayError, RayTaskError

from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.connection import connect
from zhiqiao.kernel.errors import Unavailable, ZhiqiaoError

ATTEMPTS: Final = 5  # at a piece whose process or machine was lost
PATIENCE: Final = 600.0  # seconds that a piece is tried again while shards that it needs are on their way to a machine
PASSING: Final = frozenset({"index_incomplete", "index_unreachable", "cluster_unreachable"})
_PAUSE: Final = 1.0
_AT_ONCE: Final = 1_000  # pieces handed over at once


@dataclass(slots=True)
class _Piece:
    arguments: tuple[Any, ...]
    refused_at: float | None = None
    again_at: float = 0.0

    def puts_off(self, refused: ZhiqiaoError) -> bool:
        """Whether what refused it passes, and it may wait for that."""
        now = time.monotonic()
        self.refused_at = self.refused_at or now
        self.again_at = now + _PAUSE
        return refused.reason in PASSING and now < self.refused_at + PATIENCE


def spread(address: ClusterAddress, home: Path, doer: str, pieces: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    """What ``doer`` (``"package.module:function"``) returns for each piece, as they get done.

    A piece whose process or machine is lost is done again, so that doing it twice must change nothing; one that lacked
    shards of the index waits for them. Whoever stops asking ends the pieces that wait. Raises what a piece raised,
    ``Unavailable`` ``work_lost``, ``cluster_unreachable``.
    """
    connect(address, home)
    work = _Work(doer, pieces)
    try:
        while work.goes_on():
            for ref in work.ready():
                piece = work.running.pop(ref)
                try:
                    result = _result(ref)
                except ZhiqiaoError as refused:
                    if not piece.puts_off(refused):
                        raise
                    work.put_off.append(piece)
                else:
                    yield result
    finally:
        work.end()


class _Work:
    """Pieces on their way through the cluster."""

    def __init__(self, doer: str, pieces: Sequence[tuple[Any, ...]]) -> None:
        self.running: dict[Any, _Piece] = {}
        self.put_off: list[_Piece] = []
        self._doer = doer
        self._left = map(_Piece, pieces)
        self._remote: Any = ray.remote(max_retries=ATTEMPTS, scheduling_strategy="SPREAD")(_do)

    def goes_on(self) -> bool:
        """Hands over what is due; False when all is done."""
        now = time.monotonic()
        due = [piece for piece in self.put_off if piece.again_at <= now]
        self.put_off = [piece for piece in self.put_off if piece.again_at > now]
        for piece in chain(due, islice(self._left, max(0, _AT_ONCE - len(self.running) - len(due)))):
            self.running[self._remote.remote(self._doer, piece.arguments)] = piece
        return bool(self.running or self.put_off)

    def ready(self) -> list[Any]:
        """Waits for one that is done, or until another is due."""
        if not self.running:
            time.sleep(_PAUSE)
            return []
        done: list[Any] = ray.wait(list(self.running), timeout=_PAUSE if self.put_off else None)[0]
        return done

    def end(self) -> None:
        for ref in self.running:
            ray.cancel(ref)


def _do(doer: str, piece: tuple[Any, ...]) -> Any:
    module, _, name = doer.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found(*piece)


def _result(ref: Any) -> Any:
    try:
        return ray.get(ref)
    except RayTaskError as failed:
        raise failed.cause if isinstance(failed.cause, ZhiqiaoError) else failed from failed
    except RayError as lost:
        raise Unavailable("work_lost", attempts=ATTEMPTS + 1) from lost
