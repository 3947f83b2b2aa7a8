"""One entry, for whoever may see it."""

from __future__ import annotations

from uuid import UUID

from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.inventory.policies import ENTRIES
from zhiqiao.kernel.errors import NotFound
from zhiqiao.parties.actors import Actor
from zhiqiao.parties.permissions import VIEW


def entry_to(actor: Actor, verb: str, public_id: UUID) -> InventoryEntry:
    """The entry, if the actor may do this to it. Raises ``NotFound`` where it is absent or hidden, ``Forbidden``
    where it may only be seen."""
    entry = InventoryEntry.objects.select_related("patent", "organisation").filter(public_id=public_id).first()
    if entry is None:
        raise NotFound
    ENTRIES.require(actor, verb, entry)
    return entry


def entry_for(actor: Actor, public_id: UUID) -> InventoryEntry:
    """The entry, to look at. Raises ``NotFound`` where it is absent or hidden."""
    return entry_to(actor, VIEW, public_id)
