"""This process's connection to the cluster."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any, Final

import ray

from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.nodes import OTHER_VERSION, knock, nodes_here
from zhiqiao.kernel.errors import Conflict, Unavailable

NAMESPACE: Final = "zhiqiao"

_connecting = threading.Lock()
_connected: list[str] = []


def connect(address: ClusterAddress, home: Path) -> None:
    """Join the cluster once in a process. The machine must run a node of it (``zhiqiao cluster start``),
    and ``access.grant`` must have been called before Ray was loaded.

    Raises ``Unavailable("cluster_unreachable")``, ``Conflict("cluster_version")``.
    """
    with _connecting:
        # A process of the cluster itself is in it from the start.
        if ray.is_initialized() and _connected in ([], [address.head]):
            return
        # Ray itself waits for a minute before it gives up.
        if not knock(address):
            raise Unavailable("cluster_unreachable", address=address.head)
        if ray.is_initialized():
            ray.shutdown()
        before = _handlers()
        try:
            ray.init(
                address=address.head,
                namespace=NAMESPACE,
                log_to_driver=False,
                configure_logging=False,
                **_own(home),
            )
        except (ConnectionError, RuntimeError, OSError) as why:
            if OTHER_VERSION in str(why):
                raise Conflict("cluster_version", address=address.head) from why
            raise Unavailable("cluster_unreachable", address=address.head) from why
        finally:
            _restore(before)
        _connected[:] = [address.head]


def _own(home: Path) -> dict[str, Any]:
    """Which of this machine's nodes to go through, where there are several: the first that was started."""
    running = [node for node in nodes_here(home) if node.alive and node.address]
    return {"_node_ip_address": running[0].address} if running else {}


def leave() -> None:
    with _connecting:
        _connected.clear()
        ray.shutdown()


def _handlers() -> dict[int, Any]:
    """Ray puts its own farewell in the place of the program's."""
    return {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}


def _restore(handlers: dict[int, Any]) -> None:
    if threading.current_thread() is threading.main_thread():
        for number, handler in handlers.items():
            signal.signal(number, handler)
