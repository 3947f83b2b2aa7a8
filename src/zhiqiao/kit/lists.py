"""Reading a register: what an address asks of it, the page of records that answers, and all of them for a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import numpy as np
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_filters import FilterSet  # type: ignore[import-untyped]  # it ships no types

from zhiqiao.core.keysets import AmongFew, keys_of
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Column
from zhiqiao.kit.downloads import Sheet
from zhiqiao.kit.paging import COUNT_BOUND, SIZE, Cursor, Slice, Sort, count_up_to, read_cursor, slice_of
from zhiqiao.kit.registers import Register

M = TypeVar("M", bound=Model)
SORT, AT, COLUMNS, VIEW, SIZE_ASKED = "sort", "at", "cols", "view", "size"
LARGEST_PAGE = 200
OPEN_FILTERS = 4


@dataclass(frozen=True)
class Asking:
    """Who asks, in the place where a FilterSet looks for the request."""

    actor: Actor


@dataclass(frozen=True)
class Chip:
    """A filter in force: its field, what it is called and what it says."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Reading(Generic[M]):
    """One reading of a register by one person: ``query`` is an address's query. ``every``: it tells every column that
    may stand in a list, as a program is told, whatever the address chooses."""

    register: Register[M]
    actor: Actor
    query: QueryDict
    every: bool = False

    @cached_property
    def filters(self) -> FilterSet:
        records = self.register.records(self.actor)
        found = self.register.filters(self.query, queryset=records, request=Asking(self.actor))
        found.form.label_suffix = ""
        return found

    @property
    def valid(self) -> bool:
        return bool(self.filters.is_valid())

    @cached_property
    def records(self) -> QuerySet[M]:
        """All that the filters leave; none where a filter cannot be understood."""
        found: QuerySet[M] = self.filters.qs if self.valid else self.register.records(self.actor).none()
        return found

    @property
    def sort(self) -> Sort:
        return self.register.sort_named(self.query.get(SORT, ""))

    @property
    def size(self) -> int:
        asked = self.query.get(SIZE_ASKED, "")
        usable = asked.isascii() and asked.isdecimal() and len(asked) < 6
        return min(max(int(asked), 1), LARGEST_PAGE) if usable else self.register.size

    @cached_property
    def page(self) -> Slice[M]:
        found = self._turned(read_cursor(self.query.get(AT, "")))
        return Slice(self.register.with_attached(self.actor, found.rows), found.previous, found.next)

    def _turned(self, cursor: Cursor | None) -> Slice[M]:
        if self._keys is None or len(self._keys) > COUNT_BOUND:
            return turned(self._light(self.records), self.sort, cursor, self.size)
        if not self._keys:
            return Slice([], "", "")
        # Who may see them is asked again: between the two questions a record may have been withdrawn.
        few = self.filters.queryset.filter(AmongFew("pk", np.array(self._keys, np.int64)))
        return turned(self._light(few), self.sort, cursor, self.size)

    def _light(self, records: QuerySet[M]) -> QuerySet[M]:
        return self.register.light(records, self.chosen)

    @cached_property
    def _keys(self) -> list[int] | None:
        """Of what the filters leave, as many as are counted, in whatever order the database finds them soonest: where
        they are few, it need not walk the whole list to fill a page. None where no filter is in force."""
        if not self.valid or not any(self._chips()):
            return None
        return keys_of(self.records, COUNT_BOUND + 1)

    @cached_property
    def count(self) -> int:
        """At most ``COUNT_BOUND`` + 1."""
        if self._keys is not None:
            return len(self._keys)
        whole = not (self.page.previous or self.page.next)
        return len(self.page.rows) if whole else count_up_to(self.records)

    @cached_property
    def chosen(self) -> tuple[Column[M], ...]:
        """The columns of the list page: those that the address names, in its order, else the register's own."""
        listed = {column.name: column for column in self.register.columns_for(self.actor) if column.listed}
        if self.every:
            return tuple(listed.values())
        names = ",".join(self.query.getlist(COLUMNS)).split(",")
        named = [listed[name] for name in dict.fromkeys(names) if name in listed]
        return tuple(named) or tuple(column for column in listed.values() if column.shown)

    @property
    def choosable(self) -> tuple[tuple[Column[M], bool], ...]:
        """The columns that may stand on the list page, chosen ones first, and whether each does."""
        rest = [each for each in self.register.columns_for(self.actor) if each.listed and each not in self.chosen]
        return (*((each, True) for each in self.chosen), *((each, False) for each in rest))

    def fields(self) -> tuple[list[Any], list[Any], bool]:
        """The filter form's fields beside the search box: those that stand open, those folded away, and whether one
        of the latter is in force or wrong."""
        form = self.filters.form
        named = [each for each in form.visible_fields() if each.name != "q"]
        open_ones = set(self.filters.always) or {each.name for each in named[:OPEN_FILTERS]}
        folded = [each for each in named if each.name not in open_ones]
        used = any(self.query.get(each.name) or each.errors for each in folded)
        return [each for each in named if each.name in open_ones], folded, used

    def chips(self) -> list[Chip]:
        return list(self._chips()) if self.filters.is_bound and self.valid else []

    def _chips(self) -> Iterator[Chip]:
        for name, each in self.filters.form.fields.items():
            value = self.filters.form.cleaned_data.get(name)
            if value in (None, "", []):
                continue
            choices = dict(getattr(each, "choices", ()))
            shown = _("yes") if value is True else str(choices.get(value, value))
            yield Chip(name, str(each.label or name), shown)

    def ordered(self) -> Iterator[M]:
        """All records in order, with what columns need beside them; memory stays flat on every database."""
        records = self.register.light(self.records, self.register.columns_for(self.actor))
        for batch in in_batches(ordered(records, self.sort), COUNT_BOUND):
            yield from self.register.with_attached(self.actor, batch)

    def sheet(self) -> Sheet:
        """Exactly what is filtered, in the order of the page, with every column that the reader is told."""
        columns = self.register.columns_for(self.actor)
        rows = ([column.in_words(record) for column in columns] for record in self.ordered())
        return Sheet(str(self.register.title), [str(column.heading) for column in columns], rows)


def reading(
    register: Register[M], actor: Actor, query: QueryDict | Mapping[str, str] | str = "", *, every: bool = False
) -> Reading[M]:
    if not isinstance(query, QueryDict):
        query = QueryDict(query if isinstance(query, str) else urlencode(query))
    return Reading(register, actor, query, every)


def turned(records: QuerySet[M], sort: Sort, cursor: Cursor | None, size: int = SIZE) -> Slice[M]:
    """The page at the cursor; the first one where the cursor's value is none that the column could hold."""
    if cursor is not None and sort.column != "pk" and cursor.value is not None:
        column: Any = records.model._meta.get_field(sort.column)
        try:
            value = column.to_python(cursor.value)
            column.run_validators(value)
            column.get_db_prep_value(value, connection=connections[records.db])
        except (ValidationError, TypeError, ValueError, ArithmeticError):
            return slice_of(records, sort, None, size)
        cursor = Cursor(value, cursor.key, cursor.back)
    return slice_of(records, sort, cursor, size)


def ordered(records: QuerySet[M], sort: Sort) -> Iterator[M]:
    """All rows in order, page by page."""
    cursor: Cursor | None = None
    while True:
        page = slice_of(records, sort, cursor, size=COUNT_BOUND)
        yield from page.rows
        if not page.next:
            return
        last = page.rows[-1]
        cursor = Cursor(None if sort.column == "pk" else getattr(last, sort.column), last.pk)


def one_of(register: Register[M], actor: Actor, public_id: Any) -> M | None:
    """The record that the actor may see, with what its columns need beside it; None where absent or hidden, which
    take the same single query."""
    found: Sequence[M] = list(register.records(actor).filter(public_id=public_id)[:1])
    return register.with_attached(actor, found)[0] if found else None
