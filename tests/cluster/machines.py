"""The machines of a cluster under test."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.connection import leave
from zhiqiao.cluster.nodes import NodePlan, nodes_here, start_node, stop_nodes

PATIENCE = 120.0  # seconds; a busy machine starts processes slowly


@dataclass
class Machines:
    home: Path
    address: ClusterAddress
    network: str

    def start(self) -> None:
        self.home.mkdir(parents=True)
        start_node(self.home, self.address, NodePlan(head=True, address=f"{self.network}.2", cores=0))
        for number in (3, 4):
            self.join(number)

    def join(self, number: int) -> None:
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
