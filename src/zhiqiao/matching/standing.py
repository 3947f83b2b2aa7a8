"""What the records say of a patent that was found, for the reader at hand: field, industry, status, tier, maturity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.inventory.selectors.lists import current_inventory, visible_entries
from zhiqiao.kernel.classes import BadClass, IpcSymbol, class_distance, parse_ipc
from zhiqiao.kernel.fees import next_fee
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.industries import industry_names, named
from zhiqiao.registry.models import Patent
from zhiqiao.registry.models.patents import StatusGroup

Reason = dict[str, Any]
NEAREST: Final = 5  # of those found; what field a need is in is told by what lies nearest to it
FEWEST: Final = 2  # others that must have a class, for their field to say anything
FEE_SOON: Final = timedelta(days=90)
STATUS: Final = {
    StatusGroup.ALIVE: "status_in_force",
    StatusGroup.PENDING: "status_pending",
    StatusGroup.RESTORABLE: "status_restorable",
    StatusGroup.DEAD: "status_dead",
    StatusGroup.UNKNOWN: "status_unknown",
}
# How far a class lies from another: same main group or subclass, class, section, nothing shared.
CLASS: Final = ("class_close", "class_close", "class_near", "class_section", "class_far")
AGAINST: Final = frozenset(
    {"class_far", "other_industry", "status_pending", "status_restorable", "status_dead", "status_unknown"}
)


def standings(actor: Actor, patents: Sequence[Patent], industries: Sequence[str] = ()) -> dict[int, list[Reason]]:
    """For each patent found, best first, what the actor may know that speaks for or against it, in a fixed order.

    ``industries``: those of the need or of whoever asks, as codes. Three queries for any number of patents.
    """
    today = timezone.localdate()
    stock = _stock(actor, patents)
    names = industry_names({code for patent in patents for code in _codes(patent.industries)} if industries else ())
    return {
        patent.pk: [
            *_field(patent, patents),
            *_industry(patent, industries, names),
            *_status(patent, today),
            *stock.get(patent.pk, ()),
        ]
        for patent in patents
    }


def _field(patent: Patent, found: Sequence[Patent]) -> Iterator[Reason]:
    """How far its class lies from those of most of the nearest others; nothing where it shares none with them and they
    share none with each other."""
    own = _symbol(patent)
    near = [symbol for each in found[: NEAREST + 1] if each.pk != patent.pk and (symbol := _symbol(each))][:NEAREST]
    if own is None or len(near) < FEWEST:
        return
    distances = Counter(class_distance(own, each) for each in near)
    within = next(far for far in range(5) if 2 * sum(distances[each] for each in range(far + 1)) >= len(near))
    if within == 4 and 2 * max(Counter(each.section for each in near).values()) <= len(near):
        return
    sharing = sum(count for far, count in distances.items() if far <= max(within, 1))
    shared = {1: own.subclass, 2: own.ipc_class, 3: own.section, 4: own.subclass}[max(within, 1)]
    yield _reason(CLASS[within], symbol=shared, sharing=0 if within == 4 else sharing, of=len(near))


def _symbol(patent: Patent) -> IpcSymbol | None:
    try:
        return parse_ipc(patent.main_class)
    except BadClass:
        return None


def _industry(patent: Patent, asked: Sequence[str], names: dict[str, str]) -> Iterator[Reason]:
    """By GB/T 4754: of the same group it is the same, of the same division near; nothing where a side is not known."""
    own, wanted = _codes(patent.industries), _codes(asked)
    if not own or not wanted:
        return
    same = [code for code in own if any(_shared(code, other) >= 3 for other in wanted)]
    near = [code for code in own if any(_shared(code, other) >= 2 for other in wanted)]
    code = "same_industry" if same else "near_industry" if near else "other_industry"
    yield _reason(code, industries=named((same or near or own)[:3], names))


def _codes(industries: Iterable[Any]) -> list[str]:
    told = (str(each.get("code", "") if isinstance(each, Mapping) else each) for each in industries or ())
    return [code for code in told if len(_digits(code)) >= 2 and _digits(code).isdigit()]


def _digits(code: str) -> str:
    return code.lstrip("ABCDEFGHIJKLMNOPQRST")


def _shared(one: str, other: str) -> int:
    pairs = zip(_digits(one), _digits(other), strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(_digits(one)), len(_digits(other))))


def _status(patent: Patent, today: date) -> Iterator[Reason]:
    as_of = patent.status_as_of.isoformat() if patent.status_as_of else ""
    yield _reason(STATUS[StatusGroup(patent.status_group)], as_of=as_of)
    if patent.status_group != StatusGroup.ALIVE or patent.filed_on is None or patent.granted_on is None:
        return
    fee = next_fee(patent.kind, patent.filed_on, max(patent.granted_on, patent.filed_on), today)
    if fee is not None and fee.due_on <= today + FEE_SOON:
        yield _reason("fee_due", due_on=fee.due_on.isoformat(), year=fee.year_number)


def _stock(actor: Actor, patents: Sequence[Patent]) -> dict[int, list[Reason]]:
    """Tier and maturity from the newest stocktaking, of those entries alone that the actor may see."""
    if not actor.signed_in:
        return {}
    entries = visible_entries(actor, current_inventory(actor)).filter(patent__in=[each.pk for each in patents])
    told: dict[int, list[Reason]] = {}
    for entry in entries.order_by("id"):
        told.setdefault(entry.patent_id, list(_of_entry(entry)))
    return told


def _of_entry(entry: InventoryEntry) -> Iterator[Reason]:
    identity = str(entry.public_id)
    if entry.tier:
        yield _reason("tier_in_effect", tier=entry.tier, entry=identity)
    elif entry.suggested_tier:
        yield _reason("tier_suggested", tier=entry.suggested_tier, entry=identity)
    if entry.maturity is not None:
        yield _reason("maturity", maturity=entry.maturity, entry=identity)


def _reason(code: str, **facts: Any) -> Reason:
    return {"code": code, "facts": facts}
