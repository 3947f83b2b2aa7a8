"""The counts at the head of the first page; each leads to its records, and none is counted beyond the bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiqiao.inventory.selectors import TierFilter, tiered_list
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.lists import reading
from zhiqiao.kit.paging import count_up_to
from zhiqiao.kit.roles import CITY_READERS, Role
from zhiqiao.needs.policies import NEEDS
from zhiqiao.needs.selectors import needs_visible_to
from zhiqiao.parties.selectors import living_organisations
from zhiqiao.registry.selectors import patents_visible_to
from zhiqiao.web.pages import BY_NAME

FIRMS = frozenset({Role.BANK_MEMBER, Role.AGENCY_MEMBER, Role.UNIT_OFFICER, Role.BRANCH_OFFICER})
"""Whose work begins with the firms."""
KEEPING = (("job", "state=failed"), ("job", "state=running"), ("person", ""))


@dataclass(frozen=True)
class Figure:
    """A count that leads to its records."""

    name: str
    count: int
    address: str
    note: str = ""
    tone: str = ""


def figures_for(actor: Actor) -> Iterator[Figure]:
    if not BY_NAME["patent_list"].open_to(actor):
        yield from _of_the_installation(actor)
        return
    yield from _of_patents(actor)
    if BY_NAME["inventory_home"].open_to(actor):
        yield _of_the_stock(actor)
    yield from _of_needs(actor)
    if actor.every_role & FIRMS:
        firms = living_organisations(actor).filter(kind="enterprise")
        yield Figure(_("Firms on record"), count_up_to(firms), f"{reverse('organisation_list')}?kind=enterprise")


def _whose(actor: Actor) -> str:
    """Empty for those whose own figures are the city's: nothing is to be told apart."""
    return "" if actor.every_role & CITY_READERS else _("Whole city")


def _of_patents(actor: Actor) -> Iterator[Figure]:
    patents, whose = patents_visible_to(actor), _whose(actor)
    yield Figure(_("Patents in the register"), count_up_to(patents), reverse("patent_list"), whose)
    alive = patents.filter(status_group="alive")
    yield Figure(_("In force"), count_up_to(alive), f"{reverse('patent_list')}?status=alive", whose)


def _of_the_stock(actor: Actor) -> Figure:
    counted = count_up_to(tiered_list(actor, TierFilter()))
    whose = "" if actor.every_role & CITY_READERS else _("Own institution")
    return Figure(_("Counted in stock"), counted, f"{reverse('entry_list')}?inside=True", whose)


def _of_needs(actor: Actor) -> Iterator[Figure]:
    needs = needs_visible_to(actor).filter(state="open")
    # Most people see only what is published of the city's needs: few is not the same as few wanted.
    whose = "" if NEEDS.may(actor, "state") else _("Published, or your own")
    yield Figure(_("Open needs"), count_up_to(needs), f"{reverse('need_list')}?state=open", whose)
    if actor.holds(Role.ENTERPRISE_MEMBER):
        own = needs.filter(organisation_id__in=actor.organisations)
        address = f"{reverse('need_list')}?state=open&whose=own"
        yield Figure(_("Needs of your firm"), count_up_to(own), address, _("Open"))


def _of_the_installation(actor: Actor) -> Iterator[Figure]:
    words: dict[tuple[str, str], Any] = {
        KEEPING[0]: (_("Work that failed"), "bad"), KEEPING[1]: (_("Work going on"), ""), KEEPING[2]: (_("Log-ins"), "")
    }  # fmt: skip
    for name, query in KEEPING:
        page = BY_NAME.get(f"{name}_list")
        if page is None or not page.open_to(actor):
            continue
        count = count_up_to(reading(register_named(name), actor, query).records)
        told, tone = words[name, query]
        address = reverse(page.name) + (f"?{query}" if query else "")
        yield Figure(told, count, address, tone=tone if count else "")
