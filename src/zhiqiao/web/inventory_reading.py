"""Reading of the inventory that its own selectors do not offer yet."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from zhiqiao.inventory.models import InventoryEntry, TierDecision
from zhiqiao.inventory.policies import ENTRIES
from zhiqiao.kernel.errors import NotFound
from zhiqiao.parties.actors import Actor


def current_decisions(entries: Sequence[int]) -> dict[int, TierDecision]:
    """The standing tier decision of each entry that has one, in one query."""
    standing = TierDecision.objects.filter(entry_id__in=entries, superseded_at=None)
    return {decision.entry_id: decision for decision in standing}


def entry_for(actor: Actor, public_id: UUID) -> InventoryEntry:
    """Raises ``NotFound`` where absent or hidden."""
    entries = InventoryEntry.objects.select_related("patent", "organisation", "inventory")
    entry = ENTRIES.visible(actor, entries).filter(public_id=public_id).first()
    if entry is None:
        raise NotFound
    return entry
