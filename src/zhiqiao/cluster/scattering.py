"""Questions to all shards at once, through Ray."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ray
from ray.exceptions import GetTimeoutError, RayActorError, RayError, RayTaskError

from zhiqiao.cluster.actors import ShardActor
from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.connection import NAMESPACE, connect
from zhiqiao.cluster.nodes import ROOM
from zhiqiao.engine.encoder import Encoder
from zhiqiao.engine.gathering import OF_ONE_SHARD, Calls
from zhiqiao.engine.shardwriting import shard_folder
from zhiqiao.kernel.errors import ZhiqiaoError

_THREADS: Final = 8


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection whose shards lie under ``folder``."""

    name: str
    folder: Path
    count: int

    def actor_name(self, shard: int) -> str:
        return f"{self.name}-{shard}-of-{self.count}"


def shard_actor(collection: Collection, shard: int) -> Any:
    """The process of a shard, started where there is none. It lives until the cluster stops."""
    started: Any = ray.remote(ShardActor)
    return started.options(
        name=collection.actor_name(shard), namespace=NAMESPACE, get_if_exists=True, lifetime="detached",
        max_restarts=-1, max_task_retries=-1, max_concurrency=_THREADS, num_cpus=0,
        # No core: a shard must find its place again while batches have all cores of the machines that are left.
        resources={ROOM: 1}, scheduling_strategy="SPREAD",
    ).remote(str(shard_folder(collection.folder, shard, collection.count)))  # fmt: skip


class RayScatter:
    """May be shared by threads. A shard that missed a deadline is not waited for again until it has answered that
    question: one that is away costs one search its patience and not every search."""

    def __init__(self, collection: Collection, encoder: Encoder) -> None:
        self._collection = collection
        self._encoder = (encoder.identity, encoder.dimension)
        self._actors: dict[int, Any] = {}
        self._late: dict[int, Any] = {}
        self._starting = threading.Lock()

    @property
    def name(self) -> str:
        return self._collection.name

    @property
    def count(self) -> int:
        return self._collection.count

    def ask(self, method: str, calls: Calls, until: float) -> dict[int, Any]:
        asked = {
            self._actor(shard).ask.remote(self._encoder, method, tuple(arguments)): shard
            for shard, arguments in calls.items()
            if not self._is_late(shard)
        }
        if not asked:
            return {}
        ready, waiting = ray.wait(list(asked), num_returns=len(asked), timeout=max(0.0, until - time.monotonic()))
        self._late.update({asked[ref]: ref for ref in waiting})
        answers = {asked[ref]: self._answer(asked[ref], ref, until) for ref in ready}
        return {shard: answer[0] for shard, answer in answers.items() if answer is not None}

    def _answer(self, shard: int, ref: Any, until: float) -> tuple[Any] | None:
        try:
            return (ray.get(ref, timeout=max(0.1, until - time.monotonic())),)
        except RayTaskError as failed:
            _refuse(failed)
        except RayActorError:
            self._actors.pop(shard, None)
        except (GetTimeoutError, RayError):
            pass
        return None

    def _is_late(self, shard: int) -> bool:
        ref = self._late.get(shard)
        if ref is None:
            return False
        if not ray.wait([ref], timeout=0)[0]:
            return True
        self._late.pop(shard, None)
        return False

    def _actor(self, shard: int) -> Any:
        with self._starting:
            if shard not in self._actors:
                self._actors[shard] = shard_actor(self._collection, shard)
            return self._actors[shard]


def _refuse(failed: RayTaskError) -> None:
    """Raise what the shard raised, unless it concerns this shard alone, which then counts as silent."""
    cause = failed.cause
    if isinstance(cause, ZhiqiaoError) and cause.reason in OF_ONE_SHARD:
        return
    raise cause if isinstance(cause, ZhiqiaoError) else failed


def open_sharded(address: ClusterAddress, home: Path, name: str, folder: Path, encoder: Encoder) -> RayScatter:
    """The way to a collection's shards. Raises ``Unavailable("cluster_unreachable")``."""
    connect(address, home)
    return RayScatter(Collection(name, folder, address.shards), encoder)
