"""What a file looks like once its format is forgotten: sheets of numbered rows of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from zhiqiao.kernel.errors import Invalid, ZhiqiaoError

Cell = str | float | int | bool | date | datetime | time | timedelta | None
Row = tuple[Cell, ...]
NumberedRow = tuple[int, Row]

EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"}
)


class FileRefused(Invalid):
    """A file that cannot be read at all; ``facts['file']`` names it as the person does."""

    code = "file_unreadable"


@dataclass(frozen=True, slots=True)
class Note:
    """Something the person should know about a file that changes no row."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. Row numbers are those that the spreadsheet program shows (from 1).

    ``file`` is the name a person knows, ``parts.zip/part1.csv`` inside an archive. ``rows`` can be
    read once, and before the next table is asked for. ``refusal`` is set, and ``rows`` empty, where a
    file or member of an archive could not be read: the others still come. ``share`` tells how much of the
    file, from 0 to 1, lies behind the row read last.
    """

    file: str
    sheet: str | None
    format: str
    rows: Iterator[NumberedRow]
    notes: tuple[Note, ...] = ()
    refusal: ZhiqiaoError | None = None
    share: Callable[[], float] = lambda: 0.0


class Counted(Iterator[NumberedRow]):
    """Rows of which one can ask how many have gone by."""

    def __init__(self, rows: Iterator[NumberedRow], expected: int) -> None:
        self._rows = rows
        self._expected = expected
        self._read = 0

    def __next__(self) -> NumberedRow:
        row = next(self._rows)
        self._read += 1
        return row

    def share(self) -> float:
        return min(1.0, self._read / self._expected) if self._expected else 0.0


def part_of(whole: int, at: int, share: Callable[[], float]) -> Callable[[], float]:
    """The share of a whole of so many equal parts, of which the one at this place, from 0, is being read."""
    return lambda: (at + share()) / whole


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def cell_text(cell: Cell) -> str:
    """The cell as a person would read it: whole floats without ``.0``, dates as ISO, empty as ``""``."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return str(cell)
