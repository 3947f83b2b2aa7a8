"""Suggestions for all patents of a year, by one process and by several."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.importing.lists import row, write_list
from tests.importing.programs import ROOT, Installation, installation, installation_on_database
from zhiqiao.matching.batches import PIECE

PATENTS = 2 * PIECE + 10
FIRMS = 7
KEPT = """
select patent_id, organisation_id, rank, score from matching_pushsuggestion
where superseded_at is null order by 1, 2
"""
DIES = """
import django
django.setup()
from zhiqiao.core.spreading import spread_out
list(spread_out("os:_exit", [(9,), (9,)], processes=2))
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    place = installation_on_database(tmp_path_factory.mktemp("city"))
    firms = [f"示例{at}号电子有限公司" for at in range(FIRMS)]
    listed = [
        row(serial, 专利名称=f"一种第{serial % 9}类锂电池隔膜", 法律状态="授权", 申请人=firms[serial % FIRMS])
        for serial in range(1, PATENTS + 1)
    ]
    written = [
        write_list(place.home / "单位.csv", [{"单位名称": name, "单位类型": "企业"} for name in firms]),
        write_list(place.home / "专利.csv", listed),
    ]
    for kind, path in zip(("organisations", "patents"), written, strict=True):
        assert place.run("import", kind, path, "--json").code == 0
    assert place.run("index").code == 0
    return place


def test_several_processes_suggest_what_one_does(city: Installation) -> None:
    told = []
    for processes in ("1", "2"):
        ran = city.run("push", "--year", "2020", "--processes", processes, "--json")
        assert ran.code == 0, ran.err
        told.append((ran.json, city.rows(KEPT)))
    assert told[0] == told[1]
    assert told[0][0]["patents"] == PATENTS
    assert told[0][0]["suggestions"] == len(told[0][1]) > PATENTS


def test_a_process_that_dies_is_said(tmp_path: Path) -> None:
    place = installation(tmp_path)
    command = [sys.executable, "-c", DIES]
    ran = subprocess.run(command, cwd=ROOT, env=place.environment(), capture_output=True, text=True, timeout=300)
    assert ran.returncode == 1
    assert "Unavailable: work_lost" in ran.stderr
