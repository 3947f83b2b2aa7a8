from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.importing.lists import row, write_list
from tests.importing.programs import CommandLine, Installation, Ran, installation
from zhiqiao.cli import main


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    """An installation that was set up and holds nothing."""
    return installation(tmp_path / "home")


@pytest.fixture
def call(
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    db: None,
) -> CommandLine:
    """The command line within this process, on the test database: many calls in little time."""
    settings.ZHIQIAO_HOME = tmp_path / "home"
    settings.ZHIQIAO_HOME.mkdir()
    settings.ZHIQIAO_ENCODER = "tests.importing.without_meaning:WithoutMeaning"
    monkeypatch.setitem(os.environ, "ZHIQIAO_LANGUAGE", "zh")

    def run(*words: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["zhiqiao", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main.run()
        return Ran(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def lived_in(call: CommandLine, tmp_path: Path) -> CommandLine:
    """``call`` on an installation with patents, organisations and needs."""
    patents = [row(serial, 专利名称=name, 法律状态="授权", 摘要=name * 3) for serial, name in enumerate(TITLES, 1)]
    firms = [
        {"单位名称": "示例电子有限公司", "单位类型": "企业"},
        {"单位名称": "示例知识产权局", "单位类型": "政府机关"},
    ]
    needs = [
        {
            "需求编号": "X-1",
            "需求名称": "锂电池隔膜",
            "需求内容": "耐高温的锂电池隔膜",
            "企业名称": "示例电子有限公司",
        }
    ]
    for kind, rows in (("organisations", firms), ("patents", patents), ("needs", needs)):
        ran = call("import", kind, write_list(tmp_path / f"{kind}.csv", rows))
        assert ran.code == 0, ran.err
    return call


TITLES = ("一种耐高温锂电池隔膜", "注塑模具的冷却水路", "污水除磷装置")
