"""Rows as read: a record or the reason why there is none, always with where it stood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from zhiqiao.exchange.cells import Cell, Row, Table, cell_text, is_blank
from zhiqiao.exchange.headings import HeadingMap
from zhiqiao.kernel.errors import ZhiqiaoError

T = TypeVar("T")

_SHOWN_LENGTH = 200
_TOTAL = re.compile(
    r"(?:合计|总计|小计|共计|累计|总数|本页小计|本页合计|total|subtotal|grandtotal)[:：]?\d*[件项条]?", re.IGNORECASE
)
_FOOTER = re.compile(
    r"(?:注|备注|说明|填表|制表|审核|数据来源|来源|填报|联系人|单位\(?盖章|第\d+页|以下空白)", re.IGNORECASE
)
_LONG_NUMBER = re.compile(r"\d{7}")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was rejected, or a warning on one of its cells. ``column`` is the heading as written."""

    file: str
    sheet: str | None
    row_number: int
    column: str | None
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    value: str = ""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """``as_of``: the day of export the user gave. ``units``: confirmed units by money field or by heading.
    ``today`` bounds dates.
    """

    as_of: date | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    today: date | None = None


@dataclass(frozen=True, slots=True)
class ReadRow(Generic[T]):
    """Exactly one of ``record`` and ``problem`` is set. ``cells`` are the raw values of the row."""

    file: str
    sheet: str | None
    row_number: int
    cells: Row
    record: T | None
    problem: RowProblem | None = None
    warnings: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class CellIssue:
    """What is wrong with one cell, by column index; Reading makes a RowProblem of it."""

    column: int | None
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    value: Cell = None


@dataclass(slots=True)
class Built(Generic[T]):
    """What a builder made of a row; ``rejected`` where it made nothing."""

    record: T | None = None
    rejected: CellIssue | None = None
    issues: list[CellIssue] = field(default_factory=list)


class Reading(Iterator[ReadRow[T]]):
    """The rows of one sheet, read once. ``skipped`` counts by code what is no row of the list: blank rows,
    totals, headings repeated on every printed page, footers; ``skipped_rows`` are the numbers of all but the blank.
    """

    def __init__(self, table: Table, mapping: HeadingMap, build: Callable[[Row], Built[T]]) -> None:
        self.table = table
        self.mapping = mapping
        self.skipped: Counter[str] = Counter()
        self.skipped_rows: dict[int, str] = {}
        self._build = build
        self._width = max(mapping.headings, default=-1) + 1
        self._heading_texts = {at: _folded(text) for at, text in mapping.headings.items()}
        self._rows = self._produce()

    def __next__(self) -> ReadRow[T]:
        return next(self._rows)

    def _produce(self) -> Iterator[ReadRow[T]]:
        number = 0
        try:
            for number, cells in self.table.rows:
                if skipped := self._skip_code(cells):
                    self.skipped[skipped] += 1
                    if skipped != "row_blank":
                        self.skipped_rows[number] = skipped
                else:
                    yield self._read(number, cells)
        except ZhiqiaoError as error:
            # The file breaks off here; what came before stands, and the break is a problem of its own.
            at = error.facts.get("row_number", number + 1)
            yield self._rejected(at, (), CellIssue(None, error.reason, plain_facts(error.facts)))

    def _skip_code(self, cells: Row) -> str | None:
        first = next((at for at, cell in enumerate(cells) if not is_blank(cell)), None)
        if first is None:
            return "row_blank"
        cell = cells[first]
        if not isinstance(cell, str) or len(cell) > 60:
            return None
        text = _folded(cell)
        if text == self._heading_texts.get(first) and self._repeats_heading(cells):
            return "heading_repeated"
        if _TOTAL.fullmatch(text) and not any(_LONG_NUMBER.search(cell_text(each)) for each in cells):
            return "row_total"
        if _FOOTER.match(text) and sum(not is_blank(each) for each in cells) == 1:
            return "row_footer"
        return None

    def _repeats_heading(self, cells: Row) -> bool:
        texts = {at: _folded(cell_text(cell)) for at, cell in enumerate(cells) if not is_blank(cell)}
        same = sum(self._heading_texts.get(at) == text for at, text in texts.items())
        return same * 2 > len(texts)

    def _read(self, number: int, cells: Row) -> ReadRow[T]:
        if len(cells) > self._width and not all(is_blank(cell) for cell in cells[self._width :]):
            beyond = next(cell for cell in cells[self._width :] if not is_blank(cell))
            issue = CellIssue(None, "cells_beyond_headings", {"columns": self._width}, beyond)
            if self.table.format == "csv":
                # An unquoted delimiter shifts all that follows it: no cell of the row can be trusted.
                return self._rejected(number, cells, issue)
        else:
            issue = None
        built = self._build(cells)
        issues = [*built.issues, issue] if issue else built.issues
        warnings = tuple(self._problem(number, each) for each in issues)
        if built.record is None:
            rejected = built.rejected or CellIssue(None, "row_unreadable")
            return self._rejected(number, cells, rejected, warnings)
        return ReadRow(self.table.file, self.table.sheet, number, cells, built.record, None, warnings)

    def _rejected(self, number: int, cells: Row, issue: CellIssue, warnings: tuple[RowProblem, ...] = ()) -> ReadRow[T]:
        problem = self._problem(number, issue)
        return ReadRow(self.table.file, self.table.sheet, number, cells, None, problem, warnings)

    def _problem(self, number: int, issue: CellIssue) -> RowProblem:
        column = None if issue.column is None else self.mapping.headings.get(issue.column)
        value = cell_text(issue.value)[:_SHOWN_LENGTH]
        return RowProblem(self.table.file, self.table.sheet, number, column, issue.code, issue.facts, value)


def plain_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts fit for JSON, without the raw cell, which a problem carries as ``value``."""
    return {
        key: value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
        for key, value in facts.items()
        if key != "raw"
    }


def _folded(text: str) -> str:
    return "".join(text.split())
