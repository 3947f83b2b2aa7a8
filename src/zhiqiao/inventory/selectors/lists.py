"""Lists over the inventory, for paging and export, of the newest stocktaking where none is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, overload

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import Exact

from zhiqiao.core.keysets import Unsought
from zhiqiao.inventory.models import Inventory, InventoryEntry, TierDecision
from zhiqiao.inventory.policies import ENTRIES, INVENTORIES
from zhiqiao.inventory.rules.facts import ALIVE
from zhiqiao.inventory.rules.measures import NOT_EXPLOITED
from zhiqiao.inventory.rules.tiers import NEGATIVE
from zhiqiao.inventory.selectors.tier_rules import rules_in_force
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.fees import FeeBasis, FeeDue, fee_in_grace, next_fee
from zhiqiao.kernel.periods import add_years
from zhiqiao.kit.actors import Actor
from zhiqiao.registry.models import ExploitationEvidence, Patent

IN_GRACE: Final = "in_grace"
ROLL_OVER: Final = 15  # days; the longest holiday with the days it is joined to is shorter
SETTLED: Final = timedelta(days=366)

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
    entries = InventoryEntry.objects.filter(inventory=chosen)
    if not actor.reads_city:
        # The rule says so for each reason to see an entry; said once, it leads the database to these alone.
        entries = entries.filter(organisation__in=actor.organisations)
    return ENTRIES.visible(actor, entries)


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
        rows = awaiting(rows) if wanted.awaiting else rows.exclude(pk__in=awaiting(rows).values("pk"))
    if wanted.words.strip():
        words = wanted.words.strip()
        rows = rows.filter(Q(patent__title__icontains=words) | Q(patent__number__startswith=words.replace(".", "")))
    return rows.select_related("patent", "organisation").order_by(*ORDERS[wanted.order])


def awaiting(rows: QuerySet[InventoryEntry]) -> QuerySet[InventoryEntry]:
    """Those for which the rules suggest a negative tier that no person has decided on."""
    undecided = TierDecision.objects.filter(entry_id=OuterRef("pk"), superseded_at__isnull=True, confirmed="")
    return rows.filter(Exists(undecided), suggested_tier__in=NEGATIVE)


def sleepers(actor: Actor, as_of: date, inventory: Inventory | None = None) -> QuerySet[InventoryEntry]:
    """Funded patents granted more than five years ago without evidence of exploitation (measure 8, domain §8)."""
    rows = asleep(visible_entries(actor, inventory), as_of)
    return rows.select_related("patent", "organisation").order_by("patent__granted_on", "id")


def asleep(rows: QuerySet[InventoryEntry], as_of: date) -> QuerySet[InventoryEntry]:
    """The same rule as ``rules.tiers.is_sleeper``, as a query."""
    used = ExploitationEvidence.objects.filter(
        Q(happened_on__isnull=True) | Q(happened_on__lte=as_of),
        patent_id=OuterRef("patent_id"),
        withdrawn_at__isnull=True,
    )
    return rows.filter(
        Exact(Unsought("patent__status_group"), ALIVE),
        Q(exploitation="") | Q(exploitation=NOT_EXPLOITED),
        ~Exists(used),
        in_stock=True,
        patent__funding="yes",
        patent__granted_on__lt=_granted_before(as_of),
    )


def may_sleep(as_of: date) -> QuerySet[Patent]:
    """Patents of which some may be asleep: no other is."""
    return Patent.objects.filter(status_group=ALIVE, funding="yes", granted_on__lt=_granted_before(as_of))


def _granted_before(as_of: date) -> date:
    # Strictly more than the years: the last day of grant whose anniversary lies before ``as_of``.
    return add_years(as_of, -rules_in_force().thresholds["sleeper"]["years_since_grant"])


@dataclass(frozen=True, slots=True)
class DueFee:
    """An annual fee to pay, reckoned from the filing day on the footing that all earlier ones are paid; ``in_grace``
    True: already late, after the status that the source told."""

    entry: InventoryEntry
    fee: FeeDue
    in_grace: bool


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A fee before its entry is loaded."""

    entry_id: int
    fee: FeeDue
    in_grace: bool


class DueFees(Sequence[DueFee]):
    """Fees due, earliest first. Entries are loaded for the part looked at; the figures need none of them."""

    def __init__(self, reckoned: Sequence[Reckoned]) -> None:
        self._reckoned = reckoned

    def __len__(self) -> int:
        return len(self._reckoned)

    @overload
    def __getitem__(self, place: int) -> DueFee: ...
    @overload
    def __getitem__(self, place: slice) -> list[DueFee]: ...
    def __getitem__(self, place: int | slice) -> DueFee | list[DueFee]:
        if isinstance(place, slice):
            return _with_entries(self._reckoned[place])
        return _with_entries([self._reckoned[place]])[0]

    def __iter__(self) -> Iterator[DueFee]:
        for batch in in_batches(self._reckoned):
            yield from _with_entries(batch)

    @property
    def late(self) -> int:
        return sum(each.in_grace for each in self._reckoned)

    @property
    def total(self) -> Decimal:
        """Yuan, surcharges as they stand today."""
        return sum((each.fee.total for each in self._reckoned), Decimal(0))

    @property
    def provisional(self) -> bool:
        """Whether a due day rests on a holiday plan not published yet."""
        return any(each.fee.provisional for each in self._reckoned)


def fees_due(actor: Actor, today: date, within_days: int = 90, inventory: Inventory | None = None) -> DueFees:
    """Annual fees that fall due within some days, and those in their grace period where the status says that one is
    unpaid (等年费滞纳金). Patents without a filing or grant day cannot be reckoned and are left out;
    ``unknowns_by_owner`` counts them."""
    rows = visible_entries(actor, inventory).filter(
        _anniversary_near(today, within_days),
        in_stock=True,
        patent__status_group=ALIVE,
        patent__filed_on__isnull=False,
        patent__granted_on__isnull=False,
    )
    columns = ("id", "patent__kind", "patent__filed_on", "patent__granted_on", "patent__status_phase")
    last, found = today + timedelta(days=within_days), []
    for key, kind, filed_on, granted_on, phase in rows.values_list(*columns).iterator(chunk_size=2000):
        if filed_on is None or granted_on is None or granted_on < filed_on:
            continue
        late = phase == IN_GRACE
        # Long granted: the day of grant no longer matters, and patents filed on one day share one reckoning.
        settled = granted_on + SETTLED <= today
        fee = (_late_fee if late else _next_fee)(kind, filed_on, filed_on if settled else granted_on, today)
        if fee is not None and (late or fee.due_on <= last):
            found.append(Reckoned(key, fee, late))
    return DueFees(sorted(found, key=lambda each: (each.fee.due_on, each.entry_id)))


def _with_entries(reckoned: Sequence[Reckoned]) -> list[DueFee]:
    entries = InventoryEntry.objects.select_related("patent", "organisation").in_bulk(
        [each.entry_id for each in reckoned]
    )
    return [DueFee(entries[each.entry_id], each.fee, each.in_grace) for each in reckoned]


@lru_cache(maxsize=32768)
def _next_fee(kind: str, filed_on: date, granted_on: date, today: date) -> FeeDue | None:
    return next_fee(kind, filed_on, granted_on, today)


@lru_cache(maxsize=4096)
def _late_fee(kind: str, filed_on: date, granted_on: date, today: date) -> FeeDue | None:
    return fee_in_grace(FeeBasis(kind, filed_on, granted_on), today)


def _anniversary_near(today: date, within_days: int) -> Q:
    """Filed on a day of the year whose fee can fall due in the window, so that the rest is never read; a due day rolls
    over holidays, hence some days before. A fee in its grace period can belong to any."""
    first, last = today - timedelta(days=ROLL_OVER), today + timedelta(days=min(within_days, 366))
    days = (first + timedelta(days=step) for step in range((last - first).days + 1))
    numbers = {day.month * 100 + day.day for day in days}
    if 228 in numbers:  # in other than leap years the 29th falls due on the 28th
        numbers.add(229)
    return Q(patent__anniversary__in=sorted(numbers)) | Q(patent__status_phase=IN_GRACE)
