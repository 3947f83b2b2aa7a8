"""Starting and stopping nodes: once, in words, and on the loopback alone where no other machine is meant to come."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import ray

from tests.cluster.machines import Machines, free_port, started_by
from tests.importing.programs import ROOT, Installation, installation
from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.connection import connect, leave
from zhiqiao.cluster.nodes import NodePlan, nodes_here, start_node, stop_nodes
from zhiqiao.kernel.errors import Conflict, Unavailable

NOWHERE = ClusterAddress("127.0.0.1", 1)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Installation]:
    """An installation whose cluster is this machine alone; its nodes end with the test."""
    place = installation(tmp_path / "home")
    guardian = subprocess.Popen(
        [sys.executable, "-m", "tests.cluster.guardian", str(place.home)],
        cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    yield place
    guardian.communicate()


def listening(pids: list[int]) -> set[str]:
    """The addresses, as the system writes them, at which these processes listen."""
    sockets = {str(path.readlink()) for pid in pids for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()}
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets}


LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def test_a_cluster_on_one_machine_listens_on_the_loopback_and_says_what_is_wrong(alone: Installation) -> None:
    index = f"ray://127.0.0.1:{free_port()}?shards=1&seconds=60"
    assert "没有正在运行的节点" in alone.run("cluster", "stop", ZHIQIAO_INDEX=index).out
    assert "cluster_unreachable" in alone.run("cluster", "status", ZHIQIAO_INDEX=index).refused
    started = alone.run("cluster", "start", ZHIQIAO_INDEX=index)
    assert started.code == 0, started.err
    (node,) = nodes_here(alone.home)
    found = listening([node.pid, *started_by(node.pid)])
    assert found and found <= LOOPBACK
    assert "node_running" in alone.run("cluster", "start", ZHIQIAO_INDEX=index).refused
    assert "head_port_taken" in alone.run("cluster", "start", "--address", "127.0.0.9", ZHIQIAO_INDEX=index).refused
    assert "cluster_local" in alone.run("cluster", "start", "--join", ZHIQIAO_INDEX=index).refused
    health = alone.run("cluster", "status", "--wait", "120", "--json", ZHIQIAO_INDEX=index)
    assert health.code == 0 and all(not shard["trouble"] for shard in health.json["shards"]), (health.out, health.err)
    assert "已停止" in alone.run("cluster", "stop", ZHIQIAO_INDEX=index).out
    assert nodes_here(alone.home) == [] and not Path(node.scratch).exists()


def test_without_a_cluster_set_nothing_is_started(alone: Installation) -> None:
    for words in (("start",), ("start", "--join"), ("status",)):
        assert "no_cluster_set" in alone.run("cluster", *words).refused


def test_a_port_that_another_program_has_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Starting a node sets whose token Ray shows: other tests in this process have theirs.
    for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.setenv(name, os.environ[name])
    with closing(socket.create_server(("127.0.0.5", 0))) as taken:
        address = ClusterAddress("127.0.0.5", taken.getsockname()[1])
        with pytest.raises(Conflict) as refused:
            start_node(tmp_path, address, NodePlan(head=True))
    assert (refused.value.reason, refused.value.facts) == ("head_port_taken", {"address": address.head})
    with pytest.raises(Unavailable) as lost:
        start_node(tmp_path, replace(address, port=1), NodePlan(head=False))
    assert lost.value.reason == "cluster_unreachable"
    with pytest.raises(Unavailable):
        connect(NOWHERE, tmp_path)


def test_notes_of_nodes_that_are_gone_or_torn_are_no_nodes(tmp_path: Path) -> None:
    folder = tmp_path / "cluster"
    folder.mkdir()
    (folder / "torn.json").write_text('{"name": "to')
    (folder / "older.json").write_text('{"name": "x", "pid": 1}')
    note = {
        "name": "gone", "pid": 1, "began": "never", "machine": socket.gethostname(), "address": "127.0.0.9",
        "started": 1.0, "scratch": str(tmp_path / "scratch"),
    }  # fmt: skip
    (folder / "gone.json").write_text(json.dumps(note))
    (folder / "elsewhere.json").write_text(json.dumps({**note, "name": "elsewhere", "machine": "another"}))
    assert [(node.name, node.alive) for node in nodes_here(tmp_path)] == [("gone", False)]
    assert stop_nodes(tmp_path) == []
    assert not (folder / "gone.json").exists() and (folder / "elsewhere.json").exists()


def test_another_version_is_refused_in_words(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    leave()
    monkeypatch.setattr(ray, "__version__", "1.0.0")
    try:
        with pytest.raises(Conflict) as refused:
            connect(machines.address, machines.home)
        assert refused.value.reason == "cluster_version"
    finally:
        monkeypatch.undo()
        leave()
    connect(machines.address, machines.home)
