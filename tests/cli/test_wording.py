"""What people read: fields, changes and refusals in words, with what to do next."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.importing.lists import number, row, write_list
from tests.importing.programs import CommandLine, Installation
from zhiqiao.core.models import ImportRun
from zhiqiao.exchange.vocabularies import NEEDS, ORGANISATIONS, PATENTS
from zhiqiao.parties.actors import operator
from zhiqiao.parties.models import User
from zhiqiao.registry.actions import load_shipped_reference


@pytest.mark.parametrize(
    ("field", "near"),
    [
        ("nofield", ""),
        ("money.expectedprice", "money.expected_price"),
        ("预期的价格", "money.expected_price"),
        ("申请日期", "filed_on"),
        ("extra.", ""),
    ],
)
def test_a_field_that_no_list_has_is_refused(field: str, near: str, call: CommandLine, tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", [row(1, 心理价位="3")])
    line = call("import", "patents", path, "--map", f"心理价位={field}").refused
    assert field in line
    assert near in line
    assert line.endswith("zhiqiao fields patents [field_unknown]")
    assert not ImportRun.objects.exists()


def test_a_column_can_be_kept_aside_under_a_name(call: CommandLine, tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", [row(1, 柜号="A1")])
    told = call("import", "patents", path, "--map", "柜号=extra.柜号", "--json")
    assert (told.code, told.json["unmapped"]) == (0, [])


def test_a_heading_that_no_table_has_is_named(call: CommandLine, tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", [row(1, 怪列="3")])
    said = ("--map", "没有这列=title", "--ignore", "怪列", "--unit", "价位=元")
    for more in (("--dry-run",), ()):
        ran = call("import", "patents", path, *said, *more)
        assert ran.code == 0
        first, second = ran.err.splitlines()
        assert "没有这列" in first
        assert "--map" in first
        assert "价位" in second
        assert all(line.endswith("[heading_absent]") for line in (first, second))


@pytest.mark.parametrize("vocabulary", [PATENTS, ORGANISATIONS, NEEDS], ids=lambda each: each.kind)
def test_fields_are_listed_with_their_headings(vocabulary: object, call: CommandLine) -> None:
    assert isinstance(vocabulary, type(PATENTS))
    told = call("fields", vocabulary.kind, "--json").json["fields"]
    assert [each["field"] for each in told] == list(vocabulary.fields)
    assert all(each["name"] != each["field"] for each in told), "every field has a name in words"
    shown = call("fields", vocabulary.kind).out
    assert all(name in shown for name in vocabulary.fields)


def test_a_rehearsal_says_what_would_change_in_words(call: CommandLine, tmp_path: Path) -> None:
    first = row(1, 专利名称="旧名", 转化意愿="愿意", 授权日="2021-03", **{"预期价格（万元）": "3"})
    then = row(1, 专利名称="新名", 转化意愿="不愿意", 授权日="2021-03-05", **{"预期价格（万元）": "4"})
    assert call("import", "patents", write_list(tmp_path / "a.csv", [first])).code == 0
    out = call("import", "patents", write_list(tmp_path / "b.csv", [then]), "--dry-run").out
    for words in (number(1), "名称", "新名", "转化意愿", "不愿意", "期望价格", "40000.00", "授权公告日", "2021-03-05"):
        assert words in out
    for code in ("None", "{", "provenance", "said", "withdrawn_at", "application_number", "status_group"):
        assert code not in out


def test_a_rehearsal_of_an_organisation_names_its_town(call: CommandLine, tmp_path: Path) -> None:
    load_shipped_reference(actor=operator("test"))
    firm = {"单位名称": "示例电子有限公司", "单位类型": "企业", "镇街": "南城"}
    assert call("import", "organisations", write_list(tmp_path / "a.csv", [firm])).code == 0
    moved = [firm | {"镇街": "东城", "联系人": "王示"}]
    out = call("import", "organisations", write_list(tmp_path / "b.csv", moved), "--dry-run").out
    assert "南城街道" in out
    assert "东城街道" in out
    assert "联系人" in out
    assert "contacts" not in out


def test_reasons_are_counted_without_gaps(call: CommandLine, tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", [row(1, 申请号=number(1)[:12]), row(2, 申请日="2031-01-01")])
    out = call("import", "patents", path).out
    assert "[check_digit_filled]" in out
    assert "…" not in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("undoo",), "undo"),
        (("import", "dreams", "x"), "patents"),
        (("import", "patents"), "文件"),
        (("import", "patents", "x", "--as-of", "昨天"), "2025-12-31"),
        (("import", "patents", "x", "--map", "price"), "列名=字段"),
        (("match",), "--need"),
        (("match", "--text", "x", "-k", "0"), "1 到 100"),
        (("match", "--tetx", "x"), "--text"),
        (("user", "create", "x", "--name", "y", "--role", "king"), "bureau_officer"),
        (("undo", "a", "b"), "b"),
        (("runs", "--since"), "--since"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else "",
)
def test_a_wrong_word_is_answered_in_the_language_asked_for(
    words: tuple[str, ...], told: str, call: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = call(*words).refused
    assert told in line
    assert line.endswith("[usage]")
    monkeypatch.setitem(os.environ, "ZHIQIAO_LANGUAGE", "en")
    english = call(*words).refused
    assert english.startswith("error: ")
    assert not any("一" <= char <= "鿿" for char in english.replace("元, 万元 or 亿元", ""))


def test_a_missing_proof_and_an_empty_subject(call: CommandLine, tmp_path: Path) -> None:
    assert call("audit", "check", tmp_path / "none").refused.endswith("[file_missing]")
    assert "记录编号" in call("audit", "prove", "").refused


@pytest.mark.parametrize(
    ("url", "code"),
    [("postgresql://127.0.0.1:1/none", "database_unavailable"), ("postgresql://h:port/x", "bad_setting")],
)
def test_setup_does_not_send_people_to_setup(url: str, code: str, tmp_path: Path) -> None:
    line = Installation(tmp_path / "home").run("setup", ZHIQIAO_DATABASE_URL=url).refused
    assert "zhiqiao setup" not in line
    assert line.endswith(f"[{code}]")


def test_without_tables_one_is_sent_to_setup(tmp_path: Path) -> None:
    assert Installation(tmp_path / "home").run("runs").refused.endswith("[database_not_ready]")


def test_runs_in_words_and_undo_with_counts(call: CommandLine, tmp_path: Path) -> None:
    sender = "示例市知识产权保护与运营服务联合促进中心第一分中心"
    path = write_list(tmp_path / "a.csv", [row(1), row(2)])
    assert call("import", "patents", path, "--sender", sender).code == 0
    run = ImportRun.objects.get()
    shown = call("runs").out
    assert all(words in shown for words in (run.number, "专利", sender, "已完成"))
    assert "done" not in shown
    told = call("undo", run.number).out
    assert "新增 2 条" in told
    assert "收回 2 条" in told


def test_a_role_is_refused_with_the_kinds_it_is_for_and_leaves_no_log_in(call: CommandLine, tmp_path: Path) -> None:
    firm = [{"单位名称": "示例电子有限公司", "单位类型": "企业"}]
    assert call("import", "organisations", write_list(tmp_path / "o.csv", firm)).code == 0
    create = ("user", "create", "zhang", "--name", "张示", "--organisation", "示例电子有限公司", "--password")
    line = call(*create, "Correct-horse-9", "--role", "holder_manager").refused
    assert all(words in line for words in ("高校", "科研院所", "医院", "企业", "[role_not_for_kind]"))
    assert not User.objects.filter(username="zhang").exists()
    assert "10" in call(*create, "1", "--role", "enterprise_member").refused


def test_a_file_that_is_no_list_is_called_what_it_is(call: CommandLine, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "清单.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("word/document.xml", "<a/>")
    (tmp_path / "清单.pdf").write_bytes(b"%PDF-1.7\nabc")
    for name, looks in (("清单.docx", "Word"), ("清单.pdf", "PDF")):
        line = call("import", "patents", tmp_path / name).refused
        assert all(words in line for words in (name, looks, ".xlsx"))
    good = write_list(tmp_path / "a.csv", [row(1)])
    assert "清单.docx: 看起来是 Word" in call("import", "patents", good, tmp_path / "清单.docx").out
    (tmp_path / "b.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    line = call("import", "patents", tmp_path / "b.csv").refused
    assert "b.csv：没有找到表头行，至少要有“申请号（专利号）”和“专利名称”两列" in line


def test_appraise_says_what_became_of_the_others(lived_in: CommandLine) -> None:
    told = json.loads(lived_in("appraise", "--json").out.splitlines()[-1])
    assert told["patents"] == told["without_institution"] + sum(told["scope"].values())
    others = told["without_institution"]
    assert others == 0 or f"另有 {others} 件" in lived_in("appraise").out


def test_after_patents_one_is_told_what_comes_next(call: CommandLine, tmp_path: Path) -> None:
    path = write_list(tmp_path / "a.csv", [row(1)])
    assert "zhiqiao appraise" in call("import", "patents", path).out
    assert "zhiqiao appraise" not in call("import", "patents", path).out


def test_every_reason_of_an_import_is_worded(call: CommandLine, tmp_path: Path) -> None:
    load_shipped_reference(actor=operator("test"))
    firm = {"单位名称": "示例电子有限公司", "单位类型": "怪类", "镇街": "没有镇"}
    ran = call("import", "organisations", write_list(tmp_path / "o.csv", [firm, firm]))
    ran_of_patents = call("import", "patents", write_list(tmp_path / "a.csv", [row(1), row(1)]))
    reasons = [line for line in (ran.out + ran_of_patents.out).splitlines() if line.endswith("]")]
    assert {line.rpartition("[")[2] for line in reasons} >= {"row_merged]", "town_unknown]", "kind_unknown]"}
    assert all(any("一" <= char <= "鿿" for char in line) for line in reasons)


def test_two_passwords_that_differ(call: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["Correct-horse-9", "Correct-horse-8"])
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: next(answers))
    assert "不一致" in call("user", "password", "nobody").refused


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("undo", "IMP-9"), "zhiqiao runs"),
        (("match", "--need", "没有"), "需求清单"),
        (("push", "--patent", "x"), "202010000001.1"),
        (("user", "password", "nobody", "--password", "Good-horse-77"), "zhiqiao user create"),
        (("audit", "prove", "x"), "页面地址"),
        (("appraise", "--cutoff", "2999-12-31"), "今天"),
        (("import", "patents", "x", "--unit", "价=亿美元"), "万元"),
    ],
)
def test_a_refusal_says_what_to_do(words: tuple[str, ...], told: str, call: CommandLine) -> None:
    assert told in call(*words).refused
