"""A column's value as a page shows it: in words, with its tone, its link and the note beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import register_or_none
from zhiqiao.kit.columns import Column, Kind, Link, Note
from zhiqiao.kit.registers import Register
from zhiqiao.wording import TONES

FIGURES: Final = frozenset({Kind.COUNT, Kind.SCORE, Kind.YUAN})
NARROW: Final = frozenset({Kind.NUMBER, Kind.DAY, Kind.MOMENT, Kind.CODE, Kind.TAG, Kind.FLAG})


@dataclass(frozen=True)
class Cell:
    """``value`` raw, ``words`` for codes; ``href`` empty: no link; ``main``: it names the record."""

    heading: str
    kind: Kind
    value: Any
    words: str = ""
    tone: str = ""
    href: str = ""
    note: Note | None = None
    main: bool = False

    @property
    def css(self) -> str:
        return css_of(self.kind, main=self.main)


def css_of(kind: Kind, *, main: bool = False) -> str:
    if main:
        return "wide headline"
    if kind in {Kind.LINK, Kind.NAMES}:
        return "named"
    return "num" if kind in FIGURES else "nowrap" if kind in NARROW else ""


def cell(actor: Actor, column: Column[Any], record: Any, href: str = "") -> Cell:
    """``href``: where the record itself is, for the column that names it."""
    value = column.value(record)
    note = column.note(record) if column.note else None
    coded = column.kind in {Kind.CODE, Kind.TAG, Kind.FLAG} and value not in (None, "")
    words = str(column.in_words(record)) if coded else ""
    tone = TONES.get(str(value), "") if column.kind is Kind.CODE else ""
    kind, main = column.kind, bool(href)
    if isinstance(value, Link):
        href = href or page_of(actor, value)
        value = value.text
    elif kind is Kind.LINK:
        kind = Kind.TEXT
    return Cell(str(column.heading), kind, value, words, tone, href, note, main)


def page_of(actor: Actor, link: Link) -> str:
    """Empty where the reader could not open it: the page's register is not for them."""
    target = register_or_none(link.register)
    if not link.id or target is None or not (target.public or target.open_to(actor)):
        return ""
    return reverse(f"{link.register}_page", args=[link.id])


def row_of(actor: Actor, register: Register[Any], columns: Sequence[Column[Any]], record: Any) -> list[Cell]:
    """The first column names the record and leads to its page."""
    own = reverse(f"{register.name}_page", args=[record.public_id]) if register.pages else ""
    return [cell(actor, column, record, "" if place else own) for place, column in enumerate(columns)]
