"""Which pages there are in the navigation, who finds them there, and who may open them.

A page that a role does not use is not offered to it and answers 404. What stands on a page is decided by the
policies of the room that owns the records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.registers import Register
from zhiqiao.kit.roles import EVERY_ROLE, EVERY_ROLE_WITH_RECORDS, STOCK

Text = str | Promise


@dataclass(frozen=True)
class Page:
    """One entry of the navigation; pages without an entry of their own whose names begin with ``begins``
    light it up too."""

    name: str
    label: Text
    short: Text
    icon: str
    group: Text
    roles: frozenset[str]
    begins: str = ""
    navigation: frozenset[str] | None = None

    def stands_for(self, actor: Actor) -> bool:
        """Whether the person's navigation has it."""
        wanted = self.roles if self.navigation is None else self.roles & self.navigation
        return bool(actor.every_role & wanted)

    def open_to(self, actor: Actor) -> bool:
        return bool(actor.every_role & self.roles)


STOCKTAKING = _("Stock inventory")
FIRST = (
    Page("home", _("Home"), _("Home"), "home", "", EVERY_ROLE),
    Page("need_say", _("Ask for patents"), _("Ask"), "sparkles", "", EVERY_ROLE_WITH_RECORDS),
)
BESIDE = {
    "entry": (
        Page("inventory_home", _("Overview"), _("Stock"), "clipboard-list", STOCKTAKING, STOCK),
        Page("inventory_fees", _("Fees due"), _("Fees"), "calendar-due", STOCKTAKING, STOCK),
        Page("inventory_unknowns", _("Unknowns"), _("Gaps"), "help-circle", STOCKTAKING, STOCK),
    ),
}
"""Pages that stand in the navigation before the register of that name."""


def page_of_register(register: Register[Any]) -> Page:
    name = register.name
    return Page(
        f"{name}_list", register.title, register.short or register.title, register.icon, register.group,
        register.roles, begins=f"{name}_", navigation=register.navigation,
    )  # fmt: skip


def pages() -> Iterator[Page]:
    yield from FIRST
    for register in registers():
        yield from BESIDE.get(register.name, ())
        yield page_of_register(register)


PAGES = tuple(pages())
BY_NAME = {page.name: page for page in PAGES}
DOCK_ORDER = ("home", "need_say", "patent_list", "inventory_fees", "need_list")
DOCK_SIZE = 4


def link(page: Page, place: str) -> dict[str, Any]:
    return {
        "address": reverse(page.name),
        "label": page.label,
        "short": page.short,
        "icon": page.icon,
        "current": place == page.name or (place not in BY_NAME and bool(page.begins) and place.startswith(page.begins)),
    }


def navigation_for(actor: Actor, place: str) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for page in PAGES:
        if page.stands_for(actor):
            group = groups.setdefault(str(page.group), {"title": page.group, "items": []})
            group["items"].append(link(page, place))
    return [{"title": group["title"], "items": group["items"]} for group in groups.values()]


OWN_AFFAIRS = ("job_list", "key_list", "hook_list")


def own_affairs(actor: Actor, place: str) -> list[dict[str, Any]]:
    """What the menu of a person's account has: their own work and programs, where the navigation lacks them."""
    pages = (BY_NAME[name] for name in OWN_AFFAIRS if name in BY_NAME)
    return [link(page, place) for page in pages if page.open_to(actor) and not page.stands_for(actor)]


def dock_for(actor: Actor, place: str) -> list[dict[str, Any]]:
    """The few pages that a thumb reaches on a phone."""
    return [link(BY_NAME[name], place) for name in DOCK_ORDER if BY_NAME[name].open_to(actor)][:DOCK_SIZE]


class SignedInRequest(HttpRequest):
    """A request that passed the middleware: the one who acts is known."""

    actor: Actor


Rest = ParamSpec("Rest")
View = Callable[Concatenate[SignedInRequest, Rest], HttpResponseBase]


def for_page(name: str) -> Callable[[View[Rest]], View[Rest]]:
    """Let a view answer those for whom the page is meant: others are asked to log in or find nothing."""
    page = BY_NAME[name]

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
            if not request.actor.signed_in:
                return redirect_to_login(request.get_full_path())
            if not page.open_to(request.actor):
                raise NotFound
            return view(request, *args, **kwargs)

        return cast("View[Rest]", guarded)

    return decorate
