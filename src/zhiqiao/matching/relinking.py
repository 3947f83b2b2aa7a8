"""After organisations merged: every room's records follow to the one that lives on. Run by the worker."""

from __future__ import annotations

from django.utils import timezone

from zhiqiao.core.actors import SystemActor
from zhiqiao.core.audit import Subject, Work, unit_of_work
from zhiqiao.core.models import OutboxEvent
from zhiqiao.inventory.actions import relink_entries
from zhiqiao.kit.readership import relink_notes
from zhiqiao.matching.models import PushSuggestion
from zhiqiao.matching.profiling import relink_interests
from zhiqiao.matching.pushing import relink_pushes
from zhiqiao.needs.actions import relink_needs
from zhiqiao.parties.actions import MERGED
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.actions import relink_holdings

AT_ONCE = 20  # merges a round


def relink_merged() -> int:
    """Take the merges that nobody followed yet; returns how many. The same event twice changes nothing."""
    waiting = OutboxEvent.objects.filter(queue=MERGED, done_at=None).order_by("id")[:AT_ONCE]
    followed = 0
    for event in waiting:
        with unit_of_work(SystemActor("relink")) as work:
            if OutboxEvent.objects.filter(pk=event.pk, done_at=None).update(done_at=timezone.now()) != 1:
                continue  # another worker is at it
            _follow(work, event.payload["from"], _held_survivor(event.payload["to"]))
            followed += 1
    return followed


def _held_survivor(key: int) -> int:
    """The one that lives on now: it may have been absorbed in its turn since. Writing to its row, though nothing in it
    changes, keeps the next merge waiting until ours is followed; else what we bring could come after it had left."""
    while Organisation.objects.filter(pk=key, merged_into=None).update(merged_into=None) != 1:
        (key,) = Organisation.objects.filter(pk=key).values_list("merged_into_id", flat=True)
    return key


def _follow(work: Work, absorbed: int, survivor: int) -> None:
    counts = {
        "holdings": relink_holdings(work, absorbed, survivor),
        "needs": relink_needs(work, absorbed, survivor),
        "entries": relink_entries(work, absorbed, survivor),
        "notes": relink_notes(absorbed, survivor),
        "pushes": relink_pushes(work, absorbed, survivor),
        "interests": relink_interests(work, absorbed, survivor),
    }
    stale = PushSuggestion.objects.filter(organisation_id=absorbed, superseded_at=None)
    counts["suggestions"] = stale.update(superseded_at=work.at)
    public_id = Organisation.objects.values_list("public_id", flat=True).get(pk=survivor)
    work.record("matching.relink_merged", Subject("parties.organisation", str(public_id)), None, counts)
