"""Sending what is due: beside the housekeeping, one lane an endpoint, so that a slow receiver holds up nobody else.

A delivery is claimed by one UPDATE that only one worker can win and held for longer than a call can last. Who dies
between the call and its mark leaves it to be sent again under the same id: at least once, never lost.
"""

from __future__ import annotations

import random
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from zhiqiao.core.actors import SystemActor
from zhiqiao.core.audit import unit_of_work
from zhiqiao.hooks.actions import STEADY, close_endpoint
from zhiqiao.hooks.events import TEST
from zhiqiao.hooks.models import Delivery, Endpoint, Message, WhyOff
from zhiqiao.hooks.rules import GIVEN_UP_AFTER, GONE, headers_of, pause_after
from zhiqiao.hooks.selectors import heard_by, listener_of
from zhiqiao.hooks.transport import Answer, post
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.catalogue import register_named

LANES = 8
ROUND_SECONDS = 20.0  # in which new calls begin
HELD = timedelta(minutes=2)  # longer than a name can take to resolve and a call to be given up
CANDIDATES = 4
HISTORY_KEPT = 50  # attempts
SYSTEM = SystemActor("webhooks")

log = structlog.get_logger(__name__)
_beginning = threading.Lock()
_rounds: list[threading.Thread] = []


def send_due() -> None:
    """Begin a round of sending in a thread of its own, unless there is nothing to send or this process is at it."""
    with _beginning:
        if any(each.is_alive() for each in _rounds) or not due(timezone.now()).exists():
            return
        # Not a daemon: who ends the worker waits for the calls that are out, never for new ones.
        _rounds[:] = [threading.Thread(target=_round, name="webhooks")]
        _rounds[0].start()


def _round() -> None:
    try:
        deliver_due()
    except Exception:  # noqa: BLE001 -- as for every task of the housekeeping: the next round tries again
        log.error("webhooks_failed", trace=traceback.format_exc())
    finally:
        connection.close()


def due(now: datetime) -> QuerySet[Delivery]:
    free = Q(held_until=None) | Q(held_until__lte=now)
    return Delivery.objects.filter(free, state=Delivery.State.WAITING, next_at__lte=now)


def deliver_due() -> int:
    """Send for a while; how many attempts were made. Endpoints that fail come last."""
    waiting = due(timezone.now()).order_by().values_list("endpoint_id", "endpoint__failures").distinct()
    endpoints = [key for key, _ in sorted(waiting, key=lambda each: (each[1], each[0]))]
    until = time.monotonic() + ROUND_SECONDS
    with ThreadPoolExecutor(max(1, min(LANES, len(endpoints))), thread_name_prefix="webhooks") as lanes:
        return sum(lanes.map(lambda key: _lane_in_thread(key, until), endpoints))


def _lane_in_thread(endpoint: int, until: float) -> int:
    try:
        return deliver_to(endpoint, until)
    finally:
        connection.close()


def deliver_to(endpoint: int, until: float = float("inf")) -> int:
    """What is due for one endpoint, one after the other; the first that fails ends it for this round."""
    attempts = 0
    while time.monotonic() < until and threading.main_thread().is_alive():
        delivery = claim_next(endpoint, timezone.now())
        if delivery is None:
            break
        attempts += 1
        if not attempt(delivery):
            break
    return attempts


def claim_next(endpoint: int, now: datetime) -> Delivery | None:
    """The delivery that is due first, held and with its attempt counted; None where nothing is left."""
    candidates = due(now).filter(endpoint_id=endpoint).order_by("next_at", "id")
    for key in list(candidates.values_list("pk", flat=True)[:CANDIDATES]):
        if due(now).filter(pk=key).update(held_until=now + HELD, attempts=F("attempts") + 1):
            return Delivery.objects.select_related("endpoint__owner", "message").get(pk=key)
    return None


def attempt(delivery: Delivery) -> bool:
    """Send a delivery that was claimed, and write down how it went. False: leave the receiver alone for a while."""
    refused = _refused(delivery.endpoint, delivery.message)
    if refused:
        _end(delivery, Delivery.State.FAILED, last_error=refused)
        return True
    now = timezone.now()
    message, endpoint = delivery.message, delivery.endpoint
    headers = headers_of(message.message_id, now, message.body, secrets_of(endpoint, now))
    headers["content-type"] = "application/json"
    answer = post(endpoint.url, headers, message.body.encode(), private=settings.ZHIQIAO_HOOKS_PRIVATE)
    settle(delivery, answer, timezone.now())
    return answer.taken


def _refused(endpoint: Endpoint, message: Message) -> str:
    """Why it must not be sent, looked at right before it is: rights end and records are withdrawn meanwhile."""
    if not endpoint.active:
        return "hook_off"
    actor = listener_of(endpoint)
    if actor is None:
        return "owner_gone"
    if message.kind == TEST:
        return ""
    try:
        register = register_named(message.register)
    except NotFound:
        return "record_hidden"
    return "" if heard_by(actor, register, [message.subject_id]) else "record_hidden"


def secrets_of(endpoint: Endpoint, now: datetime) -> list[str]:
    """The newest first; the one before it while its time runs."""
    still_good = endpoint.previous_until is not None and now < endpoint.previous_until
    return [endpoint.secret, *([endpoint.previous_secret] if still_good and endpoint.previous_secret else [])]


def settle(delivery: Delivery, answer: Answer, now: datetime) -> None:
    if answer.taken:
        if _end(delivery, Delivery.State.DELIVERED, **_told(delivery, answer, now)):
            Endpoint.objects.filter(pk=delivery.endpoint_id).update(**STEADY, last_taken_at=now)
        return
    _note_failure(delivery, answer, now)
    # In this order: a delivery whose endpoint is switched off now has failed with the others.
    _count_failure(delivery.endpoint, now, gone=answer.status == GONE)


def _note_failure(delivery: Delivery, answer: Answer, now: datetime) -> None:
    failures = delivery.attempts - delivery.earlier_attempts
    chance = random.random()  # noqa: S311 -- spreads attempts, guards nothing
    pause = pause_after(failures, chance, answer.retry_after)
    told = _told(delivery, answer, now)
    if pause is None:
        _end(delivery, Delivery.State.FAILED, **told)
    else:
        mine(delivery).update(next_at=now + pause, held_until=None, **told)


def _told(delivery: Delivery, answer: Answer, now: datetime) -> dict[str, object]:
    error = answer.error or ("" if answer.taken else "status_refused")
    line = {"at": now.isoformat(), "status": answer.status, "error": error, "ms": answer.milliseconds}
    return {
        "last_status": answer.status,
        "last_error": error,
        "milliseconds": answer.milliseconds,
        "answer": answer.text,
        "history": [*delivery.history, line][-HISTORY_KEPT:],
    }


def mine(delivery: Delivery) -> QuerySet[Delivery]:
    """The delivery as long as no later attempt was begun and nobody ended it."""
    return Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, attempts=delivery.attempts)


def _end(delivery: Delivery, state: Delivery.State, **told: object) -> bool:
    return bool(mine(delivery).update(state=state, held_until=None, ended_at=timezone.now(), **told))


def _count_failure(endpoint: Endpoint, now: datetime, *, gone: bool) -> None:
    row = Endpoint.objects.filter(pk=endpoint.pk)
    row.update(failures=F("failures") + 1)
    row.filter(failing_since=None).update(failing_since=now)
    why = WhyOff.GONE if gone else WhyOff.FAILED
    if gone or row.filter(active=True, failing_since__lte=now - GIVEN_UP_AFTER).exists():
        with unit_of_work(SYSTEM) as work:
            close_endpoint(work, endpoint, why)
