"""Give rejected rows back in the format they came in, each with where it stood and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from zhiqiao.exchange.cells import Cell, cell_text
from zhiqiao.exchange.headings import HeadingMap
from zhiqiao.exchange.reasons import Language, reason_text
from zhiqiao.exchange.rows import ReadRow
from zhiqiao.exchange.spreadsheets import Column, SheetFormat, Value, open_writer

_OWN_COLUMNS: dict[Language, tuple[str, ...]] = {
    "zh": ("行号", "出错的列", "原因", "原因代码"),
    "en": ("row", "column with the error", "reason", "reason code"),
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One rejected row: its cells as they came, and what was wrong."""

    row_number: int
    cells: Sequence[Cell]
    code: str
    column: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """The rejected rows of one sheet; ``headings`` by column index. ``rows`` is read once."""

    title: str
    headings: Sequence[str]
    rows: Iterable[ReportRow]


def report_format(source: str) -> SheetFormat:
    """.xlsx for workbooks of any age, .csv for text tables and everything else that is no workbook."""
    suffix = PurePosixPath(source).suffix.lower()
    return "xlsx" if suffix in {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".zip", ""} else "csv"


def report_row(row: ReadRow[Any]) -> ReportRow:
    """A row as read that has a problem."""
    problem = row.problem
    if problem is None:
        return ReportRow(row.row_number, row.cells, "")
    return ReportRow(row.row_number, row.cells, problem.code, problem.column, problem.facts)


def heading_list(mapping: HeadingMap) -> list[str]:
    """Headings in the order of their columns; a column without one has an empty heading."""
    return [mapping.headings.get(at, "") for at in range(max(mapping.headings, default=-1) + 1)]


def write_report(path: Path, sheets: Iterable[ReportSheet], language: Language = "zh") -> int:
    """Write the sheets to ``path``, .xlsx or .csv by its ending; the number of rows written.

    The sheet keeps its columns, so that the corrected file can be imported as it is.
    """
    count = 0
    with open_writer(path, "csv" if path.suffix.lower() == ".csv" else "xlsx") as writer:
        for sheet in sheets:
            own = [Column(text, 40 if at == 2 else 12) for at, text in enumerate(_OWN_COLUMNS[language])]
            writer.start_sheet(sheet.title, [*map(Column, sheet.headings), *own])
            for row in sheet.rows:
                writer.write_row(_values(row, len(sheet.headings), language), _faulty(row, sheet.headings))
                count += 1
    return count


def _faulty(row: ReportRow, headings: Sequence[str]) -> frozenset[int]:
    """Which cells are to blame: those under the headings that the row was rejected for."""
    named = {row.column, *row.facts.get("columns", ())} if isinstance(row.facts.get("columns"), list) else {row.column}
    return frozenset(at for at, heading in enumerate(headings) if heading and heading in named)


def _values(row: ReportRow, width: int, language: Language) -> list[Value]:
    cells = [cell_text(cell) for cell in row.cells[:width]]
    cells += [""] * (width - len(cells))
    # Cells beyond the headings would fall under our own columns; the reason says that they were there.
    return [*cells, row.row_number, row.column or "", reason_text(row.code, row.facts, language), row.code]
