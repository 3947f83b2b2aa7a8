"""Bad rows go back in the format they came in, with row, column and reason, and nothing a spreadsheet would run."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import zhiqiao.exchange
import zhiqiao.kernel
from tests.exchange.dirty import office_2021
from zhiqiao.exchange.headings import read_headings
from zhiqiao.exchange.patents import read_patents
from zhiqiao.exchange.reasons import REASONS, reason_text
from zhiqiao.exchange.reports import ReportRow, ReportSheet, heading_list, report_format, report_row, write_report
from zhiqiao.exchange.spreadsheets import Column, Value, csv_chunks, write_list
from zhiqiao.exchange.tables import open_tables
from zhiqiao.exchange.vocabularies import PATENTS


@pytest.mark.parametrize("name", ["report.xlsx", "report.csv"])
def test_rejected_rows_come_back_and_can_be_imported_again(name: str, tmp_path: Path) -> None:
    [table] = open_tables(office_2021(tmp_path).path)
    mapping, body = read_headings(table, PATENTS)
    bad = [report_row(row) for row in read_patents(body, mapping) if row.problem]
    assert write_report(tmp_path / name, [ReportSheet("专利清单", heading_list(mapping), bad)]) == 4

    [report] = open_tables(tmp_path / name)
    rows = dict(report.rows)
    assert rows[1][:6] == ("专利名称", "申请号", "申请人", "申请日", "主分类号", "摘要")
    assert rows[1][6:] == ("行号", "出错的列", "原因", "原因代码")
    assert rows[2][1] == "2.02E+12"
    assert [int(float(str(rows[at][6]))) for at in (2, 3, 4, 5)] == [row.row_number for row in bad]
    assert rows[2][7:] == ("申请号", reason_text("number_scientific"), "number_scientific")

    [again] = open_tables(tmp_path / name)
    assert read_headings(again, PATENTS)[0].unmapped == ()


def test_the_report_keeps_the_format() -> None:
    kinds = {name: report_format(name) for name in ("a.xlsx", "a.XLS", "a.csv", "a.txt", "a.XML", "parts.zip")}
    assert kinds == {
        "a.xlsx": "xlsx", "a.XLS": "xlsx", "a.csv": "csv", "a.txt": "csv", "a.XML": "csv", "parts.zip": "xlsx",
    }  # fmt: skip


FORMULAS = ["=1+1", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)"]


def test_formulas_are_written_as_text(tmp_path: Path) -> None:
    rows = [ReportRow(2, [formula], "number_format") for formula in FORMULAS]
    write_report(tmp_path / "r.xlsx", [ReportSheet("x", ["名称"], rows)])
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert [(sheet.cell(at, 1).value, sheet.cell(at, 1).data_type) for at in range(2, 2 + len(FORMULAS))] == [
        (formula, "s") for formula in FORMULAS
    ]
    write_report(tmp_path / "r.csv", [ReportSheet("x", ["名称"], [ReportRow(2, [each], "x") for each in FORMULAS])])
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row[0] for row in csv.reader(stream)][1:] == [f"'{formula}" for formula in FORMULAS]


def test_typed_values_stay_typed(tmp_path: Path) -> None:
    row: list[Value] = [
        "示例",
        3,
        Decimal("12.50"),
        date(2021, 3, 5),
        datetime(2021, 3, 5, 20, tzinfo=UTC),
        True,
        None,
        ("甲", "乙"),
        -1.5,
    ]
    columns = [Column(f"列{at}") for at in range(len(row))]
    assert write_list(tmp_path / "l.xlsx", "xlsx", "清单: [1]", columns, [row]) == 1
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx").active
    assert [cell.value for cell in sheet[2]] == [
        "示例", 3, 12.5, datetime(2021, 3, 5), datetime(2021, 3, 6, 4), "是", None, "甲；乙", -1.5,
    ]  # fmt: skip
    buffer = io.BytesIO()
    write_list(buffer, "csv", "清单", columns, [row])
    assert buffer.getvalue() == b"".join(csv_chunks(columns, [row]))
    text = buffer.getvalue().decode("utf-8-sig").splitlines()[1]
    assert text == "示例,3,12.50,2021-03-05,2021-03-06 04:00:00,是,,甲；乙,-1.5"


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    write_list(tmp_path / "l.xlsx", "xlsx", "x", [Column("文")], [["字" * 40_000]])
    value = openpyxl.load_workbook(tmp_path / "l.xlsx").active["A2"].value
    assert len(value) == 32_767
    assert value.endswith("(已截断)")


def _codes(package: Path) -> Iterator[str]:
    """Codes that the sources emit: the literal first given to an error, an issue or a note, and classes' own."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                if texts and _emits(node.func.id):
                    yield texts[0]
            if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Constant):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and target.id == "code":
                    yield str(node.value.value)


def _emits(name: str) -> bool:
    known = {"Invalid", "Conflict", "FileRefused", "CellRefused", "PartlyRead", "CellIssue", "Note", "HeadingMissing"}
    return name in known or name.startswith("Bad")


def test_every_code_is_worded_in_both_languages() -> None:
    packages = [Path(str(package.__file__)).parent for package in (zhiqiao.kernel, zhiqiao.exchange)]
    codes = {code for package in packages for code in _codes(package)}
    assert {"number_check_digit", "file_encrypted", "rows_hidden", "date_imprecise"} <= codes
    assert codes - REASONS.keys() == set()
    assert all(chinese and english for chinese, english in REASONS.values())


def test_facts_are_put_into_the_sentence_and_missing_ones_do_not_break_it() -> None:
    assert "应为 3" in reason_text("number_check_digit", {"given": "1", "expected": "3"})
    assert reason_text("number_check_digit", None, "en") == "Wrong check digit: … given, … expected"
    assert reason_text("no_such_code") == "no_such_code"
