"""Whether the index lies in one folder or in shards of a cluster: ``settings.ZHIQIAO_INDEX``.

``settings.ZHIQIAO_SHARDED`` names what opens a sharded index: the room that knows the cluster is loaded only where
there is one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.core.encoders import encoder_for
from zhiqiao.core.jobqueue import load_function
from zhiqiao.core.unanswered import note
from zhiqiao.engine.encoder import Encoder
from zhiqiao.engine.gathering import GatheredReader, ShardedIndex
from zhiqiao.engine.shards import shard_of
from zhiqiao.engine.shardwriting import ShardedWriter, finish_swap, shard_folder, shards_missing, swap_waits
from zhiqiao.engine.store import SearchWriter, open_writer
from zhiqiao.kernel.errors import Unavailable

Writer = SearchWriter | ShardedWriter


@dataclass(frozen=True, slots=True)
class Part:
    """A folder of an index, and which of the documents lie in it."""

    folder: Path
    shard: int = 0
    count: int = 1

    def holds(self, key: int) -> bool:
        return shard_of(key, self.count) == self.shard


WHOLE: Final = Part(Path())
_opened: dict[Path, ShardedIndex] = {}
_opening = threading.Lock()


def cluster() -> ClusterAddress | None:
    """The cluster that holds the index; None where it lies in one folder."""
    address: ClusterAddress | None = getattr(settings, "ZHIQIAO_INDEX", None)
    return address


def cluster_function(path: str) -> Callable[..., Any]:
    """Raises ``Unavailable("cluster_not_installed")`` where the extra is lacking."""
    try:
        return load_function(path)
    except ModuleNotFoundError as lacking:
        raise Unavailable("cluster_not_installed") from lacking


def parts_of(folder: Path) -> list[Part]:
    """The folders that an index lies in."""
    address = cluster()
    if address is None:
        return [Part(folder)]
    count = address.shards
    return [Part(shard_folder(folder, shard, count), shard, count) for shard in range(count)]


def index_writer(folder: Path, *, anew: bool = False) -> Writer:
    """The one writer of an index; ``anew``: to write all of it. Raises as ``open_writer`` does, and
    ``Unavailable("shards_lost")`` where some shards are gone: what they held stands in no list of changes."""
    address = cluster()
    if address is None:
        return open_writer(folder, encoder_for(folder))
    finish_swap(folder, address.shards)
    lost = shards_missing(folder, address.shards)
    if not anew and 0 < len(lost) < address.shards:
        raise Unavailable("shards_lost", collection=folder.name, lost=len(lost), of=address.shards)
    return ShardedWriter(folder, address.shards, _meaning(folder, address.shards, lost))


def rebuild_unfinished(folder: Path) -> bool:
    """Whether a rebuild was ended while its shards swapped; opening the writer does the rest."""
    address = cluster()
    return address is not None and swap_waits(folder, address.shards)


def ensured(address: ClusterAddress, folder: Path, wanted: Encoder) -> Encoder:
    """Makes the shards where there is none yet; gives the encoder that they are read with."""
    lost = shards_missing(folder, address.shards)
    if len(lost) == address.shards:
        ShardedWriter(folder, address.shards, wanted).close()
        lost = []
    return _meaning(folder, address.shards, lost)


def _meaning(folder: Path, count: int, lost: Collection[int]) -> Encoder:
    """The first shard that is there tells: in a swap it is the last to move."""
    first = next((shard for shard in range(count) if shard not in lost), 0)
    return encoder_for(shard_folder(folder, first, count))


def gathered(address: ClusterAddress, name: str, folder: Path, wanted: Encoder) -> GatheredReader:
    """What one question sees of a sharded index. Raises ``Unavailable("cluster_unreachable")``."""
    with _opening:
        meaning, kept = ensured(address, folder, wanted), _opened.get(folder)
        if kept is None or kept.encoder is not meaning:
            scatter = cluster_function(settings.ZHIQIAO_SHARDED)(
                address, Path(settings.ZHIQIAO_HOME), name, folder, meaning
            )
            kept = _opened[folder] = ShardedIndex(scatter, meaning, address.seconds, note)
        return kept.view()
