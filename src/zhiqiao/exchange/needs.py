"""Read lists of technology needs into normalised records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from zhiqiao.exchange.cells import Row, Table
from zhiqiao.exchange.headings import HeadingMap
from zhiqiao.exchange.organisations import read_words, settle_day, unreadable
from zhiqiao.exchange.plans import Reader, plan_columns
from zhiqiao.exchange.rows import Built, Reading, ReadOptions
from zhiqiao.exchange.values import line_reader, read_date, read_line, read_phone, read_text
from zhiqiao.kernel.credit_codes import parse_credit_code

TITLE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class NeedRecord:
    """What one row says of one need. ``external_id`` is the sender's own number; ``organisation`` None: not named.

    A row without a title has the first line of its content for one. Contact, phone, e-mail and budget belong
    to the private layer.
    """

    title: str
    content: str | None = None
    external_id: str | None = None
    goals: str | None = None
    background: str | None = None
    organisation: str | None = None
    credit_code: str | None = None
    industries: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    town: str | None = None
    cooperation: str | None = None
    deadline: date | None = None
    stated_on: date | None = None
    contact: str | None = None
    phone: str | None = None
    email: str | None = None
    money: Mapping[str, Decimal] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def budget(self) -> Decimal | None:
        """Yuan; None where the row gives none, or gives it without a confirmed unit."""
        return self.money.get("budget")


READERS: dict[str, Reader] = {
    "external_id": Reader(line_reader(64)),
    "title": Reader(line_reader(TITLE_LENGTH)),
    "content": Reader(read_text),
    "goals": Reader(read_text),
    "background": Reader(read_text),
    "organisation": Reader(read_line),
    "credit_code": Reader(parse_credit_code),
    "industry": Reader(read_words, "industries"),
    "keywords": Reader(read_words),
    "town": Reader(read_line),
    "cooperation": Reader(read_line),
    "deadline": Reader(read_date),
    "stated_on": Reader(read_date),
    "contact": Reader(read_line),
    "phone": Reader(read_phone),
    "email": Reader(read_line),
}


def read_needs(table: Table, mapping: HeadingMap, options: ReadOptions | None = None) -> Reading[NeedRecord]:
    """Every row below the headings as a record or a problem (``title_missing``, or why the title is unreadable)."""
    plan = plan_columns(mapping, READERS, options or ReadOptions())
    columns = {name: at for at, name in mapping.columns.items()}

    def build(cells: Row) -> Built[NeedRecord]:
        built: Built[NeedRecord] = Built()
        values = plan.read(cells, built.issues)
        if "title" not in values and "content" in values:
            values["title"] = values["content"].partition("\n")[0][:TITLE_LENGTH]
        if "title" not in values:
            built.rejected = unreadable(built.issues, columns.get("title"), "title_missing")
            return built
        for day in ("deadline", "stated_on"):
            settle_day(values, day, columns, built.issues)
        built.record = NeedRecord(**values)
        return built

    return Reading(table, mapping, build)
