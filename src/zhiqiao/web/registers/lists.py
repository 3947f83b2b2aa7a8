"""A register's list: searched and filtered by its address, sorted, its columns chosen, turned by key, exported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kit.columns import Column, Text
from zhiqiao.kit.downloads import download
from zhiqiao.kit.lists import AT, COLUMNS, SORT, VIEW, Reading, reading
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.views import drop_view, first_query, save_view, views_of
from zhiqiao.web.cells import css_of, rows_of
from zhiqiao.web.registers.base import RegisterView, as_id
from zhiqiao.web.registers.intake import intake_into
from zhiqiao.wording import refusal


@dataclass(frozen=True)
class Heading:
    """A column's head: its text and, where it can be sorted by, the address that does so and the order in force."""

    text: Text
    css: str
    address: str
    order: str


@dataclass(frozen=True)
class Tab:
    """A view of the list, the installation's or the reader's own; ``id`` empty: not to be removed."""

    title: Text
    address: str
    current: bool
    id: str = ""


class RegisterList(RegisterView):
    def get(self, request: HttpRequest) -> HttpResponse:
        if query := self.meant(request):
            return redirect(f"{request.path}?{query}")
        read = reading(self.register, self.actor, request.GET)
        return self.show("registers/list.html", self.context(read))

    def meant(self, request: HttpRequest) -> str:
        """The whole query behind a bare address or a view's bare name; empty where the address says it all."""
        if not request.GET:
            return first_query(self.actor, self.register)
        named = request.GET.get(VIEW, "") if set(request.GET) == {VIEW} else ""
        view = next((each for each in self.register.views if each.name == named), None)
        return f"{view.query}&{VIEW}={named}" if view else ""

    def context(self, read: Reading[Any]) -> dict[str, Any]:
        request, actor = self.request, self.actor
        columns = read.chosen
        moves = [move for move in self.register.moves if move.bulk and self.may_ever(move.verb)]
        return {
            "read": read,
            "filters": read.filters,
            "fields": read.fields(),
            "page": read.page,
            "rows": list(zip(read.page.rows, rows_of(actor, self.register, columns, read.page.rows), strict=True)),
            "count": read.count,
            "headings": [heading(request, column, read.sort, place == 0) for place, column in enumerate(columns)],
            "chips": [(chip, changed(request, **{chip.name: "", AT: "", VIEW: ""})) for chip in read.chips()],
            "choosable": [(column, on) for column, on in read.choosable],
            "kept": [(name, value) for name, value in request.GET.items() if name not in {AT, COLUMNS, VIEW}],
            "query": request.GET.urlencode(),
            "shown_columns": request.GET.getlist(COLUMNS),
            "first_page": changed(request, at=""),
            "tabs": list(self.tabs()),
            "moves": moves,
            "may_create": self.register.may_create(actor),
            "intake": intake_into(self.register, actor),
            "exports": {kind: f"{self.address('export', kind)}{changed(request, at='')}" for kind in ("xlsx", "csv")},
            **self.face.of_list(actor),
        }

    def may_ever(self, verb: str) -> bool:
        """Whether any rule lets this person do it to some record: then the boxes to tick are worth their place."""
        return any(rule.verb == verb and rule.speaks_to(self.actor) for rule in self.register.policy.rules)

    def tabs(self) -> Iterator[Tab]:
        now = self.request.GET.get(VIEW, "")
        own = list(views_of(self.actor, self.register))
        declared = [each for each in self.register.views if each.roles is None or each.roles & self.actor.every_role]
        if not (own or declared):
            return
        yield Tab(_("All"), "?view=all", now in {"", "all"})
        for view in declared:
            yield Tab(view.title, f"?{view.query}&view={view.name}", now == view.name)
        for kept in own:
            key = str(kept.public_id)
            yield Tab(kept.name, f"?{kept.query}&view={key}", now == key, key)


class RegisterExport(RegisterView):
    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """All records that the filters in the address leave, in the order of the page, as ``xlsx`` or ``csv``."""
        return download(reading(self.register, self.actor, request.GET).sheet(), kind)


class RegisterViews(RegisterView):
    """Keep the list as it stands under a name, or forget a name."""

    def post(self, request: HttpRequest) -> HttpResponse:
        query = request.POST.get("query", "")
        try:
            if drop := request.POST.get("drop", ""):
                drop_view(actor=self.actor, register=self.register, public_id=as_id(drop))
                messages.success(request, _("The view is forgotten."))
                return redirect(self.address("list"))
            name, first = request.POST.get("name", ""), "first" in request.POST
            view = save_view(actor=self.actor, register=self.register, name=name, query=query, first=first)
        except ZhiqiaoError as error:
            messages.error(request, refusal(error).text)
            return redirect(f"{self.address('list')}?{query}")
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
        return redirect(f"{self.address('list')}?{view.query}&view={view.public_id}")


def changed(request: HttpRequest, **changes: str) -> str:
    """The address's query with some parameters set, or dropped where empty."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    text = query.urlencode()
    return f"?{text}" if text else "?"


def heading(request: HttpRequest, column: Column[Any], sort: Sort, main: bool) -> Heading:
    css = css_of(column.kind, main=main)
    if not column.sort:
        return Heading(column.heading, css, "", "")
    plain = column.sort.removeprefix("-")
    if sort.name.removeprefix("-") != plain:
        return Heading(column.heading, css, changed(request, **{AT: "", SORT: column.sort}), "none")
    turned_round = plain if sort.descending else f"-{plain}"
    order = "descending" if sort.descending else "ascending"
    return Heading(column.heading, css, changed(request, **{AT: "", SORT: turned_round}), order)
