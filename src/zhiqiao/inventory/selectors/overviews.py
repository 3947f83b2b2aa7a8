"""Figures over the inventory, each a query over entries that the actor may see."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from zhiqiao.inventory.models import Appraisal, Inventory
from zhiqiao.inventory.rules.facts import UNKNOWN
from zhiqiao.inventory.selectors.lists import current_inventory, visible_entries
from zhiqiao.inventory.selectors.surroundings import field_of
from zhiqiao.inventory.states import ON_REGISTER, SCREENED
from zhiqiao.kit.actors import Actor


@dataclass(frozen=True, slots=True)
class StockOverview:
    """Rows in, rows out, and why: entries by scope code. ``inventory`` None: no stocktaking yet."""

    inventory: Inventory | None
    codes_in: dict[str, int]
    codes_out: dict[str, int]

    @property
    def rows_in(self) -> int:
        return sum(self.codes_in.values())

    @property
    def rows_out(self) -> int:
        return sum(self.codes_out.values())


def stock_overview(actor: Actor, inventory: Inventory | None = None) -> StockOverview:
    chosen = inventory or current_inventory(actor)
    rows = visible_entries(actor, chosen).values_list("in_stock", "scope_code").annotate(rows=Count("id"))
    counted = sorted(rows.order_by(), key=lambda row: (-row[2], row[1]))
    return StockOverview(
        inventory=chosen,
        codes_in={code: count for inside, code, count in counted if inside},
        codes_out={code: count for inside, code, count in counted if not inside},
    )


@dataclass(frozen=True, slots=True)
class UnknownsByOwner:
    """What nobody told about one institution's patents in stock. ``fields`` counts, by technology field, the patents
    that lack at least one of the three."""

    organisation_id: int
    organisation: str
    in_stock: int
    status: int
    funding: int
    willingness: int
    grant_day: int
    fields: dict[str, int]


def unknowns_by_owner(actor: Actor, inventory: Inventory | None = None) -> list[UnknownsByOwner]:
    """Institutions with something unknown, most first. Two queries."""
    stock = visible_entries(actor, inventory).filter(in_stock=True)
    status, funding = Q(patent__status_group=UNKNOWN), Q(patent__funding=UNKNOWN)
    counted = stock.values("organisation_id", "organisation__name").annotate(
        in_stock=Count("id"),
        status=Count("id", filter=status),
        funding=Count("id", filter=funding),
        willingness=Count("id", filter=Q(willing="")),
        grant_day=Count("id", filter=Q(patent__granted_on__isnull=True)),
    )
    fields: dict[int, Counter[str]] = {}
    lacking = stock.filter(status | funding | Q(willing=""))
    groups = lacking.values_list("organisation_id", "patent__kind", "patent__main_class").annotate(rows=Count("id"))
    for owner, kind, main_class, count in groups.order_by():
        fields.setdefault(owner, Counter())[field_of(kind, main_class)] += count
    owners = [
        UnknownsByOwner(
            organisation_id=row["organisation_id"],
            organisation=row["organisation__name"],
            in_stock=row["in_stock"],
            status=row["status"],
            funding=row["funding"],
            willingness=row["willingness"],
            grant_day=row["grant_day"],
            fields=dict(fields.get(row["organisation_id"], Counter()).most_common()),
        )
        for row in counted.order_by()
        if row["status"] or row["funding"] or row["willingness"] or row["grant_day"]
    ]
    return sorted(owners, key=lambda each: (-(each.status + each.funding + each.willingness), each.organisation_id))


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the stock is appraised, screened and registered, in patents of ``stock``.

    ``frozen_at`` None: the denominator still moves and the rates are provisional. ``appraised`` counts an appraisal
    with a total.
    """

    stock: int
    appraised: int
    screened: int
    registered: int
    frozen_at: datetime | None

    def rate(self, count: int) -> float | None:
        """None where there is no stock: nothing of nothing is no rate."""
        return count / self.stock if self.stock else None


def coverage(actor: Actor, inventory: Inventory | None = None) -> Coverage:
    """The three rates of measure 1 (domain §1.5)."""
    chosen = inventory or current_inventory(actor)
    standing = Appraisal.objects.filter(
        patent_id=OuterRef("patent_id"), superseded_at__isnull=True, total__isnull=False
    )
    stock = visible_entries(actor, chosen).filter(in_stock=True)
    counted = stock.aggregate(
        stock=Count("id"),
        appraised=Count("id", filter=Exists(standing)),
        screened=Count("id", filter=Q(state__in=SCREENED)),
        registered=Count("id", filter=Q(state__in=ON_REGISTER)),
    )
    return Coverage(**counted, frozen_at=chosen.frozen_at if chosen else None)
