"""Every list of records is shown in one way: searched and filtered by its address, sorted, turned by key, exported.

A list is declared as a ``Listing``; ``list_page`` shows it and ``list_export`` writes exactly what is filtered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet  # type: ignore[import-untyped]  # it ships no types

from zhiqiao.kernel.batches import in_batches
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.downloads import Sheet, download
from zhiqiao.kit.paging import COUNT_BOUND, Cursor, Slice, Sort, count_up_to, read_cursor, slice_of
from zhiqiao.web.pages import SignedInRequest

M = TypeVar("M", bound=Model)
Text = str | Promise


@dataclass(frozen=True)
class Column(Generic[M]):
    """One column on the page and in the export. ``heading`` empty: only on the page, ``value`` None: not exported.
    ``sort`` names the rising order, with "-" before it the falling one. ``roles``: to whom alone it is exported."""

    heading: Text
    value: Callable[[M], Any] | None = None
    sort: str = ""
    css: str = ""
    shown: bool = True
    roles: frozenset[str] | None = None

    def exported_to(self, actor: Actor) -> bool:
        return self.value is not None and (self.roles is None or bool(actor.every_role & self.roles))


@dataclass(frozen=True)
class Listing(Generic[M]):
    """What a list is made of. ``attach`` adds to a page of rows what they show from other tables, in a fixed number
    of queries; ``tabs`` is a template shown above the search."""

    name: str
    export: str
    title: Text
    lead: Text
    columns: tuple[Column[M], ...]
    sorts: tuple[Sort, ...]
    filters: type[FilterSet]
    records: Callable[[Actor], QuerySet[M]]
    row: str
    empty: str = "parts/empty_list.html"
    actions: str = ""
    tabs: str = ""
    attach: Callable[[Actor, Sequence[M]], None] | None = None
    template: str = "list.html"

    def sort_named(self, name: str) -> Sort:
        return next((sort for sort in self.sorts if sort.name == name), self.sorts[0])


@dataclass(frozen=True)
class Heading:
    """A column's head: its text and, where it can be sorted by, the address that does so and the order in force."""

    text: Text
    css: str
    address: str
    order: str


@dataclass(frozen=True)
class Chip:
    """A filter in force, with the address of the list without it."""

    label: str
    value: str
    without: str


def list_page(request: SignedInRequest, listing: Listing[Any], **more: Any) -> HttpResponse:
    """``more`` goes to the templates that the list names."""
    filters = filtered(request, listing)
    records = filters.qs if filters.is_valid() else listing.records(request.actor).none()
    sort = listing.sort_named(request.GET.get("sort", ""))
    page = turned(records, sort, read_cursor(request.GET.get("at", "")))
    if listing.attach is not None:
        listing.attach(request.actor, page.rows)
    context: dict[str, Any] = {
        "listing": listing,
        "filters": filters,
        "page": page,
        "count": count_up_to(records) if page.previous or page.next else len(page.rows),
        "headings": [_heading(request, column, sort) for column in listing.columns if column.shown],
        "chips": list(_chips(request, filters)),
        "first_page": changed(request, at=""),
        "exports": {
            kind: f"{reverse(listing.export, args=[kind])}{changed(request, at='')}" for kind in ("xlsx", "csv")
        },
    }
    return render(request, listing.template, context | more)


def list_export(request: SignedInRequest, listing: Listing[Any], kind: str) -> HttpResponseBase:
    """All rows that the filters in the address leave, in the order of the page, as ``xlsx`` or ``csv``."""
    filters = filtered(request, listing)
    records = filters.qs if filters.is_valid() else listing.records(request.actor).none()
    columns = [column for column in listing.columns if column.exported_to(request.actor)]
    rows = ordered(records, listing.sort_named(request.GET.get("sort", "")))
    sheet = Sheet(
        str(listing.title), [str(column.heading) for column in columns], _cells(request.actor, listing, rows, columns)
    )
    return download(sheet, kind)


def filtered(request: SignedInRequest, listing: Listing[Any]) -> FilterSet:
    filters = listing.filters(request.GET, queryset=listing.records(request.actor), request=request)
    filters.form.label_suffix = ""
    return filters


def turned(records: QuerySet[M], sort: Sort, cursor: Cursor | None) -> Slice[M]:
    """The page at the cursor; the first one where the cursor's value is none that the column could hold."""
    if cursor is not None and sort.column != "pk" and cursor.value is not None:
        column: Any = records.model._meta.get_field(sort.column)
        try:
            value = column.to_python(cursor.value)
            column.run_validators(value)
            column.get_db_prep_value(value, connection=connections[records.db])
        except (ValidationError, TypeError, ValueError, ArithmeticError):
            return slice_of(records, sort, None)
        cursor = Cursor(value, cursor.key, cursor.back)
    return slice_of(records, sort, cursor)


def ordered(records: QuerySet[M], sort: Sort) -> Iterator[M]:
    """All rows in order, page by page: memory stays flat on every database."""
    cursor: Cursor | None = None
    while True:
        page = slice_of(records, sort, cursor, size=COUNT_BOUND)
        yield from page.rows
        if not page.next:
            return
        last = page.rows[-1]
        cursor = Cursor(None if sort.column == "pk" else getattr(last, sort.column), last.pk)


def _cells(actor: Actor, listing: Listing[M], rows: Iterator[M], columns: Sequence[Column[M]]) -> Iterator[list[Any]]:
    for batch in in_batches(rows, COUNT_BOUND):
        if listing.attach is not None:
            listing.attach(actor, batch)
        for row in batch:
            yield [column.value(row) for column in columns if column.value is not None]


def changed(request: HttpRequest, **changes: str) -> str:
    """The address's query with some parameters set, or dropped where empty."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    text = query.urlencode()
    return f"?{text}" if text else "?"


def _heading(request: HttpRequest, column: Column[Any], sort: Sort) -> Heading:
    if not column.sort:
        return Heading(column.heading, column.css, "", "")
    plain = column.sort.removeprefix("-")
    if sort.name.removeprefix("-") != plain:
        return Heading(column.heading, column.css, changed(request, at="", sort=column.sort), "none")
    turned_round = plain if sort.descending else f"-{plain}"
    order = "descending" if sort.descending else "ascending"
    return Heading(column.heading, column.css, changed(request, at="", sort=turned_round), order)


def _chips(request: HttpRequest, filters: FilterSet) -> Iterator[Chip]:
    if not filters.is_bound or not filters.is_valid():
        return
    for name, each in filters.form.fields.items():
        value = filters.form.cleaned_data.get(name)
        if value in (None, "", []):
            continue
        choices = dict(getattr(each, "choices", ()))
        shown = str(choices.get(value, value)) if not isinstance(value, bool) else str(_("yes"))
        yield Chip(str(each.label or name), shown, changed(request, at="", **{name: ""}))
