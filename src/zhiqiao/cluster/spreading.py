"""Long work cut into pieces, done by the nodes of the cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Final

import ray
from ray.exceptions import RayTaskError

from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.connection import connect
from zhiqiao.kernel.errors import ZhiqiaoError

ATTEMPTS: Final = 5  # of a piece whose process or machine was lost
_AT_ONCE: Final = 1_000  # pieces handed over at once


def spread(address: ClusterAddress, home: Path, doer: str, pieces: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    """What ``doer`` (``"package.module:function"``) returns for each piece, as they get done.

    A piece whose process or machine is lost is done again, so that doing it twice must change nothing. Whoever stops
    asking ends the pieces that wait. Raises what a piece raised, ``Unavailable("cluster_unreachable")``.
    """
    connect(address, home)
    piece_doer: Any = ray.remote(max_retries=ATTEMPTS, scheduling_strategy="SPREAD")(_do)
    left = iter(pieces)
    running: list[Any] = []
    try:
        while True:
            running += [piece_doer.remote(doer, piece) for piece in islice(left, _AT_ONCE - len(running))]
            if not running:
                return
            ready, running = ray.wait(running)
            yield _result(ready[0])
    finally:
        for ref in running:
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
