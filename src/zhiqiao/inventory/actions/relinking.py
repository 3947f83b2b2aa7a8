"""When institutions merge, their stock goes on under the one that lives on."""

from __future__ import annotations

from zhiqiao.core.audit import Work
from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.kernel.batches import in_batches


def relink_entries(work: Work, absorbed: int, survivor: int) -> int:
    """Entries of the absorbed institution move; where the other has an entry for the same patent already, that one
    stands and the absorbed one's stays behind for the record."""
    theirs = InventoryEntry.objects.filter(organisation_id=survivor)
    doubled = set(theirs.values_list("inventory_id", "patent_id"))
    moved = [
        key
        for key, inventory, patent in InventoryEntry.objects.filter(organisation_id=absorbed).values_list(
            "pk", "inventory_id", "patent_id"
        )
        if (inventory, patent) not in doubled
    ]
    for part in in_batches(moved):
        InventoryEntry.objects.filter(pk__in=part).update(organisation_id=survivor, updated_at=work.at)
    return len(moved)
