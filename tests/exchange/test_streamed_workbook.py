from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from zhiqiao.exchange import streamed_workbook
from zhiqiao.exchange.spreadsheets import LONGEST_CELL, Column, Value
from zhiqiao.exchange.streamed_workbook import workbook_chunks

COLUMNS = [Column("名称", 30), Column("B"), Column("<C>")]


def written(rows: list[list[Value]]) -> bytes:
    return b"".join(workbook_chunks("清单: 一/二", COLUMNS, rows))


def read(rows: list[list[Value]]) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(written(rows))).get_sheet_by_index(0).to_python()


def test_values_come_back_as_they_were() -> None:
    moment = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)
    rows: list[list[Value]] = [
        ["锂电池 & <隔膜>", 12, Decimal("12.5")],
        [date(2024, 2, 29), moment, True],
        [None, "", ["甲", "乙"]],
        ["  两端有空格  ", "=1+1", "2015100123456"],
    ]
    assert read(rows) == [
        ["名称", "B", "<C>"],
        ["锂电池 & <隔膜>", 12.0, 12.5],
        [date(2024, 2, 29), datetime(2026, 3, 1, 12, 5, 6), "是"],
        ["", "", "甲；乙"],
        ["  两端有空格  ", "=1+1", "2015100123456"],
    ]


def test_another_reader_agrees_and_meets_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written([["=HYPERLINK(1)", 3, date(2024, 1, 2)]])))
    cells = list(book.active.iter_rows())[1]
    assert [cell.data_type for cell in cells] == ["s", "n", "d"]
    assert [cell.value for cell in cells] == ["=HYPERLINK(1)", 3, datetime(2024, 1, 2)]
    assert book.sheetnames == ["清单  一 二"]
    assert book.active.freeze_panes == "A2"
    assert next(iter(book.active.iter_rows()))[0].font.bold


@pytest.mark.parametrize("text", ["a\x00b\x07c", "\ud800", "\ufffe", "🙂", "行一\n行二", "长" * 40_000])
def test_any_text_makes_a_whole_file(text: str) -> None:
    found = openpyxl.load_workbook(io.BytesIO(written([[text, 1, 2]]))).active["A2"].value
    assert len(found or "") <= LONGEST_CELL
    assert found.startswith(("abc", "🙂", "行一\n行二", "长")) if found else text in {"\ud800", "\ufffe"}


def test_a_full_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed_workbook, "LAST_ROW", 4)
    book = CalamineWorkbook.from_filelike(io.BytesIO(written([[str(n), n, None] for n in range(7)])))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert [row[0] for sheet in sheets for row in sheet[1:]] == [str(n) for n in range(7)]
    assert all(sheet[0] == ["名称", "B", "<C>"] for sheet in sheets)


def test_the_first_bytes_leave_before_the_last_row_is_asked_for() -> None:
    asked = 0

    def rows() -> Iterator[list[Value]]:
        nonlocal asked
        for asked in range(20_000):
            yield [f"{asked * 7919 % 10_007}-{asked}", asked, None]

    chunks = workbook_chunks("大", COLUMNS, rows())
    first = next(chunks)
    assert asked < 15_000
    rest = list(chunks)
    assert len(rest) > 1
    assert zipfile.ZipFile(io.BytesIO(first + b"".join(rest))).testzip() is None


def test_text_that_looks_like_an_escape_of_the_format_is_escaped_itself() -> None:
    sheet = zipfile.ZipFile(io.BytesIO(written([["_x0041_", None, None]]))).read("xl/worksheets/sheet1.xml").decode()
    assert "_x005F_x0041_" in sheet
