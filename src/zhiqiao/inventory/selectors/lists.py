"""Lists over the inventory, each as a query for paging and export, newest stocktaking first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from zhiqiao.inventory.models import Inventory, InventoryEntry, TierDecision
from zhiqiao.inventory.policies import ENTRIES, INVENTORIES
from zhiqiao.inventory.rules.facts import ALIVE, RESTORABLE
from zhiqiao.inventory.rules.measures import NOT_EXPLOITED
from zhiqiao.inventory.rules.tiers import NEGATIVE, shipped_rules
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.fees import FeeBasis, FeeDue, fee_in_grace, next_fee
from zhiqiao.kernel.periods import add_years
from zhiqiao.parties.actors import Actor
from zhiqiao.registry.models import ExploitationEvidence

IN_GRACE: Final = "in_grace"
ROLL_OVER: Final = 15  # days; the longest holiday with the days it is joined to is shorter

ORDERS: Final = {
    "newest": (F("id").desc(),),
    "score": (F("score").desc(nulls_last=True), F("id").desc()),
    "owner": (F("organisation__pinyin").asc(), F("id").desc()),
}


@dataclass(frozen=True, slots=True)
class TierFilter:
    """What a list of entries is narrowed to; empty or None: not narrowed.

    ``tier`` is the tier in effect. ``awaiting`` True: the rules suggest a negative tier that no person has decided
    on; False: all others. ``words`` looks into titles and application numbers.
    """

    inventory: Inventory | None = None
    organisation_id: int | None = None
    tier: str = ""
    suggested: str = ""
    scope_code: str = ""
    in_stock: bool | None = True
    state: str = ""
    awaiting: bool | None = None
    words: str = ""
    order: str = "newest"


def current_inventory(actor: Actor) -> Inventory | None:
    """The newest stocktaking that the actor may see; None where there is none."""
    return INVENTORIES.visible(actor, Inventory.objects.all()).order_by("-cutoff_on", "-id").first()


def visible_entries(actor: Actor, inventory: Inventory | None) -> QuerySet[InventoryEntry]:
    """Entries of one stocktaking (None: the newest) that the actor may see."""
    chosen = inventory or current_inventory(actor)
    if chosen is None:
        return InventoryEntry.objects.none()
    return ENTRIES.visible(actor, InventoryEntry.objects.filter(inventory=chosen))


def tiered_list(actor: Actor, wanted: TierFilter) -> QuerySet[InventoryEntry]:
    """Entries with their tier, patent and institution, in a stable order. Raises ``Invalid`` ``order_unknown``."""
    if wanted.order not in ORDERS:
        raise Invalid("order_unknown", order=wanted.order, known=sorted(ORDERS))
    equal = {
        "organisation_id": wanted.organisation_id,
        "tier": wanted.tier or None,
        "suggested_tier": wanted.suggested or None,
        "scope_code": wanted.scope_code or None,
        "in_stock": wanted.in_stock,
        "state": wanted.state or None,
    }
    rows = visible_entries(actor, wanted.inventory)
    rows = rows.filter(**{field: value for field, value in equal.items() if value is not None})
    if wanted.awaiting is not None:
        rows = _awaiting(rows) if wanted.awaiting else rows.exclude(pk__in=_awaiting(rows).values("pk"))
    if wanted.words.strip():
        words = wanted.words.strip()
        rows = rows.filter(Q(patent__title__icontains=words) | Q(patent__number__startswith=words.replace(".", "")))
    return rows.select_related("patent", "organisation").order_by(*ORDERS[wanted.order])


def _awaiting(rows: QuerySet[InventoryEntry]) -> QuerySet[InventoryEntry]:
    undecided = TierDecision.objects.filter(entry_id=OuterRef("pk"), superseded_at__isnull=True, confirmed="")
    return rows.filter(Exists(undecided), suggested_tier__in=NEGATIVE)


def sleepers(actor: Actor, as_of: date, inventory: Inventory | None = None) -> QuerySet[InventoryEntry]:
    """Funded patents granted more than five years ago without evidence of exploitation (measure 8, domain §8).

    The same rule as ``rules.tiers.is_sleeper``, as a query.
    """
    years = shipped_rules().thresholds["sleeper"]["years_since_grant"]
    # Strictly more than the years: the last day of grant whose anniversary lies before ``as_of``.
    granted_before = add_years(as_of, -years)
    used = ExploitationEvidence.objects.filter(
        Q(happened_on__isnull=True) | Q(happened_on__lte=as_of),
        patent_id=OuterRef("patent_id"),
        withdrawn_at__isnull=True,
    )
    rows = visible_entries(actor, inventory).filter(
        Q(exploitation="") | Q(exploitation=NOT_EXPLOITED),
        ~Exists(used),
        in_stock=True,
        patent__status_group=ALIVE,
        patent__funding="yes",
        patent__granted_on__lt=granted_before,
    )
    return rows.select_related("patent", "organisation").order_by("patent__granted_on", "id")


@dataclass(frozen=True, slots=True)
class DueFee:
    """An annual fee to pay, reckoned from the filing day on the footing that all earlier ones are paid; ``in_grace``
    True: already late, after the status that the source told."""

    entry: InventoryEntry
    fee: FeeDue
    in_grace: bool


def fees_due(actor: Actor, today: date, within_days: int = 90, inventory: Inventory | None = None) -> list[DueFee]:
    """Annual fees that fall due within some days, earliest first, and those in their grace period where the status
    says that one is unpaid (等年费滞纳金). Patents without a filing or grant day cannot be reckoned and are left
    out; ``unknowns_by_owner`` counts them."""
    rows = visible_entries(actor, inventory).filter(
        in_stock=True,
        patent__status_group__in=(ALIVE, RESTORABLE),
        patent__filed_on__isnull=False,
        patent__granted_on__isnull=False,
    )
    rows = rows.filter(_anniversary_near(today, within_days)).select_related("patent", "organisation")
    found = [due for entry in rows.iterator(chunk_size=2000) for due in _fees_of(entry, today, within_days)]
    return sorted(found, key=lambda due: (due.fee.due_on, due.entry.pk))


def _anniversary_near(today: date, within_days: int) -> Q:
    """Filed on a day of the year whose fee can fall due in the window, so that the rest is never loaded; a due day
    rolls over holidays, hence some days before. A fee in its grace period can belong to any."""
    first, last = today - timedelta(days=ROLL_OVER), today + timedelta(days=min(within_days, 366))
    days = (first + timedelta(days=step) for step in range((last - first).days + 1))
    numbers = {day.month * 100 + day.day for day in days}
    if 228 in numbers:  # in other than leap years the 29th falls due on the 28th
        numbers.add(229)
    return Q(patent__anniversary__in=sorted(numbers)) | Q(patent__status_phase=IN_GRACE)


def _fees_of(entry: InventoryEntry, today: date, within_days: int) -> list[DueFee]:
    patent = entry.patent
    if patent.filed_on is None or patent.granted_on is None or patent.granted_on < patent.filed_on:
        return []
    if patent.status_phase == IN_GRACE:
        late = fee_in_grace(FeeBasis(patent.kind, patent.filed_on, patent.granted_on), today)
        return [DueFee(entry, late, in_grace=True)] if late else []
    fee = next_fee(patent.kind, patent.filed_on, patent.granted_on, today)
    if fee is None or patent.status_group != ALIVE or fee.due_on > today + timedelta(days=within_days):
        return []
    return [DueFee(entry, fee, in_grace=False)]
