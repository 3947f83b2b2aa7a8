"""Work on many records, cut into pieces: in this process, or on the machines of the cluster where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from zhiqiao.core.jobqueue import load_function
from zhiqiao.core.sharding import cluster, cluster_function


def spread_out(function: str, pieces: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    """What a function, given by ``"package.module:name"``, returns for each piece, in no order.

    A piece whose machine is lost is done again: doing it twice must change nothing. All machines need the same
    database, so a cluster of several needs PostgreSQL.
    """
    address = cluster()
    if address is None:
        yield from (load_function(function)(*piece) for piece in pieces)
        return
    spread = cluster_function(settings.ZHIQIAO_SPREAD)
    afar = [(function, piece) for piece in pieces]
    yield from spread(address, Path(settings.ZHIQIAO_HOME), settings.ZHIQIAO_AFAR, afar)
