"""A sheet to fill in: which columns a kind of list has, written as a workbook that already knows what may stand in
each cell, and recognised when it comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Final

from zhiqiao.exchange.cells import Cell, NumberedRow, Row, Table, cell_text
from zhiqiao.exchange.headings import HeadingMap
from zhiqiao.exchange.vocabularies import Vocabulary

GUIDE_SHEETS: Final = ("填写说明", "How to fill in")
"""Our second sheet in Chinese and English; its first cell repeats its title."""
CHOICES_SHEET: Final = "zhiqiao_choices"
OWN_HEADINGS: Final = (
    "行号", "出错的列", "原因", "原因代码", "row", "column with the error", "reason", "reason code", "序号", "no.",
)  # fmt: skip
"""What our reports add to a sheet, so that a corrected report can be sent as it is."""

Example = str | int | float | date


class Shape(StrEnum):
    """What may stand in a cell."""

    TEXT = "text"
    LONG = "long"  # several lines
    WHOLE = "whole"
    NUMBER = "number"
    DAY = "day"
    CHOICE = "choice"  # one of ``choices``
    CHOICES = "choices"  # several of them, between ；


@dataclass(frozen=True)
class Asked:
    """One column of a template. ``least`` and ``most`` bound a number, ``longest`` the characters of a text; None: no
    bound. ``meaning`` explains the column to whoever fills it in."""

    field: str
    heading: str = ""
    shape: Shape = Shape.TEXT
    required: bool = False
    meaning: str = ""
    example: Example = ""
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    longest: int | None = None

    @property
    def marked(self) -> str:
        """The heading with the mark of what must be filled in, which readers take off again."""
        return f"{self.heading}*" if self.required else self.heading


def under_preferred_headings(vocabulary: Vocabulary, columns: Sequence[Asked]) -> tuple[Asked, ...]:
    """The columns, those without a heading under the one that the vocabulary names first."""
    return tuple(replace(each, heading=each.heading or vocabulary.fields[each.field][0]) for each in columns)


def without_guides(tables: Iterator[Table]) -> Iterator[Table]:
    """The tables without the sheets that a template of ours has beside the list."""
    for table in tables:
        if table.sheet == CHOICES_SHEET:
            continue
        if table.sheet not in GUIDE_SHEETS or table.refusal is not None:
            yield table
            continue
        head = list(_first(table.rows))
        if not (head and head[0][1] and cell_text(head[0][1][0]) == table.sheet):
            yield replace(table, rows=chain(head, table.rows))


def _first(rows: Iterator[NumberedRow]) -> Iterator[NumberedRow]:
    for row in rows:
        yield row
        return


def examples_of(*templates: Sequence[Asked]) -> dict[str, frozenset[str]]:
    """Field → its example in each of the templates. What is chosen from a list is no example: any choice could be."""
    found: dict[str, frozenset[str]] = {}
    for column in chain(*templates):
        if column.example != "" and column.shape not in {Shape.CHOICE, Shape.CHOICES}:
            found[column.field] = found.get(column.field, frozenset()) | {shown(column.example)}
    return found


def without_example(table: Table, mapping: HeadingMap, examples: Mapping[str, frozenset[str]]) -> Table:
    """The table without the row of examples, if that came back as it was sent out."""
    columns = {at: examples[field] for at, field in mapping.columns.items() if field in examples}
    if not columns:
        return table
    return replace(table, rows=(row for row in table.rows if not _is_example(row[1], columns)))


def _is_example(cells: Row, columns: Mapping[int, frozenset[str]]) -> bool:
    return all(at < len(cells) and shown(cells[at]) in texts for at, texts in columns.items())


def shown(cell: Cell) -> str:
    """A cell as both ends read it: a day is a day, whether it comes as text, date or moment."""
    return cell_text(cell).strip().removesuffix(" 00:00:00")
