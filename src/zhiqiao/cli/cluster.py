"""``zhiqiao cluster``: this machine's part in the cluster that holds the search index."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from django.conf import settings
from rich.table import Table

from zhiqiao.cli.console import STDOUT, print_json, say
from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.nodes import NodePlan, start_node, stop_nodes
from zhiqiao.core.clusterhealth import health_of_shards
from zhiqiao.core.sharding import cluster as chosen
from zhiqiao.kernel.errors import Invalid

LOOK_SECONDS = 10.0


@click.group("cluster")
def cluster() -> None:
    """检索集群。 The machines that hold the search index."""


def the_cluster() -> ClusterAddress:
    address = chosen()
    if address is None:
        raise Invalid("no_cluster_set")
    return address


@cluster.command("start")
@click.option("--join", is_flag=True, help="加入已启动的集群。 Join a cluster that runs; without it this is its head.")
@click.option("--address", help="本机在集群中的地址。 This machine's address in the cluster.")
@click.option("--cores", type=click.IntRange(0, 1024), help="供集群使用的核数。 Cores that the cluster may use.")
def start(join: bool, address: str | None, cores: int | None) -> None:
    """在本机启动一个节点。 Start a node on this machine."""
    node = start_node(Path(settings.ZHIQIAO_HOME), the_cluster(), NodePlan(not join, address, cores))
    STDOUT.print(say(f"节点 {node.name} 已启动", f"node {node.name} runs"))


@cluster.command("stop")
def stop() -> None:
    """停止本机的节点。 Stop this machine's nodes."""
    stopped = stop_nodes(Path(settings.ZHIQIAO_HOME))
    for node in stopped:
        STDOUT.print(say(f"节点 {node.name} 已停止", f"node {node.name} stopped"))
    if not stopped:
        STDOUT.print(say("本机没有正在运行的节点", "no node runs on this machine"))


@cluster.command("status")
@click.option("--wait", default=LOOK_SECONDS, show_default=True, type=click.FloatRange(0.1, 600), help="秒。 Seconds.")
@click.option("--json", "as_json", is_flag=True)
def status(wait: float, as_json: bool) -> int:
    """集群的机器和分片;有分片不答时退出码为 1。 Machines and shards; exit code 1 where a shard does not answer."""
    found = health_of_shards(the_cluster(), wait)
    if as_json:
        print_json(asdict(found))
    else:
        machines = Table(say("机器", "machine"), say("状态", "state"), say("核数", "cores"))
        for each in found.machines:
            state = say("在线", "alive") if each.alive else say("离线", "gone")
            machines.add_row(each.address, state, f"{each.cores:g}")
        STDOUT.print(machines)
        shards = Table(
            say("分片", "shard"), say("机器", "machine"), say("文档", "documents"), say("向量", "vectors"),
            say("水位", "watermark"), say("状态", "state"),
        )  # fmt: skip
        for shard in found.shards:
            shards.add_row(
                f"{shard.collection} {shard.shard}", shard.address, str(shard.documents), str(shard.vectors),
                shard.watermark, shard.trouble or say("正常", "well"),
            )  # fmt: skip
        STDOUT.print(shards)
    return 1 if any(shard.trouble for shard in found.shards) else 0


COMMANDS = {"cluster": cluster}
