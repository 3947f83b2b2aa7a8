"""The machines of a cluster under test."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from tests.importing.programs import ROOT, Installation
from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.connection import leave
from zhiqiao.cluster.nodes import NodePlan, nodes_here, start_node, stop_nodes

PATIENCE = 120.0  # seconds; a busy machine starts processes slowly


def free_port() -> int:
    """Below those that the system hands out by itself, or another program may have it by the time it is used."""
    while True:
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("", random.randint(20_000, 30_000)))
            return int(tried.getsockname()[1])


@dataclass
class Machines:
    home: Path
    address: ClusterAddress
    network: str

    def environment(self) -> dict[str, str]:
        """Of an installation whose index lies in this cluster."""
        place = f"ray://{self.address.head}?shards={self.address.shards}&seconds=30"
        return Installation(self.home).environment(ZHIQIAO_INDEX=place, PYTHONPATH=str(ROOT))

    def start(self) -> None:
        self.home.mkdir(parents=True)
        with patch.dict(os.environ, self.environment()):
            self._start()

    def _start(self) -> None:
        start_node(self.home, self.address, NodePlan(head=True, address=f"{self.network}.2", cores=0))
        for number in (3, 4):
            self._join(number)

    def join(self, number: int) -> None:
        with patch.dict(os.environ, self.environment()):
            self._join(number)

    def _join(self, number: int) -> None:
        start_node(self.home, self.address, NodePlan(head=False, address=f"{self.network}.{number}", cores=2))

    def kill(self, address: str) -> None:
        """As when a machine loses its power."""
        node = next(node for node in nodes_here(self.home) if node.address == address and node.alive)
        os.kill(node.pid, signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while node.alive:
            assert time.monotonic() < until
            time.sleep(0.05)

    def stop(self) -> None:
        leave()
        stop_nodes(self.home)
