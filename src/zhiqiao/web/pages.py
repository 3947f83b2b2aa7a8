"""Which pages there are in the navigation, who finds them there, and who may open them.

A page that a role does not use is not offered to it and answers 404. What stands on a page is decided by the
policies of the room that owns the records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
from zhiqiao.kit.roles import Role

ANYONE = frozenset(Role.values)
RECORDS = ANYONE - {Role.SYSTEM_ADMIN}
STOCK = frozenset({Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR, Role.HOLDER_MANAGER, Role.HOLDER_STAFF, Role.SOE_MANAGER})
SENDERS = frozenset({Role.BUREAU_OFFICER, Role.HOLDER_MANAGER, Role.SOE_MANAGER, Role.CENTRE_OPERATOR})
AUDITORS = frozenset({Role.BUREAU_AUDITOR, Role.BUREAU_OFFICER})

Text = str | Promise


@dataclass(frozen=True)
class Page:
    """One entry of the navigation; ``below`` names the pages that light it up too."""

    name: str
    label: Text
    short: Text
    icon: str
    group: Text
    roles: frozenset[str]
    below: frozenset[str] = field(default_factory=frozenset)

    def open_to(self, actor: Actor) -> bool:
        return bool(actor.every_role & self.roles)


WORK, STOCKTAKING, SYSTEM = _("Records"), _("Stock inventory"), _("System")

PAGES = (
    Page("home", _("Home"), _("Home"), "home", "", ANYONE),
    Page("need_say", _("Ask for patents"), _("Ask"), "sparkles", "", RECORDS),
    Page(
        "patent_list", _("Patents"), _("Patents"), "file-certificate", WORK, RECORDS,
        frozenset({"patent_page", "patent_push"}),
    ),
    Page("need_list", _("Needs"), _("Needs"), "bulb", WORK, RECORDS, frozenset({"need_page", "need_new"})),
    Page(
        "organisation_list", _("Organisations"), _("Firms"), "building", WORK, RECORDS,
        frozenset({"organisation_page"}),
    ),
    Page(
        "import_list", _("Imports"), _("Imports"), "file-import", WORK, SENDERS,
        frozenset({"import_new", "import_page", "import_headings"}),
    ),
    Page("inventory_home", _("Overview"), _("Stock"), "clipboard-list", STOCKTAKING, STOCK),
    Page("inventory_scope", _("In, out and why"), _("In/out"), "list-details", STOCKTAKING, STOCK),
    Page("inventory_fees", _("Fees due"), _("Fees"), "calendar-due", STOCKTAKING, STOCK),
    Page("inventory_unknowns", _("Unknowns"), _("Gaps"), "help-circle", STOCKTAKING, STOCK),
    Page(
        "inventory_tiers", _("Tiers"), _("Tiers"), "stack-2", STOCKTAKING, STOCK, frozenset({"inventory_tier"})
    ),
    Page("audit_log", _("Audit trail"), _("Audit"), "shield-check", SYSTEM, AUDITORS),
)  # fmt: skip
BY_NAME = {page.name: page for page in PAGES}
DOCK_ORDER = ("home", "need_say", "patent_list", "inventory_fees", "need_list")
DOCK_SIZE = 4


def link(page: Page, place: str) -> dict[str, Any]:
    return {
        "address": reverse(page.name),
        "label": page.label,
        "short": page.short,
        "icon": page.icon,
        "current": place == page.name or place in page.below,
    }


def navigation_for(actor: Actor, place: str) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for page in PAGES:
        if page.open_to(actor):
            group = groups.setdefault(str(page.group), {"title": page.group, "items": []})
            group["items"].append(link(page, place))
    return [{"title": group["title"], "items": group["items"]} for group in groups.values()]


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
