"""The product on a cluster says what it says on one machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.cluster.machines import Machines
from tests.importing.lists import row, write_list
from tests.importing.programs import ROOT, installation

SUBJECTS = ("耐高温锂电池隔膜", "注塑模具的冷却水路", "污水除磷装置", "铝合金压铸件", "激光焊接头", "仓储机器人")
PARTS = ("涂层", "传感器", "控制系统", "制备方法", "回收装置")
QUESTIONS = [
    ["match", "--text", "锂电池隔膜涂层耐高温,热收缩小", "--json"],
    ["match", "--text", "压铸件冷却不均,希望改进模具水路", "-k", "20", "--json"],
    ["appraise", "--cutoff", "2025-12-31", "--json"],
    ["push", "--year", "2020", "--json"],
]


def commands(environment: dict[str, str], *lines: Sequence[str | Path]) -> list[Any]:
    words = json.dumps([list(map(str, line)) for line in lines])
    ran = subprocess.run(
        [sys.executable, "-m", "tests.importing.commands", words],
        cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False,
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


def test_the_product_says_the_same_through_a_cluster(machines: Machines, tmp_path: Path) -> None:
    one = installation(tmp_path / "one")
    commands(one.environment(), *lists(tmp_path), ["index"])
    shutil.copytree(one.home, machines.home, dirs_exist_ok=True)
    expected = commands(one.environment(), *QUESTIONS)
    rebuilt, health, *answers = commands(
        machines.environment(), ["index", "rebuild"], ["cluster", "status", "--wait", "120", "--json"], *QUESTIONS
    )
    assert rebuilt
    patents = [shard for shard in health["shards"] if shard["collection"] == "patents"]
    assert sum(shard["documents"] for shard in patents) == len(SUBJECTS) * len(PARTS)
    assert all(shard["documents"] and not shard["trouble"] for shard in patents)
    assert answers == expected
    assert expected[0]["matches"] and expected[3]["suggestions"]
