"""Nodes of the cluster on this machine: started as processes of their own, stopped by their number."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from zhiqiao.cluster.access import grant
from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.engine.durable import write_durably
from zhiqiao.kernel.errors import Conflict, Invalid, Unavailable

STARTED: Final = "Ray runtime started."
OTHER_VERSION: Final = "Version mismatch"
KNOCK_SECONDS: Final = 2.0
START_SECONDS: Final = 120.0
ATTEMPTS: Final = 3
SURROUNDINGS: Final = {
    "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_agent_register_timeout_ms": "120000",
}
STOP_SECONDS: Final = 15.0
TIDY_SECONDS: Final = 5.0
ROOM: Final = "shards"  # what a node has for shards, as Ray counts it
MOST_ROOM: Final = 10_000
LEAST_STORE: Final = 80_000_000  # bytes; answers are small, so the object store can be


@dataclass(frozen=True, slots=True)
class NodePlan:
    """A node to start: ``address`` this machine's own in the cluster, None for the head's where it is the head, else
    the one Ray finds. ``cores`` counts towards batch work; the head's shards and batches run on the other nodes where
    it has none."""

    head: bool
    address: str | None = None
    cores: int | None = None
    store: int = LEAST_STORE


@dataclass(frozen=True, slots=True)
class Node:
    """A node that runs on this machine."""

    name: str
    pid: int
    began: str
    machine: str
    address: str
    started: float
    scratch: str

    @property
    def alive(self) -> bool:
        return self.machine == socket.gethostname() and _beginning(self.pid) == self.began


def start_node(home: Path, cluster: ClusterAddress, plan: NodePlan) -> Node:
    """Returns when the node takes part. On a machine that is very busy Ray now and then gives up on itself: it is tried
    again. Raises ``Invalid("cluster_local")``; ``Conflict`` ``node_running``, ``head_port_taken``, ``cluster_version``;
    ``Unavailable`` ``cluster_unreachable``, ``node_not_started``.
    """
    if cluster.local and not plan.head:
        raise Invalid("cluster_local", address=cluster.head)
    # Where nothing else is said, the head listens where it is looked for: on the loopback only, for one.
    plan = replace(plan, address=plan.address or (cluster.host if plan.head else None))
    name = f"{socket.gethostname()}-{plan.address or 'node'}"
    grant(home, cluster)
    for former in nodes_here(home):
        if former.name == name and former.alive:
            raise Conflict("node_running", node=name)
        if former.name == name:
            _forget(home, former)
    _look_at_port(cluster, plan)
    log = home / "cluster" / f"{name}.log"
    for _ in range(ATTEMPTS):
        node = _launched(home / "cluster", name, _words(cluster, plan), plan.address or "")
        if _takes_part(log, node):
            return node
        _forget(home, node)
        if OTHER_VERSION in log.read_text("utf-8", errors="replace"):
            raise Conflict("cluster_version", address=cluster.head)
    raise Unavailable("node_not_started", node=name, log=str(log))


def _look_at_port(cluster: ClusterAddress, plan: NodePlan) -> None:
    """Ray itself looks for minutes before it says that it does not start."""
    answers = knock(cluster)
    if plan.head and answers:
        raise Conflict("head_port_taken", address=cluster.head)
    if not plan.head and not answers:
        raise Unavailable("cluster_unreachable", address=cluster.head)


def knock(cluster: ClusterAddress) -> bool:
    """Whether anything listens where the head should."""
    try:
        socket.create_connection((cluster.host, cluster.port), KNOCK_SECONDS).close()
    except OSError:
        return False
    return True


def _launched(folder: Path, name: str, words: list[str], address: str) -> Node:
    # Sockets lie in it, whose paths must be short.
    scratch = tempfile.mkdtemp(prefix="zq-")
    with (folder / f"{name}.log").open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter and fixed words
            [*words, "--temp-dir", scratch], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            env={**os.environ, **SURROUNDINGS},
        )  # fmt: skip
    node = Node(name, process.pid, _beginning(process.pid), socket.gethostname(), address, time.time(), scratch)
    write_durably(folder / f"{name}.json", [json.dumps(asdict(node)).encode()])
    return node


def _takes_part(log: Path, node: Node) -> bool:
    until = time.monotonic() + START_SECONDS
    while STARTED not in log.read_text("utf-8", errors="replace"):
        if not node.alive or time.monotonic() >= until:
            return False
        time.sleep(0.1)
    return True


def _words(cluster: ClusterAddress, plan: NodePlan) -> list[str]:
    words = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats"]
    words += ["--include-log-monitor", "false", "--object-store-memory", str(plan.store)]
    words += ["--min-worker-port", "0", "--max-worker-port", "0"]
    # Nodes on one machine must not ask for the same ports.
    for port in ("dashboard-agent-listen", "dashboard-agent-grpc", "metrics-export", "runtime-env-agent"):
        words += [f"--{port}-port", "0"]
    if plan.head:
        words += ["--head", "--port", str(cluster.port), "--include-dashboard", "false"]
    else:
        words += ["--address", cluster.head]
    if plan.address:
        words += ["--node-ip-address", plan.address]
    if plan.cores is not None:
        words += ["--num-cpus", str(plan.cores)]
    if plan.cores != 0 or not plan.head:
        words += ["--resources", json.dumps({ROOM: MOST_ROOM})]
    return words


def nodes_here(home: Path) -> list[Node]:
    """The nodes that were started on this machine and not stopped, dead ones included, the oldest first."""
    found = map(_noted, (home / "cluster").glob("*.json"))
    return sorted((node for node in found if node and node.machine == socket.gethostname()), key=_when_started)


def _when_started(node: Node) -> float:
    return node.started


def _noted(path: Path) -> Node | None:
    """None for what is no note of a node, or that of another release: it is as good as none."""
    try:
        return Node(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def stop_nodes(home: Path) -> list[Node]:
    """Stop this machine's nodes, the one started last first; gives those that were running."""
    return [node for node in reversed(nodes_here(home)) if _forget(home, node)]


def _forget(home: Path, node: Node) -> bool:
    ended = _end(node)
    (home / "cluster" / f"{node.name}.json").unlink(missing_ok=True)
    _tidy(Path(node.scratch))
    return ended


def _tidy(scratch: Path) -> None:
    """What a node started ends a moment after it, and writes until then."""
    until = time.monotonic() + TIDY_SECONDS
    while scratch.exists() and time.monotonic() < until:
        shutil.rmtree(scratch, ignore_errors=True)
        time.sleep(0.1)


def _end(node: Node) -> bool:
    """Ask the node to end, then end it; what it started ends with it. False where it was not running."""
    if not node.alive:
        return False
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        os.kill(node.pid, number)
        until = time.monotonic() + seconds
        while node.alive and time.monotonic() < until:
            time.sleep(0.1)
        if not node.alive:
            break
    return True


def _beginning(pid: int) -> str:
    """When a process began, in ticks since the machine's start; empty where there is none, or a dead one waits to be
    collected. Tells it from a later one of the same number."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if told[0] == "Z" else told[19]
