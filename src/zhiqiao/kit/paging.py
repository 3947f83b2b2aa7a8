"""Pages of a long list by the last key seen, so that page one thousand costs what page one does; and counts that
stop at a bound instead of counting everything."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.functions import Greatest

from zhiqiao.core.keysets import are_gathered

M = TypeVar("M", bound=Model)

SIZE = 50  # rows a page
COUNT_BOUND = 1_000
LONGEST_CURSOR = 300  # characters
LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True)
class Sort:
    """One way to order a list: by a stored column, then by key. ``nullable`` rows without a value come last."""

    name: str
    column: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Cursor:
    """Where a page starts: the value and key of the row before (or, going back, after) it."""

    value: Any
    key: int
    back: bool = False

    def written(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, date) else self.value
        text = json.dumps([value, self.key, self.back], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor | None:
    """None for a first page and for a cursor that nobody of us wrote."""
    if not 0 < len(text) <= LONGEST_CURSOR:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        read = json.loads(base64.urlsafe_b64decode(padded.encode()), parse_constant=_no_number)
        value, key, back = read
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None
    usable = type(key) is int and 0 < key <= LARGEST_KEY and isinstance(back, bool) and _is_plain(value)
    return Cursor(value, key, back) if usable else None


def _no_number(text: str) -> float:
    raise ValueError(text)  # NaN and the infinities are no JSON


def _is_plain(value: Any) -> bool:
    """Whether every database could take it: no half characters, no zero bytes."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    return value is None or type(value) in {int, float}


@dataclass(frozen=True)
class Slice(Generic[M]):
    """One page of rows; ``previous`` and ``next`` are cursors, empty where there is nothing."""

    rows: Sequence[M]
    previous: str
    next: str


def slice_of(records: QuerySet[M], sort: Sort, cursor: Cursor | None, size: int = SIZE) -> Slice[M]:
    """The rows of one page, read in at most three queries: those with the cursor's value, those beyond it, then those
    without one."""
    back = bool(cursor and cursor.back)
    rows: list[M] = []
    sorts = are_gathered(records) and not records.query.annotations
    for part in _parts(records, sort, cursor):
        wanted = size + 1 - len(rows)
        rows += list(_sorted_first(part, sort, wanted) if sorts else part[:wanted])
        if len(rows) > size:
            break
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    earlier = more if back else cursor is not None
    later = True if back else more
    return Slice(
        rows,
        previous=_at(rows[0], sort, back=True) if rows and earlier else "",
        next=_at(rows[-1], sort, back=False) if rows and later else "",
    )


def _sorted_first(part: QuerySet[M], sort: Sort, wanted: int) -> QuerySet[M]:
    """``part[:wanted]``, where few are sorted. Their keys are, not their texts; and by what no index has in order, or
    PostgreSQL would walk the list until it has met that many of them."""
    *_, key = [str(each) for each in part.query.order_by]
    by: Any = Greatest(sort.column, sort.column)
    first = part.order_by(by.desc() if key.startswith("-") else by, key).values("pk")[:wanted]
    found: QuerySet[M] = part.model._base_manager.filter(pk__in=first).order_by(*part.query.order_by)
    found.query.select_related, found.query.deferred_loading = part.query.select_related, part.query.deferred_loading
    return found


def _at(row: Model, sort: Sort, *, back: bool) -> str:
    return Cursor(getattr(row, sort.column), row.pk, back).written()


def _parts(records: QuerySet[M], sort: Sort, cursor: Cursor | None) -> Iterator[QuerySet[M]]:
    """The list in reading direction, cut where the empty values begin, so that no database has to order nulls."""
    back = bool(cursor and cursor.back)
    falling = sort.descending != back
    mark = "-" if falling else ""
    column, key = f"{mark}{sort.column}", f"{mark}pk"
    filled = records.filter(**{f"{sort.column}__isnull": False}) if sort.nullable else records
    filled = filled.order_by(column, key) if sort.column != "pk" else filled.order_by(key)
    # Ordered by the empty column too: PostgreSQL then walks the index that the filled ones are in.
    empty = records.filter(**{f"{sort.column}__isnull": True}).order_by(column, key) if sort.nullable else None
    if cursor is None:
        parts = [filled, empty]
    elif sort.column == "pk":
        parts = [filled.filter(**{f"pk__{_beyond(falling)}": cursor.key})]
    elif cursor.value is None:
        rest = None if empty is None else empty.filter(**{f"pk__{_beyond(falling)}": cursor.key})
        parts = [rest, filled if back else None]
    else:
        # Those of the same value apart: thousands that came in at once have it, and the database seeks among them too.
        same = filled.filter(**{sort.column: cursor.value, f"pk__{_beyond(falling)}": cursor.key})
        parts = [same, filled.filter(**{f"{sort.column}__{_beyond(falling)}": cursor.value}), None if back else empty]
    return (part for part in parts if part is not None)


def _beyond(falling: bool) -> str:
    return "lt" if falling else "gt"


class Bounded(int):
    """A count that was taken up to the bound alone, as it is read: one past it says "1,000+"."""

    def __str__(self) -> str:
        return f"{COUNT_BOUND:,}+" if self > COUNT_BOUND else f"{int(self):,}"


def count_up_to(records: QuerySet[Any], bound: int = COUNT_BOUND) -> int:
    """How many, at most ``bound`` + 1; the one too many says "more than"."""
    return records.order_by().values("pk")[: bound + 1].count()
