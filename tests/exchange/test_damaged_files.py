"""Damaged and hostile files end in a refusal that says so, never in a crash of the process."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.exchange.cells import FileRefused
from zhiqiao.exchange.tables import open_tables


def _xlsx(path: Path) -> bytes:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["申请号", "专利名称"])
        page.write_row(1, 0, ["CN201710601862.3", "示例"])
    return path.read_bytes()


def _xls(path: Path) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("一")
    for column, text in enumerate(["申请号", "专利名称"]):
        page.write(0, column, text)
    book.save(str(path))
    return path.read_bytes()


def _changed(path: Path, part: str, old: str, new: str) -> None:
    """The workbook with one passage of one of its parts replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def _refusals(path: Path) -> list[str]:
    return [table.refusal.reason for table in open_tables(path) if isinstance(table.refusal, FileRefused)]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/sharedStrings.xml", 'uniqueCount="4"', 'uniqueCount="2890320867231"'),
        ("xl/worksheets/sheet1.xml", 'r="A2"', 'r="A4000000000"'),
        ("xl/worksheets/sheet1.xml", 'r="B2"', 'r="ZZZZZ2"'),
        ("xl/workbook.xml", "<workbook", '<?xml version="1.0" encoding="UTF-99"?><workbook'),
        ("xl/workbook.xml", "</workbook>", ""),
    ],
)
def test_a_workbook_that_claims_the_impossible_is_refused(part: str, old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    _xlsx(path)
    _changed(path, part, old, new)
    assert _refusals(path) == ["file_unreadable"]


def test_an_old_workbook_that_would_take_terabytes_is_refused(tmp_path: Path) -> None:
    content = bytearray(_xls(tmp_path / "list.xls"))
    dimensions = content.index(b"\x00\x02\x0e\x00")
    content[dimensions + 11] = 0x77
    (tmp_path / "list.xls").write_bytes(content)
    assert _refusals(tmp_path / "list.xls") == ["file_unreadable"]


@pytest.mark.parametrize("write", [_xlsx, _xls])
def test_no_damage_crashes_the_reading(write: Callable[[Path], bytes], tmp_path: Path) -> None:
    path = tmp_path / "list"
    whole = write(path)
    dice = random.Random(20260101)
    outcomes = set()
    for _ in range(15):
        content = bytearray(whole)
        for _ in range(dice.randint(1, 40)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path.write_bytes(content[: dice.choice([len(content), dice.randrange(1, len(content))])])
        for table in open_tables(path):
            outcomes.add(getattr(table.refusal, "reason", "read"))
            list(table.rows)
    assert len(outcomes) > 1


_TAGS = [
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "<td colspan=3>",
    "<td rowspan=3>",
    "</td>",
    "<br>",
    "字",
    "<",
    "&#x",
]


@given(st.lists(st.sampled_from(_TAGS), max_size=30))
def test_no_web_table_however_crooked_breaks_the_reading(tags: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "list.xls")
        path.write_text("<html>" + "".join(tags), encoding="utf-8")
        [table] = open_tables(path)
        rows = list(table.rows)
    assert len(rows) <= sum(tag in ("<tr>", "<td>", "<td colspan=3>", "<td rowspan=3>") for tag in tags)
