"""How the cluster is: its machines and its shards."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayError, RayTaskError

from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.connection import connect
from zhiqiao.cluster.reports import Health, Machine, ShardHealth
from zhiqiao.cluster.scattering import Collection, shard_actor
from zhiqiao.engine.encoder import Encoder


def health(
    address: ClusterAddress, home: Path, collections: Sequence[tuple[str, Path, Encoder]], seconds: float
) -> Health:
    """Asks every shard of the collections, given with their folders, and starts those that no machine has.

    Raises ``Unavailable("cluster_unreachable")``.
    """
    connect(address, home)
    nodes = {node["NodeID"]: node for node in ray.nodes()}  # type: ignore[no-untyped-call]  # Ray's own
    until = time.monotonic() + seconds
    asked = [
        (name, shard, _asked(Collection(name, folder, address.shards), shard, encoder))
        for name, folder, encoder in collections
        for shard in range(address.shards)
    ]
    shards = [_heard(name, shard, refs, nodes, until) for name, shard, refs in asked]
    return Health([_machine(node) for node in nodes.values()], shards)


def _asked(collection: Collection, shard: int, encoder: Encoder) -> list[Any]:
    actor = shard_actor(collection, shard)
    return [actor.place.remote(), actor.ask.remote((encoder.identity, encoder.dimension), "state", ())]


def _heard(name: str, shard: int, refs: list[Any], nodes: dict[str, Any], until: float) -> ShardHealth:
    try:
        place, state = ray.get(refs, timeout=max(0.1, until - time.monotonic()))
    except RayTaskError as failed:
        return ShardHealth(name, shard, trouble=getattr(failed.cause, "reason", "failed"))
    except (GetTimeoutError, RayError):
        return ShardHealth(name, shard, trouble="silent")
    where = nodes.get(place["node"], {}).get("NodeManagerAddress", "")
    return ShardHealth(name, shard, where, place["pid"], state.documents, state.vectors, state.watermark)


def _machine(node: dict[str, Any]) -> Machine:
    resources = node.get("Resources", {})
    return Machine(
        node["NodeManagerAddress"], bool(node["Alive"]), resources.get("CPU", 0.0), resources.get("memory", 0.0)
    )
