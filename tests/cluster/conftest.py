"""A real cluster: a head and two workers, each a process of its own on an address of the loopback network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.cluster import HOME
from tests.cluster.machines import Machines, free_port
from zhiqiao.cluster.address import ClusterAddress


@pytest.fixture(scope="session")
def machines() -> Iterator[Machines]:
    # Side by side with other runs on this machine: a network for each process.
    network = f"127.{1 + os.getpid() // 250 % 250}.{1 + os.getpid() % 250}"
    made = Machines(HOME, ClusterAddress(f"{network}.2", free_port(), shards=2, seconds=3.0), network)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(HOME, ignore_errors=True)
