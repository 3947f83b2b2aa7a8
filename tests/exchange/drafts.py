"""Draft a dirty export sheet by sheet, noting for each row what a careful reader must make of it."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

from zhiqiao.kernel.application_numbers import check_digit


@dataclass(frozen=True)
class Patent:
    """An invented patent; ``key`` is its number as it must come out."""

    body: str
    title: str

    @property
    def key(self) -> str:
        return self.body + check_digit(self.body)

    @property
    def dotted(self) -> str:
        return f"{self.key[:-1]}.{self.key[-1]}"


_THINGS = (
    "注塑模具",
    "木工铣床",
    "锂电池隔膜",
    "灯具散热器",
    "纸箱折叠",
    "玩具电机",
    "毛织横机",
    "电镀废水",
    "机械手",
    "连接器",
)


def patent(year: int, serial: int, kind: int = 1) -> Patent:
    return Patent(f"{year}{kind}{serial:07d}", f"一种示例{_THINGS[serial % len(_THINGS)]}装置{serial}")


@dataclass
class Expected:
    """``number`` for a record (with the ``values`` to compare), else the ``code`` of the rejection."""

    sheet: str | None
    row_number: int
    number: str | None = None
    code: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass
class Sheet:
    name: str | None = None
    rows: list[list[Any]] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    hidden: list[int] = field(default_factory=list)

    def put(self, *cells: Any) -> Sheet:
        """A row that is none of the list: title, heading."""
        self.rows.append(list(cells))
        return self

    def good(self, of: Patent, *cells: Any, warnings: tuple[str, ...] = (), **values: Any) -> None:
        self.rows.append(list(cells))
        self.expected.append(Expected(self.name, len(self.rows), of.key, None, values, warnings))

    def bad(self, code: str, *cells: Any) -> None:
        self.rows.append(list(cells))
        self.expected.append(Expected(self.name, len(self.rows), None, code))

    def skip(self, code: str, *cells: Any) -> None:
        self.rows.append(list(cells))
        self.skipped[code] += 1

    def hide_last(self) -> None:
        self.hidden.append(len(self.rows))


@dataclass
class Export:
    path: Path
    sheets: list[Sheet]
    dialect: str | None = None
    unmapped: tuple[str, ...] = ()


def write_xlsx(path: Path, sheets: list[Sheet], merges: tuple[tuple[int, int, int, int], ...] = ()) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_urls": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for at, row in enumerate(sheet.rows):
                for column, cell in enumerate(row):
                    page.write(at, column, cell, day if hasattr(cell, "year") else None)
            for number in sheet.hidden:
                page.set_row(number - 1, None, None, {"hidden": True})
            for first_row, first_column, last_row, last_column in merges:
                text = sheet.rows[first_row][first_column]
                page.merge_range(first_row, first_column, last_row, last_column, text)


def write_xls(path: Path, sheets: list[Sheet]) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        for at, row in enumerate(sheet.rows):
            for column, cell in enumerate(row):
                if hasattr(cell, "year"):
                    page.write(at, column, cell, day)
                elif cell is not None:
                    page.write(at, column, cell)
        for number in sheet.hidden:
            page.row(number - 1).hidden = True
    book.save(str(path))


def write_text(path: Path, sheet: Sheet, encoding: str, delimiter: str = ",") -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerows(["" if cell is None else cell for cell in row] for row in sheet.rows)
