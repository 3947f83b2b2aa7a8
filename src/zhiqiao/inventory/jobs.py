"""Long work of the inventory, as the worker runs it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone

from zhiqiao.core.jobs import JobContext
from zhiqiao.inventory.actions import suggest_tiers, take_stock, yearly_inventory
from zhiqiao.inventory.models import Inventory
from zhiqiao.inventory.spreading import appraise_every_patent
from zhiqiao.kernel.dates import parse_date
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.parties.actors import actor_for, operator
from zhiqiao.parties.models import User

CONSOLE = "console:"


def appraise_all(context: JobContext) -> None:
    """Appraise every patent and suggest tiers. Argument ``as_of``: a day in ISO form; today where it is missing.

    Raises ``BadDate`` where it is not a day. Needs no checkpoint: what an earlier attempt appraised comes out the
    same and is not written again.
    """
    asked = context.arguments.get("as_of")
    as_of = parse_date(asked).day if asked else timezone.localdate()
    _appraise_and_tier(context, actor_behind(context), as_of)


def refresh_stock(context: JobContext) -> None:
    """After lists came in, and every night because days go by: what counts as stock, its appraisals and tiers, brought
    up to date. The product does it by itself, whoever sent the lists; a stocktaking that is frozen keeps what it
    counts."""
    actor, today = operator("stock"), timezone.localdate()
    newest = Inventory.objects.order_by("-cutoff_on", "-id").first()
    cutoff = newest.cutoff_on if newest else date(today.year - 1, 12, 31)
    name = newest.name if newest else yearly_inventory(cutoff)
    context.result.say(inventory=name)
    if newest is None or newest.frozen_at is None:
        take_stock(actor=actor, inventory_name=name, cutoff=cutoff, today=today, progress=context.progress)
    _appraise_and_tier(context, actor, today)


def _appraise_and_tier(context: JobContext, actor: Actor, as_of: date) -> None:
    result = context.result
    result.say(as_of=as_of.isoformat())
    appraised = appraise_every_patent(actor=actor, as_of=as_of, progress=context.progress)
    result.count("patents", appraised.patents)
    result.count("appraised", appraised.written)
    result.count("without_total", appraised.without_total)
    tiered = suggest_tiers(actor=actor, entry_ids=None, as_of=as_of, progress=context.progress)
    result.count("tiers_written", tiered.written)
    for tier, entries in tiered.tiers.items():
        result.count(tier, entries)


def actor_behind(context: JobContext) -> Actor:
    """Whoever asked for the job, with the rights they hold now and not those they held when they asked."""
    owner = context.actor
    if owner.actor_id.startswith(CONSOLE):
        return operator(owner.actor_id.removeprefix(CONSOLE))
    try:
        key = UUID(owner.actor_id)
    except ValueError:  # the product itself, or an id of another kind: no person, so no rights
        return PUBLIC
    user = User.objects.filter(public_id=key, is_active=True).first()
    return actor_for(user) if user else PUBLIC
