"""From what happened to what is sent: each waiting event becomes a message for every endpoint that wants it and whose
owner may see the record."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhiqiao.core.audit import HEARD, Subject
from zhiqiao.core.models import OutboxEvent
from zhiqiao.hooks.events import Event, by_action
from zhiqiao.hooks.messages import new_message
from zhiqiao.hooks.models import Delivery
from zhiqiao.hooks.selectors import Listener, heard_by, listeners
from zhiqiao.kernel.batches import in_batches

EVENTS_A_ROUND = 200
ROUND_SECONDS = 3.0  # of the housekeeping


def hand_out() -> int:
    """Turn waiting events into messages and deliveries; how many events were worked off. An event and what became of
    it change in one transaction, so that it is handed out once, whoever else is at it."""
    waiting = OutboxEvent.objects.filter(queue=HEARD, done_at=None)
    keys = list(waiting.order_by("id").values_list("pk", flat=True)[:EVENTS_A_ROUND])
    if not keys:
        return 0
    # Read after the events: an endpoint that is missing here is younger than all of them.
    ears = list(listeners())
    if not ears:
        return waiting.filter(pk__in=keys).update(done_at=timezone.now())
    until, done = time.monotonic() + ROUND_SECONDS, 0
    for event in OutboxEvent.objects.filter(pk__in=keys).order_by("id"):
        with transaction.atomic():
            if waiting.filter(pk=event.pk).update(done_at=timezone.now()):
                _hand_out(event.payload, ears)
                done += 1
        if time.monotonic() > until:
            break
    return done


def _hand_out(told: Mapping[str, Any], ears: Sequence[Listener]) -> None:
    event, at = by_action().get(told["action"]), datetime.fromisoformat(told["at"])
    if event is None or event.register.subject != told["subject"]:
        return  # an event of a register that is no more, or about another kind of record
    wanting = [each for each in ears if each.endpoint.wants(event.kind) and each.endpoint.created_at <= at]
    for ids in in_batches(told["ids"]):
        _send_to(_hearing(event, wanting, ids), event, at)


def _hearing(event: Event, wanting: Sequence[Listener], ids: Sequence[str]) -> dict[str, list[int]]:
    """Record → keys of the endpoints that may hear of it."""
    seen: dict[tuple[int, int | None], set[str]] = {}
    hearing: dict[str, list[int]] = defaultdict(list)
    for listener in wanting:
        if listener.ears not in seen:
            seen[listener.ears] = heard_by(listener.actor, event.register, ids)
        for public_id in seen[listener.ears]:
            hearing[public_id].append(listener.endpoint.pk)
    return hearing


def _send_to(hearing: Mapping[str, Sequence[int]], event: Event, at: datetime) -> None:
    register = event.register
    deliveries: list[Delivery] = []
    for public_id, endpoints in hearing.items():
        message = new_message(event.kind, register.name, register.path, Subject(register.subject, public_id), at)
        message.save()
        deliveries += [Delivery(endpoint_id=key, message=message) for key in endpoints]
    Delivery.objects.bulk_create(deliveries, batch_size=500)
