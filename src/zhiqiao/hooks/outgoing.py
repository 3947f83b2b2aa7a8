"""From what happened to what is sent: each waiting event becomes a message for every endpoint that wants it and whose
owner may see the record."""

from __future__ import annotations

import time
import traceback
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
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
FIRST_PAUSE = timedelta(seconds=30)
MOST_ATTEMPTS = 6  # some eight hours

log = structlog.get_logger(__name__)


def hand_out() -> int:
    """Turn waiting events into messages and deliveries; how many events were worked off."""
    keys = list(waiting(timezone.now()).order_by("id").values_list("pk", flat=True)[:EVENTS_A_ROUND])
    if not keys:
        return 0
    # Read after the events: an endpoint that is missing here is younger than all of them.
    ears = list(listeners())
    if not ears:
        return waiting(timezone.now()).filter(pk__in=keys).update(done_at=timezone.now())
    until, done = time.monotonic() + ROUND_SECONDS, 0
    for event in OutboxEvent.objects.filter(pk__in=keys).order_by("id"):
        done += _worked_off(event, ears)
        if time.monotonic() > until:
            break
    return done


def waiting(now: datetime) -> QuerySet[OutboxEvent]:
    return OutboxEvent.objects.filter(queue=HEARD, done_at=None, not_before__lte=now)


def _worked_off(event: OutboxEvent, ears: Sequence[Listener]) -> bool:
    """An event and what becomes of it change in one transaction, so that it is handed out once, whoever else is at it.
    One that cannot be handed out waits aside, ever longer, and holds up none of the others."""
    now = timezone.now()
    try:
        with transaction.atomic():
            mine = waiting(now).filter(pk=event.pk).update(done_at=now) == 1
            if mine:
                _hand_out(event.payload, ears)
        return mine
    except Exception:  # noqa: BLE001 -- whatever is wrong with one event, the next ones are somebody else's
        log.error("webhook_event_failed", event_id=event.pk, trace=traceback.format_exc())
        again = now + FIRST_PAUSE * 4**event.attempts
        given_up = now if event.attempts + 1 >= MOST_ATTEMPTS else None
        OutboxEvent.objects.filter(pk=event.pk, done_at=None).update(
            attempts=F("attempts") + 1, not_before=again, done_at=given_up
        )
        return False


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
