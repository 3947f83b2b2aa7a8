"""One entry with its decision and appraisal, for whoever may see it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from zhiqiao.inventory.models import Appraisal, InventoryEntry, TierDecision
from zhiqiao.inventory.policies import APPRAISALS, ENTRIES
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.permissions import VIEW


def entry_to(actor: Actor, verb: str, public_id: UUID) -> InventoryEntry:
    """The entry, if the actor may do this to it. Raises ``NotFound`` where it is absent or hidden, ``Forbidden``
    where it may only be seen."""
    entry = (
        InventoryEntry.objects.select_related("patent", "organisation", "inventory").filter(public_id=public_id).first()
    )
    if entry is None or not ENTRIES.may(actor, VIEW, entry):
        raise NotFound
    ENTRIES.require(actor, verb, entry)
    return entry


def entry_for(actor: Actor, public_id: UUID) -> InventoryEntry:
    """The entry, to look at. Raises ``NotFound`` where it is absent or hidden."""
    return entry_to(actor, VIEW, public_id)


def current_decisions(entries: Sequence[int]) -> dict[int, TierDecision]:
    """The standing tier decision of each of these entries that has one; the caller has seen to who may see them."""
    standing = TierDecision.objects.filter(entry_id__in=entries, superseded_at__isnull=True)
    return {decision.entry_id: decision for decision in standing}


def current_appraisal(actor: Actor, patent_id: int) -> Appraisal | None:
    """The appraisal that stands for a patent; None where there is none or the actor may not see it."""
    standing = Appraisal.objects.filter(patent_id=patent_id, superseded_at__isnull=True)
    return APPRAISALS.visible(actor, standing).order_by("-computed_at", "-id").first()
