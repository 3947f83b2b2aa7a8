"""Write lists as .xlsx or .csv, row by row in flat memory, with nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Literal, Protocol, TypeGuard

import xlsxwriter

from zhiqiao.kernel.text import strip_unseen

SheetFormat = Literal["xlsx", "csv"]
Value = str | int | float | bool | Decimal | date | datetime | None | Sequence[str]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767
LAST_ROW = 1_048_576
LARGEST_FIGURE = 10**15
_CUT = "…(已截断)"
_CHINA = timezone(timedelta(hours=8))
# Some programs take the full-width signs of Chinese input for the plain ones.
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
# A sign before a figure, and dashes standing for nothing, are no formulas.
_HARMLESS = re.compile(r"[+-]?\d+(?:\.\d+)?%?|-+")
_BAD_IN_TITLE = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` in characters, for .xlsx."""

    heading: str
    width: float = 16


class Writer(Protocol):
    """A file being written, sheet by sheet; in .csv a blank line parts the sheets."""

    def start_sheet(self, title: str, columns: Sequence[Column]) -> None: ...

    def write_row(self, values: Iterable[Value], faulty: frozenset[int] = frozenset()) -> None:
        """``faulty`` cells, by column index, stand out where the format has colours."""


@contextmanager
def open_writer(target: Path | IO[bytes], kind: SheetFormat) -> Iterator[Writer]:
    """The file is complete once the block is left."""
    if kind == "csv":
        with _binary(target) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", errors="replace")
            yield _CsvWriter(text)
            text.flush()
            text.detach()
        return
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    try:
        yield _XlsxWriter(book)
    finally:
        book.close()


def write_list(
    target: Path | IO[bytes], kind: SheetFormat, title: str, columns: Sequence[Column], rows: Iterable[Iterable[Value]]
) -> int:
    """One list as one file; the number of rows written."""
    count = 0
    with open_writer(target, kind) as writer:
        writer.start_sheet(title, columns)
        for row in rows:
            writer.write_row(row)
            count += 1
    return count


def csv_chunks(columns: Sequence[Column], rows: Iterable[Iterable[Value]]) -> Iterator[bytes]:
    """The same .csv as a stream of bytes, for an answer that is sent while it is made."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    yield "\ufeff".encode()
    writer.writerow([_csv_cell(column.heading) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
        if buffer.tell() > 1 << 16:
            yield _drained(buffer)
    yield _drained(buffer)


def _drained(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode(errors="replace")


@contextmanager
def _binary(target: Path | IO[bytes]) -> Iterator[IO[bytes]]:
    if isinstance(target, Path):
        with target.open("wb") as stream:
            yield stream
    else:
        yield target


def as_text(value: Value) -> str:
    """A value in words: dates as ISO, moments in China's time, yes and no as 是 and 否, several joined by ；."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return as_local(value).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, Sequence):
        return "；".join(value)
    return str(value)


def as_local(moment: datetime) -> datetime:
    return moment.astimezone(_CHINA).replace(tzinfo=None) if moment.tzinfo else moment


def _is_figure(value: Value) -> TypeGuard[int | float | Decimal]:
    """What a cell can hold as a number: spreadsheets keep 15 digits, and neither NaN nor infinity."""
    return (
        isinstance(value, (int, float, Decimal))
        and not isinstance(value, bool)
        and -LARGEST_FIGURE < value < LARGEST_FIGURE
    )


def _csv_cell(value: Value) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front, the sign for text."""
    text = strip_unseen(as_text(value))
    if not isinstance(value, (int, float, Decimal)) and _FORMULA.match(text) and not _HARMLESS.fullmatch(text):
        return f"'{text}"
    return text


class _CsvWriter:
    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self._writer = csv.writer(stream)
        self._started = False

    def start_sheet(self, title: str, columns: Sequence[Column]) -> None:
        if self._started:
            self._stream.write("\r\n")
        self._started = True
        self.write_row(column.heading for column in columns)

    def write_row(self, values: Iterable[Value], faulty: frozenset[int] = frozenset()) -> None:
        self._writer.writerow([_csv_cell(value) for value in values])


class _XlsxWriter:
    """Sheets that are full go on in another of the same columns."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheet: Any = None
        self._row = 0
        self._title = ""
        self._columns: Sequence[Column] = ()
        self._taken: set[str] = set()
        self._heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._faulty = book.add_format({"bg_color": "#FCE0E0", "border": 1, "border_color": "#C0392B"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def start_sheet(self, title: str, columns: Sequence[Column]) -> None:
        self._title, self._columns = title, columns
        self._sheet = self._book.add_worksheet(sheet_title(title, self._taken))
        for at, column in enumerate(columns):
            self._sheet.set_column(at, at, column.width)
            self._sheet.write_string(0, at, xlsx_text(column.heading), self._heading)
        self._sheet.freeze_panes(1, 0)
        self._row = 1

    def write_row(self, values: Iterable[Value], faulty: frozenset[int] = frozenset()) -> None:
        if self._row == LAST_ROW:
            self.start_sheet(self._title, self._columns)
        for at, value in enumerate(values):
            if at in faulty:
                self._sheet.write_string(self._row, at, xlsx_text(as_text(value)), self._faulty)
            else:
                self._write(at, value)
        self._row += 1

    def _write(self, at: int, value: Value) -> None:
        if value is None or value == "":
            return
        if _is_figure(value):
            self._sheet.write_number(self._row, at, float(value))
        elif isinstance(value, datetime):
            self._sheet.write_datetime(self._row, at, as_local(value), self._moment)
        elif isinstance(value, date) and value.year >= 1900:
            self._sheet.write_datetime(self._row, at, value, self._day)
        else:
            self._sheet.write_string(self._row, at, xlsx_text(as_text(value)))


def xlsx_text(text: str) -> str:
    """A longer text would be left out by the format; it is cut, and says so."""
    clean = strip_unseen(text)
    return clean if len(clean) <= LONGEST_CELL else clean[: LONGEST_CELL - len(_CUT)] + _CUT


def sheet_title(title: str, taken: set[str]) -> str:
    """Sheet titles have at most 31 characters, none of a few signs, and differ without regard to case."""
    base = _BAD_IN_TITLE.sub(" ", strip_unseen(title)).strip(" '")[:31] or "Sheet"
    name, number = base, 1
    while name.lower() in taken:
        number += 1
        tail = f" ({number})"
        name = base[: 31 - len(tail)] + tail
    taken.add(name.lower())
    return name


def as_figure(value: Value) -> float | int | None:
    """The value as a number cell holds it; None for what is none."""
    if not _is_figure(value):
        return None
    return value if isinstance(value, int) else float(value)
