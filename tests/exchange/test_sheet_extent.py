"""A small .xlsx that would take gigabytes or hours is refused before it is loaded; an ordinary one is not."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from zhiqiao.exchange.archives import Limits
from zhiqiao.exchange.cells import FileRefused
from zhiqiao.exchange.reasons import reason_text
from zhiqiao.exchange.sheet_extent import Extent
from zhiqiao.exchange.tables import open_tables

VALUE = "<v>1</v></c>"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(path: Path, sheet_data: str, **parts: str) -> Path:
    """A workbook of one sheet with this XML for its cells; other parts by the end of their name."""
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    with zipfile.ZipFile(book) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in made.namelist():
            text = made.read(name).decode()
            if name.endswith("sheet1.xml"):
                whole = f"<sheetData>{sheet_data}</sheetData>"
                text = re.sub("<sheetData ?/>|<sheetData>.*</sheetData>", lambda _: whole, text)  # noqa: B023 -- used at once
            out.writestr(name, text)
        for name, text in parts.items():
            out.writestr(name, text)
    return path


def refused(path: Path) -> FileRefused:
    [table] = open_tables(path)
    assert isinstance(table.refusal, FileRefused)
    return table.refusal


def row(*cells: str) -> str:
    return f'<row r="1"><c r="A1">{VALUE}{"".join(cells)}</row>'


FAR = {
    "plain": f'<c r="ZZ999999">{VALUE}',
    "within the letters that an ordinary list has": f'<c r="Z1000000">{VALUE}',
    "wide": f'<c r="XFD9000">{VALUE}',
    "formatted": f'<c r="ZZ999999" s="1" t="n">{VALUE}',
    "place comes second": f'<c s="1" r="ZZ999999">{VALUE}',
    "single quotes": f"<c r='ZZ999999'>{VALUE}",
    "spaces": f'<c r = "ZZ999999">{VALUE}',
    "line break": f'<c\nr="ZZ999999">{VALUE}',
    "small letters": f'<c r="zz999999">{VALUE}',
    "leading noughts": f'<c r="ZZ00999999">{VALUE}',
    "a sign that looks like the end": f'<c x="/>" r="ZZ999999">{VALUE}',
    "a prefix": f'<x:c xmlns:x="{SPREADSHEET}" r="ZZ999999"><v>1</v></x:c>',
    "counted on from the one before": f'<c r="XFC9000">{VALUE}<c>{VALUE}',
}


@pytest.mark.parametrize("name", FAR)
def test_a_far_cell_is_refused_however_it_is_written(name: str, tmp_path: Path) -> None:
    refusal = refused(workbook(tmp_path / "list.xlsx", row(FAR[name])))
    assert refusal.reason == "sheet_too_wide"
    assert str(refusal.facts["cell"]).split(", ")[0] in {"ZZ999999", "Z1000000", "XFD9000", "XFC9000"}
    assert refusal.facts["cell"] in reason_text("sheet_too_wide", refusal.facts)


def test_two_stray_cells_are_both_named(tmp_path: Path) -> None:
    cells = row(f'<c r="XFD1">{VALUE}') + f'<row r="1048576"><c r="B1048576">{VALUE}</row>'
    assert refused(workbook(tmp_path / "list.xlsx", cells)).facts["cell"] == "XFD1, B1048576"


def test_rows_without_numbers_are_counted(tmp_path: Path) -> None:
    cells = row(f'<c r="XFD1">{VALUE}') + f"<row><c>{VALUE}</row>" * 1300
    assert refused(workbook(tmp_path / "list.xlsx", cells)).facts["rows"] > 1200


@pytest.mark.parametrize(
    "cell",
    ['<c r="ZZ999999" s="1"/>', '<c r="ZZ999999" s="1" />', '<c r="ZZ999999" s="1"></c>', "<c s='1' r='ZZ999'/>"],
)
def test_cells_that_are_only_formatted_cost_nothing(cell: str, tmp_path: Path) -> None:
    [table] = open_tables(workbook(tmp_path / "list.xlsx", row(cell)))
    assert list(table.rows) == [(1, (1.0,))]


def test_a_long_list_of_many_columns_and_a_wide_short_one_are_taken() -> None:
    for cell in (b"BH300000", b"XFD1000", b"R1048576"):
        Extent("list.xlsx", Limits().sheet_cells).widen(b'<c r="' + cell + b'"><v>1</v></c>')


def test_more_cells_than_the_rectangle_holds_are_refused() -> None:
    extent = Extent("list.xlsx", 10)
    with pytest.raises(FileRefused) as refusal:
        extent.widen(b'<c r="A1"><v>1</v></c>' * 11)
    assert refusal.value.reason == "workbook_too_large"


def test_a_sheet_that_the_scan_cannot_find_is_tried_in_a_process_of_its_own(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet()):
        sheet["A1"] = 1
    book.save(tmp_path / "list.xlsx")
    hidden = tmp_path / "hidden.xlsx"
    with zipfile.ZipFile(tmp_path / "list.xlsx") as made, zipfile.ZipFile(hidden, "w", zipfile.ZIP_DEFLATED) as out:
        for name in made.namelist():
            text = made.read(name).decode()
            if name.endswith("sheet2.xml"):
                # The reader finds parts whatever the size of their letters.
                far = f'<c r="XFD1048576">{VALUE}</row>'
                out.writestr(name.upper(), text.replace("</row>", far))
            else:
                out.writestr(name, text)
    assert [table.refusal is not None for table in open_tables(hidden)] == [True]


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", row(), **{"XL/WORKSHEETS/sheet1.xml": "<worksheet/>"})
    assert refused(path).reason == "file_unreadable"


def test_a_cell_without_end_is_refused_in_words(tmp_path: Path) -> None:
    refusal = refused(workbook(tmp_path / "list.xlsx", row(f'<c r="B1" t="str"><v>{"x" * 6_000_000}</v></c>')))
    assert refusal.reason == "cell_too_long"
    assert reason_text("cell_too_long") != "cell_too_long"
