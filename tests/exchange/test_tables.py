"""Files as tables: encodings, delimiters, row numbers, archives, and every kind of file that cannot be read."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlwt

from zhiqiao.exchange.archives import Limits
from zhiqiao.exchange.cells import FileRefused, Table
from zhiqiao.exchange.headings import read_headings
from zhiqiao.exchange.tables import open_tables
from zhiqiao.exchange.vocabularies import PATENTS

TEXT = "专利名称,申请号\r\n一种“示例”装置,CN201710601862.3\r\n"


def _one(path: Path, **options: object) -> Table:
    [table] = open_tables(path, **options)  # type: ignore[arg-type]  # passed through as given
    return table


def _refusal(path: Path, **options: object) -> str:
    table = _one(path, **options)
    assert list(table.rows) == []
    assert table.refusal is not None
    with pytest.raises(FileRefused):
        read_headings(table, PATENTS)
    return str(getattr(table.refusal, "reason", ""))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert list(_one(path).rows) == [(1, ("专利名称", "申请号")), (2, ("一种“示例”装置", "CN201710601862.3"))]


def test_the_encoding_is_told_even_where_the_first_chinese_stands_far_down(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"title,number\r\n" * 100_000 + "示例,1\r\n".encode("gb18030"))
    assert list(_one(path).rows)[-1] == (100_001, ("示例", "1"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_makes_even_rows(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    rows = [("清单",), ("名称", "申请号", "发明人"), ("示例一", "1", "张示、李例"), ("示例，二", "2", "王示")]
    path.write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    assert [row for _, row in _one(path).rows] == rows


def test_row_numbers_are_those_of_the_spreadsheet_program(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('a,b\n\n"two\nlines",x\nlast,y\n', encoding="utf-8")
    assert list(_one(path).rows) == [(1, ("a", "b")), (2, ()), (3, ("two\nlines", "x")), (4, ("last", "y"))]


def test_a_sheet_that_starts_further_down_and_right_keeps_its_places(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["C4"] = "申请号"
    book.active["C6"] = date(2021, 3, 5)
    book.active["D6"] = datetime(2021, 3, 5, 8, 30)
    book.create_sheet("Sheet2")
    book.save(tmp_path / "list.xlsx")
    rows = dict(_one(tmp_path / "list.xlsx").rows)
    assert rows[4] == ("", "", "申请号", "")
    assert rows[6] == ("", "", date(2021, 3, 5), datetime(2021, 3, 5, 8, 30))


@pytest.mark.parametrize("name", ["list.xlsx", "list.xls"])
def test_a_cell_merged_over_rows_holds_for_each_of_them(name: str, tmp_path: Path) -> None:
    rows = [["专利名称", "申请人", "备注"], ["一", "示例大学", "a"], ["二", "", ""], ["三", "示例工厂", ""]]
    if name.endswith("xls"):
        old = xlwt.Workbook()
        page = old.add_sheet("一")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if column != 1 or at not in (1, 2):
                    page.write(at, column, cell)
        page.write_merge(1, 2, 1, 1, "示例大学")
        old.save(str(tmp_path / name))
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.active.merge_cells("B2:B3")
        book.save(tmp_path / name)
    assert [row[1] for _, row in _one(tmp_path / name).rows] == ["申请人", "示例大学", "示例大学", "示例工厂"]


def test_numbers_kept_as_text_by_a_formula_are_taken_out_of_it(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('名称,申请号\n一,="201710601862.3"\n"二","=""201921898050.0"""\n=1,x\n', encoding="utf-8")
    assert [row for _, row in _one(path).rows][1:] == [("一", "201710601862.3"), ("二", "201921898050.0"), ("=1", "x")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_web_table_named_xls_is_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "list.xls"
    page = """<html><head><style>td {color: red}</style></head><body><table>
    <tr><th colspan=2>专利&amp;申请</th><th rowspan="2">备注</th></tr><tr><td>申请号<td>申请人
    <tr><td>CN201710601862.3</td><td rowspan=2>示例<br>大学</td><td>a</td></tr>
    <tr><td>CN201921898050.0</td><td> b  c </td></tr></table><table><tr><td>完"""
    path.write_bytes(page.encode(encoding))
    assert list(_one(path).rows) == [
        (1, ("专利&申请", "", "备注")),
        (2, ("申请号", "申请人", "备注")),
        (3, ("CN201710601862.3", "示例\n大学", "a")),
        (4, ("CN201921898050.0", "示例\n大学", "b c")),
        (5, ("完",)),
    ]


def test_a_stored_file_is_known_by_the_name_it_came_with(tmp_path: Path) -> None:
    path = tmp_path / "0f3a"
    book = xlwt.Workbook()
    book.add_sheet("一").write(0, 0, "x")
    book.save(str(path))
    table = _one(path, shown="旧清单.xls")
    assert (table.file, table.format, table.sheet) == ("旧清单.xls", "xls", "一")


def test_a_hidden_sheet_is_read_and_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    hidden = book.create_sheet("藏")
    hidden["A1"] = "y"
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "list.xlsx")
    tables = list(open_tables(tmp_path / "list.xlsx"))
    assert [(table.sheet, [note.code for note in table.notes]) for table in tables] == [
        ("Sheet", []),
        ("藏", ["sheet_hidden"]),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n", "file_empty"),
        (b"PK\x03\x04 and no more", "file_truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9000 + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "file_kind_unknown"),
        (b"<!DOCTYPE html><html><p>Please log in</p></html>", "file_is_web_page"),
        (b"<?xml version='1.0'?><root/>", "xml_unknown"),
        (b"<?xml version='1.0'?><root>", "xml_unreadable"),
        (bytes(range(0x80, 0x100)) * 40, "encoding_unknown"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    assert _refusal(path) == code


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "none.xlsx") == "file_missing"


def test_a_cut_off_workbook_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for number in range(2000):
        book.active.append([f"示例{number}", number])
    book.save(tmp_path / "whole.xlsx")
    whole = (tmp_path / "whole.xlsx").read_bytes()
    (tmp_path / "list.xlsx").write_bytes(whole[: len(whole) // 2])
    assert _refusal(tmp_path / "list.xlsx") == "file_truncated"


def test_a_workbook_without_a_cell_is_empty(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "list.xlsx")
    assert _refusal(tmp_path / "list.xlsx") == "file_empty"


def test_one_bad_member_does_not_hide_the_others(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "parts.zip", "w") as archive:
        archive.writestr("1.csv", TEXT)
        archive.writestr("2.csv", "")
        archive.writestr("3.zip", b"PK\x05\x06" + b"\0" * 18)
        archive.writestr("__MACOSX/._1.csv", "x")
        archive.writestr("drawing.TIF", b"II*\0")
        archive.writestr("sub/4.csv", TEXT)
        with zipfile.ZipFile(tmp_path / "inner.zip", "w") as inner:
            inner.writestr("a.csv", TEXT)
        archive.write(tmp_path / "inner.zip", "5.zip")
    found = [
        (table.file, table.refusal.reason if isinstance(table.refusal, FileRefused) else len(list(table.rows)))
        for table in open_tables(tmp_path / "parts.zip")
    ]
    assert found == [
        ("parts.zip/1.csv", 2),
        ("parts.zip/2.csv", "file_empty"),
        ("parts.zip/3.zip", "file_empty"),
        ("parts.zip/5.zip", "archive_nested"),
        ("parts.zip/sub/4.csv", 2),
    ]


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.csv").write_text(TEXT, encoding="utf-8")
    (folder / "sub" / "a.csv").write_text(TEXT, encoding="utf-8")
    (folder / "~$b.csv").write_text("lock", encoding="utf-8")
    assert [table.file for table in open_tables(folder)] == ["exports/b.csv", "exports/sub/a.csv"]


def test_an_archive_bomb_stops_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.csv", "a,b\n" * 1_000_000)
        archive.writestr("2.csv", "a,b\n")
    tables = open_tables(path, limits=Limits(member_bytes=100_000))
    assert [table.refusal.reason if isinstance(table.refusal, FileRefused) else "read" for table in tables] == [
        "archive_too_large",
        "read",
    ]


def test_an_archive_of_too_many_members_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.csv", TEXT)
    assert _refusal(path, limits=Limits(members=4)) == "archive_too_large"


def test_a_workbook_bomb_and_a_stray_cell_far_away_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A200"] = "x" * 1000
    book.active["XFD1"] = " stray"
    book.save(tmp_path / "list.xlsx")
    assert _refusal(tmp_path / "list.xlsx", limits=Limits(workbook_bytes=1000)) == "workbook_too_large"
    assert _refusal(tmp_path / "list.xlsx", limits=Limits(sheet_cells=1_000_000)) == "sheet_too_wide"
    assert len(list(_one(tmp_path / "list.xlsx").rows)) == 200
