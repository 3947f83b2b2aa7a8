"""The command line as programs and people use it."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests.importing.lists import number, row, write_list
from tests.importing.programs import CommandLine, Installation
from zhiqiao import __version__
from zhiqiao.cli.main import SECTIONS
from zhiqiao.registry.models import HolderStatement, Patent

COUNTS = {"rows", "created", "updated", "unchanged", "rejected", "reasons", "unmapped", "report"}


def test_version_needs_no_installation(tmp_path: Path) -> None:
    ran = Installation(tmp_path / "nowhere").run("--version")
    assert (ran.code, ran.out.strip()) == (0, f"zhiqiao, version {__version__}")
    assert not (tmp_path / "nowhere").exists()


SUBCOMMANDS = {
    "import": ["patents", "organisations", "needs"],
    "audit": ["verify", "seal", "prove", "check"],
    "index": ["status", "rebuild", "encoder"],
    "user": ["create", "password"],
}


@pytest.mark.parametrize("name", SECTIONS)
def test_every_command_has_help(name: str, call: CommandLine) -> None:
    ran = call(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    for sub in SUBCOMMANDS.get(name, []):
        assert sub in ran.out
        assert call(name, sub, "--help").code == 0


def test_help_names_every_command(call: CommandLine) -> None:
    for words in (("--help",), ()):
        told = call(*words)
        assert (told.code, told.err) == (0, "")
        assert all(name in told.out for name in SECTIONS)


def test_an_import_on_a_fresh_machine_just_works_and_says_its_counts(tmp_path: Path) -> None:
    place = Installation(tmp_path / "fresh")
    bad = row(3, 申请号="2.02E+12", 幸运数字="7")
    path = write_list(tmp_path / "清单.xls", [row(1), row(2), row(2), bad])
    ran = place.run("import", "patents", path, "--json")
    assert ran.code == 0, ran.err
    told = ran.json
    assert set(told) == COUNTS
    counted = [told[name] for name in ("rows", "created", "updated", "unchanged", "rejected")]
    assert counted == [4, 2, 0, 1, 1]
    assert told["reasons"] == {"row_merged": 1, "number_scientific": 1}
    assert told["unmapped"] == ["幸运数字"]
    assert told["report"].endswith(".xlsx")
    (run_number,) = place.rows("select number from core_importrun")[0]

    preview = place.run("import", "patents", path, "--dry-run", "--json").json
    assert [preview[name] for name in ("created", "unchanged", "rejected")] == [0, 3, 1]
    assert preview["report"] is None
    assert place.rows("select count(*) from core_importrun") == [(1,)]

    assert run_number in place.run("runs").out
    assert place.run("undo", run_number).code == 0
    assert place.rows("select count(*) from registry_patent where withdrawn_at is null") == [(0,)]
    assert "[import_not_finished]" in place.run("undo", run_number).refused


def test_a_folder_is_taken_whole(call: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "来件"
    folder.mkdir()
    write_list(folder / "a.csv", [row(1)])
    write_list(folder / "b.xlsx", [row(2)])
    (folder / "~$b.xlsx").write_bytes(b"lock")
    told = call("import", "patents", folder, "--json").json
    assert (told["rows"], told["created"]) == (2, 2)


def test_units_and_headings_can_be_said_on_the_line(call: CommandLine, tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", [row(1, 预期价格="3", 怪列="x")])
    ran = call("import", "patents", path, "--unit", "预期价格=万元", "--ignore", "怪列", "--json")
    assert (ran.json["unmapped"], ran.json["reasons"]) == ([], {})
    assert HolderStatement.objects.get().money == {"expected_price": "30000.00"}
    assert "[unit_unknown]" in call("import", "patents", path, "--unit", "预期价格=亿美元").refused
    assert "--map" in call("import", "patents", path, "--map", "怪列").refused


def test_sender_does_not_depend_on_the_language(
    call: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = write_list(tmp_path / "n.csv", [{"需求编号": "1", "需求名称": "求电池", "需求内容": "轻"}])
    assert call("import", "needs", needs, "--json").json["created"] == 1
    monkeypatch.setitem(os.environ, "ZHIQIAO_LANGUAGE", "en")
    again = call("import", "needs", needs, "--json")
    assert again.json["unchanged"] == 1


def test_match_says_which_patents_answer_and_why(lived_in: CommandLine) -> None:
    for asked in (("--need", "X-1"), ("--text", "耐高温的锂电池隔膜")):
        ran = lived_in("match", *asked, "--json")
        assert ran.code == 0, ran.err
        first = ran.json["matches"][0]
        assert first["number"] == number(1)
        assert {"rank", "number", "title", "score", "relevance", "reasons", "passage"} <= set(first)
        assert first["rank"] == 1
        assert first["relevance"] in {"strong", "fair", "weak", "none"}
        assert all(isinstance(reason, str) and reason for reason in first["reasons"])
    assert "一种耐高温锂电池隔膜" in lived_in("match", "--need", "X-1").out


def test_push_names_organisations(lived_in: CommandLine) -> None:
    ran = lived_in("push", "--patent", f"ZL{number(1)}", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["patent"] == number(1)
    assert [each["organisation"] for each in ran.json["organisations"]] == ["示例电子有限公司"]
    assert ran.json["organisations"][0]["reasons"]


def test_appraise_counts_every_patent(lived_in: CommandLine) -> None:
    told = lived_in("appraise", "--json").json
    assert told["patents"] == 3
    assert sum(told["scope"].values()) >= 3


def test_index_and_audit(lived_in: CommandLine, tmp_path: Path) -> None:
    assert lived_in("index").code == 0
    status = {each["name"]: each for each in lived_in("index", "status", "--json").json["collections"]}
    assert (status["patents"]["documents"], status["patents"]["vectors_pending"]) == (3, 0)
    assert lived_in("audit", "seal").code == 0
    assert lived_in("audit", "verify", "--json").json["intact"] is True
    public_id = str(Patent.objects.order_by("id")[0].public_id)
    proof = tmp_path / "proof.json"
    assert lived_in("audit", "prove", public_id, "--out", proof).code == 0
    assert lived_in("audit", "check", proof).code == 0
    told = json.loads(proof.read_text(encoding="utf-8"))
    proof.write_text(json.dumps(told).replace("patent", "latent"), encoding="utf-8")
    assert lived_in("audit", "check", proof).code == 1


def test_a_forged_row_is_found(place: Installation, tmp_path: Path) -> None:
    assert place.run("import", "patents", write_list(tmp_path / "a.csv", [row(1)])).code == 0
    assert place.run("audit", "seal").code == 0
    with sqlite3.connect(place.home / "zhiqiao.sqlite3") as database:
        database.execute("update core_auditentry set content = replace(content, '示例大学', '别的大学')")
    ran = place.run("audit", "verify", "--json")
    assert (ran.code, ran.json["intact"]) == (1, False)
    assert ran.json["problems"]


def test_log_ins(call: CommandLine, tmp_path: Path) -> None:
    firms = write_list(tmp_path / "o.csv", [{"单位名称": "示例知识产权局", "单位类型": "政府机关"}])
    assert call("import", "organisations", firms).code == 0
    create = ("user", "create", "zhang", "--name", "张示", "--role", "bureau_officer", "--organisation")
    ran = call(*create, "示例知识产权局", "--password", "Correct-horse-9")
    assert ran.code == 0, ran.err
    assert "[organisation_not_found]" in call(*create, "没有的局", "--password", "Correct-horse-9").refused
    assert call(*create, "示例知识产权局", "--password", "Correct-horse-9").refused
    assert call("user", "password", "zhang", "--password", "Another-horse-9").code == 0
    assert "[user_not_found]" in call("user", "password", "nobody", "--password", "Another-horse-9").refused
    assert "[password_weak]" in call("user", "password", "zhang", "--password", "1").refused


@pytest.mark.parametrize(("language", "words"), [("zh", "没有编号为 IMP-9 的导入"), ("en", "there is no import IMP-9")])
def test_both_languages(language: str, words: str, call: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "ZHIQIAO_LANGUAGE", language)
    assert words in call("undo", "IMP-9").refused
