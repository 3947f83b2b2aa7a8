"""A column's value as a page shows it: in words, with its tone, its link and the note beside it.

A list shows hundreds of cells: what is the same in all of a column, as its heading, the words for a code and the form
of an address, is found once a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.urls import reverse

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import register_or_none
from zhiqiao.kit.columns import Column, Kind, Link, Note
from zhiqiao.kit.registers import Register
from zhiqiao.wording import TONES

WORDED: Final = frozenset({Kind.CODE, Kind.TAG, Kind.FLAG})
FIGURES: Final = frozenset({Kind.COUNT, Kind.SCORE, Kind.YUAN})
NARROW: Final = frozenset({Kind.NUMBER, Kind.DAY, Kind.MOMENT, Kind.CODE, Kind.TAG, Kind.FLAG})
ANY_ID: Final = UUID(int=0)


class Cell(NamedTuple):
    """``value`` raw, ``words`` for codes; ``href`` empty: no link; ``main``: it names the record."""

    heading: str
    kind: Kind
    value: Any
    words: str = ""
    tone: str = ""
    href: str = ""
    note: Note | None = None
    main: bool = False


def css_of(kind: Kind, *, main: bool = False) -> str:
    if main:
        return "wide headline"
    if kind in {Kind.LINK, Kind.NAMES}:
        return "named"
    return "num" if kind in FIGURES else "nowrap" if kind in NARROW else ""


class Pages:
    """Where the pages of other records are, for one reader: empty where they could not open it, as the register is not
    for them or has no pages."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._forms: dict[str, str] = {}

    def of(self, link: Link) -> str:
        if not link.id:
            return ""
        if (form := self._forms.get(link.register)) is None:
            target = register_or_none(link.register)
            opens = target is not None and (target.public or target.open_to(self._actor))
            form = self._forms[link.register] = form_of_pages(target) if target and opens else ""
        return form.replace(str(ANY_ID), link.id)


def form_of_pages(register: Register[Any]) -> str:
    """The address of a record's page, with an id that is put in place of ``ANY_ID``."""
    return reverse(f"{register.name}_page", args=[ANY_ID]) if register.pages else ""


class Teller:
    """Tells the cells of one column."""

    def __init__(self, column: Column[Any], pages: Pages) -> None:
        self._column, self._pages = column, pages
        self._heading = str(column.heading)
        self._words: dict[Any, str] = {}

    def cell(self, record: Any, href: str = "") -> Cell:
        """``href``: where the record itself is, for the column that names it."""
        column = self._column
        value, kind, main = column.value(record), column.kind, bool(href)
        note = column.note(record) if column.note else None
        words = self._worded(value) if kind in WORDED and value not in (None, "") else ""
        tone = TONES.get(str(value), "") if kind is Kind.CODE else ""
        if isinstance(value, Link):
            href = href or self._pages.of(value)
            value = value.text
        elif kind is Kind.LINK:
            kind = Kind.TEXT
        return Cell(self._heading, kind, value, words, tone, href, note, main)

    def _worded(self, value: Any) -> str:
        if (words := self._words.get(value)) is None:
            words = self._words[value] = str(self._column.worded(value))
        return words


def cell(actor: Actor, column: Column[Any], record: Any) -> Cell:
    return Teller(column, Pages(actor)).cell(record)


def rows_of(
    actor: Actor, register: Register[Any], columns: Sequence[Column[Any]], records: Iterable[Any]
) -> list[list[Cell]]:
    """The first column names the record and leads to its page."""
    pages, form = Pages(actor), form_of_pages(register)
    named, *rest = (Teller(column, pages) for column in columns)

    def own(record: Any) -> str:
        return form.replace(str(ANY_ID), str(record.public_id)) if form else ""

    return [[named.cell(record, own(record)), *(teller.cell(record) for teller in rest)] for record in records]


def row_of(actor: Actor, register: Register[Any], columns: Sequence[Column[Any]], record: Any) -> list[Cell]:
    return rows_of(actor, register, columns, [record])[0]
