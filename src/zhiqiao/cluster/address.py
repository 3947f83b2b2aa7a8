"""Where an index lies: ``ray://HOST:PORT?shards=4&seconds=2``. Knows no Ray, so that settings can read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

DEFAULT_PORT: Final = 6379
MOST_SHARDS: Final = 1_024
LONGEST_WAIT: Final = 60.0


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """The head of a cluster, into how many shards each collection is cut, and how many seconds a search waits."""

    host: str
    port: int
    shards: int = 2
    seconds: float = 2.0

    @property
    def head(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def local(self) -> bool:
        """Whether no other machine can reach it."""
        return self.host in ("localhost", "127.0.0.1", "::1")


def parse_address(text: str) -> ClusterAddress:
    """Raises ``ValueError`` for anything else."""
    parts = urlsplit(text)
    options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    address = ClusterAddress(
        parts.hostname or "",
        parts.port or DEFAULT_PORT,
        int(options.pop("shards", "2")),
        float(options.pop("seconds", "2")),
    )
    known = parts.scheme == "ray" and bool(address.host) and not options and parts.path in ("", "/")
    if not known or not 1 <= address.shards <= MOST_SHARDS or not 0 < address.seconds <= LONGEST_WAIT:
        raise ValueError(text)
    return address
