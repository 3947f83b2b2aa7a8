"""Templates as .xlsx: drop-down lists, days, numbers and lengths are checked while a sheet is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any, Final

import xlsxwriter

from zhiqiao.exchange.templates import CHOICES_SHEET, Asked, Shape

CHECKED_ROWS: Final = 5_000  # rows whose cells are checked while they are filled in
LONGEST_LIST: Final = 255  # characters of a list that the format holds in the cell itself
LONGEST_TITLE, LONGEST_HINT = 32, 255  # characters of what is said beside a cell
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
NARROWEST, WIDEST = 12, 40  # characters


@dataclass(frozen=True)
class Guide:
    """The second sheet: its title, its headings, one row of words for each column of the list. ``lead`` stands above,
    ``refused`` beside a cell that holds what it may not."""

    title: str
    lead: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    refused: str


@dataclass
class _Book:
    book: Any
    formats: dict[str, Any] = field(default_factory=dict)
    choices: Any = None
    lists: int = 0

    def range_of(self, choices: Sequence[str]) -> str:
        """Where a list too long for a cell stands: on a sheet that nobody sees."""
        if self.choices is None:
            self.choices = self.book.add_worksheet(CHOICES_SHEET)
            self.choices.very_hidden()
        at, self.lists = self.lists, self.lists + 1
        for row, text in enumerate(choices):
            self.choices.write_string(row, at, text)
        column = xlsxwriter.utility.xl_col_to_name(at)
        return f"={CHOICES_SHEET}!${column}$1:${column}${len(choices)}"


def write_template(target: IO[bytes], title: str, columns: Sequence[Asked], guide: Guide) -> None:
    """The list with headings, one row of examples and checked cells; then the guide."""
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        made = _Book(book, _formats(book))
        sheet, help_sheet = book.add_worksheet(title[:31]), book.add_worksheet(guide.title)
        _write_list(made, sheet, columns, guide)
        _write_guide(made, help_sheet, guide)


def _formats(book: Any) -> dict[str, Any]:
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#B8C4CE"}
    cells = {Shape.DAY: "yyyy-mm-dd", Shape.WHOLE: "0", Shape.NUMBER: "General"}
    made = {
        "asked": book.add_format({**head, "bg_color": "#DCE9F5"}),
        "required": book.add_format({**head, "bg_color": "#FBE3D0"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "words": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    for shape in Shape:
        plain = {"num_format": cells.get(shape, "@"), "valign": "top", "text_wrap": shape is Shape.LONG}
        made[shape] = book.add_format(plain)
        made[f"example {shape}"] = book.add_format({**plain, "italic": True, "font_color": "#7A7A7A"})
    return made


def _write_list(made: _Book, sheet: Any, columns: Sequence[Asked], guide: Guide) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    for at, column in enumerate(columns):
        width = max(NARROWEST, 2 * len(column.heading) + 4, len(str(column.example)) + 4)
        sheet.set_column(at, at, min(WIDEST, width), made.formats[column.shape])
        sheet.write_string(0, at, column.marked, made.formats["required" if column.required else "asked"])
        _write_example(sheet, at, column, made.formats[f"example {column.shape}"])
        sheet.data_validation(1, at, CHECKED_ROWS, at, _check(made, column, guide))


def _write_example(sheet: Any, at: int, column: Asked, look: Any) -> None:
    if isinstance(column.example, date):
        sheet.write_datetime(1, at, column.example, look)
    elif isinstance(column.example, int | float):
        sheet.write_number(1, at, column.example, look)
    else:
        sheet.write_string(1, at, column.example, look)


def _check(made: _Book, column: Asked, guide: Guide) -> dict[str, Any]:
    title, meaning = column.heading[:LONGEST_TITLE], column.meaning or column.heading
    hint = {
        "input_title": title, "input_message": meaning[:LONGEST_HINT],
        "error_title": title, "error_message": guide.refused[:LONGEST_HINT],
        "ignore_blank": not column.required,
    }  # fmt: skip
    return {**hint, **_rule(made, column)}


def _rule(made: _Book, column: Asked) -> dict[str, Any]:
    if column.shape is Shape.CHOICE and column.choices:
        listed = ",".join(column.choices)
        inline = listed.count(",") == len(column.choices) - 1 and '"' not in listed and len(listed) <= LONGEST_LIST
        return {"validate": "list", "source": list(column.choices) if inline else made.range_of(column.choices)}
    if column.shape is Shape.DAY:
        return {"validate": "date", "criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY}
    if column.shape in {Shape.WHOLE, Shape.NUMBER}:
        return {"validate": "integer" if column.shape is Shape.WHOLE else "decimal", **_bounds(column)}
    if column.longest is not None:
        return {"validate": "length", "criteria": "<=", "value": column.longest}
    return {"validate": "any"}


def _bounds(column: Asked) -> dict[str, Any]:
    far = 999_999_999_999_999  # what a cell holds exactly
    least = -far if column.least is None else column.least
    return {"criteria": "between", "minimum": least, "maximum": far if column.most is None else column.most}


def _write_guide(made: _Book, sheet: Any, guide: Guide) -> None:
    sheet.write_string(0, 0, guide.title, made.formats["title"])
    for at, line in enumerate(guide.lead, 1):
        sheet.write_string(at, 0, line)
    top = len(guide.lead) + 2
    for at, heading in enumerate(guide.headings):
        sheet.set_column(at, at, (22, 10, 30, 26, 60)[min(at, 4)])
        sheet.write_string(top, at, heading, made.formats["asked"])
    for row, words in enumerate(guide.rows, top + 1):
        for at, text in enumerate(words):
            sheet.write_string(row, at, text, made.formats["words"])
