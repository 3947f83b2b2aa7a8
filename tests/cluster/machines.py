"""The machines of a cluster under test."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from tests.importing.programs import ROOT, Installation
from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.connection import leave
from zhiqiao.cluster.nodes import Node, NodePlan, nodes_here, start_node, stop_nodes

PATIENCE = 600.0  # seconds that only what is broken takes; a busy machine starts processes slowly


def free_port() -> int:
    """Below those that the system hands out by itself, or another program may have it by the time it is used."""
    while True:
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("", random.randint(20_000, 30_000)))
            return int(tried.getsockname()[1])


def reached(condition: Callable[[], object], program: subprocess.Popen[str] | None = None) -> None:
    """Waits for it; a program that ends before it is a fault."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert program is None or program.poll() is None, program.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)


def started_by(pid: int) -> list[int]:
    """The processes that one has started, and those that they have."""
    own = [int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in read(path).split()]
    return own + [each for child in own for each in started_by(child)]


def name_of(pid: int) -> str:
    return read(Path(f"/proc/{pid}/comm")).strip()


def runs(pid: int) -> bool:
    return read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()[:1] not in ([], ["Z"])


def read(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


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
        # Nothing is left behind even where this process is killed: then the end of its pipe tells.
        self.guardian = subprocess.Popen(
            [sys.executable, "-m", "tests.cluster.guardian", str(self.home)],
            cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
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

    def both_workers(self) -> None:
        """Start again what a test before has killed."""
        running = {node.address for node in nodes_here(self.home) if node.alive}
        for number in (3, 4):
            if f"{self.network}.{number}" not in running:
                self.join(number)

    def kill(self, address: str) -> None:
        """As when a machine loses its power."""
        node = self._node(address)
        started = started_by(node.pid)
        os.kill(node.pid, signal.SIGKILL)
        reached(lambda: not node.alive and not any(map(runs, started)))

    def kill_raylet(self, address: str) -> None:
        """As when Ray's own process of a node breaks: the rest of the node ends with it."""
        node = self._node(address)
        started = started_by(node.pid)
        (raylet,) = (pid for pid in started if name_of(pid) == "raylet")
        os.kill(raylet, signal.SIGKILL)
        reached(lambda: not node.alive and not any(map(runs, started)))

    def _node(self, address: str) -> Node:
        return next(node for node in nodes_here(self.home) if node.address == address and node.alive)

    def stop(self) -> None:
        leave()
        stop_nodes(self.home)
        self.guardian.communicate()
