"""What is told of a cluster. Knows no Ray, so that the faces can read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """A node: ``cores`` are for batch work, ``memory`` in bytes."""

    address: str
    alive: bool
    cores: float
    memory: float


@dataclass(frozen=True, slots=True)
class ShardHealth:
    """A shard that does not answer has a ``trouble``: ``silent``, or a refusal's code."""

    collection: str
    shard: int
    address: str = ""
    pid: int = 0
    documents: int = 0
    vectors: int = 0
    watermark: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    machines: list[Machine]
    shards: list[ShardHealth]
