"""A small city on one machine, and the same one in the cluster."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.afar.telling import marks
from tests.cluster.machines import Machines
from tests.importing.lists import row, write_list
from tests.importing.programs import ROOT, Installation, installation

SUBJECTS = ("耐高温锂电池隔膜", "注塑模具的冷却水路", "污水除磷装置", "铝合金压铸件", "激光焊接头", "仓储机器人")
PARTS = ("涂层", "传感器", "控制系统", "制备方法", "回收装置")
LONGEST = 600  # seconds; only what is broken takes so long


@dataclass
class Product:
    one: Installation
    machines: Machines
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start_batch(self, work: str, held: str = "") -> subprocess.Popen[str]:
        """Over the cluster, telling of its pieces in ``marks``; ``held``: at which stage and where they must stay."""
        shutil.rmtree(self.marks, ignore_errors=True)
        self.marks.mkdir()
        if held:
            (self.marks / f"hold-{held}").touch()
        environment = {**self.machines.environment(), "DJANGO_SETTINGS_MODULE": "tests.afar.telling"}
        self.started.append(program(environment, work))
        return self.started[-1]

    @property
    def marks(self) -> Path:
        return marks(self.machines.home)

    def marked(self, stage: str, address: str = "") -> int:
        return len(list(self.marks.glob(f"{stage}-{address}*")))

    def release(self) -> None:
        for held in self.marks.glob("hold-*"):
            held.unlink()

    def close(self) -> None:
        for process in self.started:
            process.kill()
            process.communicate()


def program(environment: dict[str, str], work: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.afar.batch", work],
        cwd=ROOT, env=environment, text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def finished(process: subprocess.Popen[str]) -> list[Any]:
    """Every line that it printed."""
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, (out, err)
    return [json.loads(line) for line in out.splitlines() if line.startswith(("[", "{", '"')) or line.isdigit()]


def commands(environment: dict[str, str], *lines: Sequence[str | Path]) -> list[Any]:
    words = json.dumps([list(map(str, line)) for line in lines])
    ran = subprocess.run(
        [sys.executable, "-m", "tests.importing.commands", words],
        cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=LONGEST, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    answers: list[Any] = json.loads(ran.stdout)
    return answers


def lists(folder: Path) -> list[list[str | Path]]:
    titles = [f"一种{subject}{part}" for subject in SUBJECTS for part in PARTS]
    patents = [row(serial, 专利名称=title, 法律状态="授权", 摘要=title * 3) for serial, title in enumerate(titles, 1)]
    firm = {"单位名称": "示例电子有限公司", "单位类型": "企业"}
    need = {
        "需求编号": "X-1",
        "需求名称": "锂电池隔膜",
        "需求内容": "耐高温的锂电池隔膜涂层",
        "企业名称": "示例电子有限公司",
    }
    rows = {"organisations": [firm], "patents": patents, "needs": [need]}
    return [["import", kind, write_list(folder / f"{kind}.csv", given)] for kind, given in rows.items()]


def made(folder: Path, machines: Machines) -> Product:
    one = installation(folder / "one")
    commands(one.environment(), *lists(folder), ["index"])
    shutil.copytree(one.home, machines.home, dirs_exist_ok=True)
    rebuilt, health = commands(
        machines.environment(), ["index", "rebuild"], ["cluster", "status", "--wait", "120", "--json"]
    )
    assert rebuilt
    patents = [shard for shard in health["shards"] if shard["collection"] == "patents"]
    assert sum(shard["documents"] for shard in patents) == len(SUBJECTS) * len(PARTS)
    assert all(shard["documents"] and not shard["trouble"] for shard in patents)
    return Product(one, machines)
