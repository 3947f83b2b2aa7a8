"""Work on many records, cut into pieces: in this process, in several of this machine, or on those of the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.conf import settings

from zhiqiao.core.afar import do_afar
from zhiqiao.core.jobqueue import load_function
from zhiqiao.core.sharding import cluster, cluster_function
from zhiqiao.kernel.errors import Unavailable


def spread_out(function: str, pieces: Sequence[tuple[Any, ...]], processes: int = 1) -> Iterator[Any]:
    """What a function, given by ``"package.module:name"``, returns for each piece, in no order. ``processes`` counts
    where there is no cluster; each holds the index anew. Raises ``Unavailable`` ``work_lost`` when one of them dies.

    A piece whose machine is lost is done again: doing it twice must change nothing. All machines need the same
    database, so a cluster of several needs PostgreSQL.
    """
    address = cluster()
    if address is None:
        if min(processes, len(pieces)) > 1:
            yield from _in_processes(min(processes, len(pieces)), function, pieces)
        else:
            yield from (load_function(function)(*piece) for piece in pieces)
        return
    spread = cluster_function(settings.ZHIQIAO_SPREAD)
    afar = [(function, piece) for piece in pieces]
    yield from spread(address, Path(settings.ZHIQIAO_HOME), settings.ZHIQIAO_AFAR, afar)


def _in_processes(processes: int, function: str, pieces: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    # Spawned, not forked: a fork would share database connections and the threads of the native libraries.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    try:
        for done in as_completed([pool.submit(do_afar, function, piece) for piece in pieces]):
            yield done.result()
    except BrokenProcessPool as lost:
        raise Unavailable("work_lost", attempts=1) from lost
    finally:
        pool.shutdown(cancel_futures=True)
