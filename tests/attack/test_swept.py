"""What is swept away with time, and what never is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.attack.conftest import City
from zhiqiao.conf.environment import BadSetting, days
from zhiqiao.core import sweeping
from zhiqiao.core.audit import HEARD
from zhiqiao.core.models import AuditEntry, OutboxEvent
from zhiqiao.core.pending import pending_writes
from zhiqiao.core.seal import seal_everything, verify_here
from zhiqiao.core.sweeping import sweep_events
from zhiqiao.hooks.actions import redeliver
from zhiqiao.hooks.models import Delivery, Endpoint, Message
from zhiqiao.hooks.sending import due
from zhiqiao.hooks.sweeping import sweep_deliveries
from zhiqiao.needs.actions import publish_need
from zhiqiao.parties.actors import actor_for

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=400)


def event(queue: str, done: bool, **payload: Any) -> OutboxEvent:
    return OutboxEvent.objects.create(
        queue=queue, payload=payload, created_at=LONG_AGO, not_before=LONG_AGO, done_at=LONG_AGO if done else None
    )


def test_only_what_was_worked_off_goes_and_only_after_a_while(city: City) -> None:
    patent = city.records["open_patent"]
    waiting = {event("index.patents", False, ids=[patent.pk]).pk, event(HEARD, False).pk}
    fresh = OutboxEvent.objects.create(queue="index.patents", done_at=NOW - timedelta(days=6)).pk
    before = set(OutboxEvent.objects.values_list("pk", flat=True))
    old = {event("index.patents", True, ids=[1]).pk, event(HEARD, True).pk, event("parties.merged", True).pk}
    tail = pending_writes("patents", frozenset({"city"})).superseded
    assert sweep_events() == len(old) and sweep_events() == 0
    assert set(OutboxEvent.objects.values_list("pk", flat=True)) == before >= waiting | {fresh}
    assert pending_writes("patents", frozenset({"city"})).superseded == tail


def test_sweeping_leaves_the_trail_alone(city: City) -> None:
    publish_need(actor=actor_for(city.people["firm"]), need=city.records["own_need"])
    OutboxEvent.objects.update(done_at=LONG_AGO)
    entries = AuditEntry.objects.count()
    assert sweep_events() > 0 and AuditEntry.objects.count() == entries > 0
    seal_everything()
    assert {code for code, _facts in verify_here().problems} <= {"heads_missing"}, "noted after the test's commit"


def test_a_round_is_small_and_an_idle_one_only_looks(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    for _ in range(5):
        event("index.needs", True)
    assert [sweep_events() for _ in range(4)] == [2, 2, 1, 0]
    with CaptureQueriesContext(connection) as queries:
        assert sweep_events() == sweep_deliveries() == 0
    assert [each["sql"][:6] for each in queries] == ["SELECT", "SELECT"]


@pytest.fixture
def endpoint(city: City) -> Endpoint:
    owner = city.people["firm"]
    return Endpoint.objects.create(owner=owner, name="平台", url="https://a.example.org/", secret="whsec_eA==")


def message() -> Message:
    return Message.objects.create(
        kind="need.stated", register="need", subject_type="needs.need", subject_id="x", at=LONG_AGO, body="{}",
        created_at=LONG_AGO,
    )  # fmt: skip


def delivery(endpoint: Endpoint, state: str, ended: Any, told: Message | None = None) -> Delivery:
    return Delivery.objects.create(
        endpoint=endpoint, message=told or message(), state=state, created_at=LONG_AGO, next_at=LONG_AGO, ended_at=ended
    )


def test_deliveries_go_with_their_messages_when_they_ended_long_ago(city: City, endpoint: Endpoint) -> None:
    both, other = (
        message(),
        Endpoint.objects.create(
            owner=city.people["firm"], name="另一平台", url="https://b.example.org/", secret="whsec_eA=="
        ),
    )
    swept = [delivery(endpoint, "delivered", LONG_AGO), delivery(endpoint, "failed", LONG_AGO)]
    swept += [delivery(endpoint, "delivered", LONG_AGO, both)]
    kept = [delivery(other, "waiting", None, both), delivery(endpoint, "failed", NOW - timedelta(days=89))]
    retried = delivery(endpoint, "failed", LONG_AGO)
    redeliver(actor=actor_for(city.people["firm"]), delivery=retried)
    assert sweep_deliveries() == len(swept)
    assert set(Delivery.objects.all()) == {*kept, retried}
    assert set(Message.objects.values_list("pk", flat=True)) == {each.message_id for each in (*kept, retried)}
    assert set(due(timezone.now()).values_list("pk", flat=True)) == {kept[0].pk, retried.pk}, "both are still tried"


def test_one_that_is_delivered_again_while_it_is_swept_stays(
    city: City, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = delivery(endpoint, "failed", LONG_AGO)
    found = transaction.atomic

    def meanwhile(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(transaction, "atomic", found)
        redeliver(actor=actor_for(city.people["firm"]), delivery=old)
        return found(*given, **more)

    monkeypatch.setattr(transaction, "atomic", meanwhile)
    assert sweep_deliveries() == 0
    assert Delivery.objects.get().state == "waiting" and Message.objects.exists()


@pytest.mark.parametrize("text", ["0", "-1", "4000", "7 days", "x", "1.5", "٣", "99999999"])
def test_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadSetting):
        days("ZHIQIAO_KEEP_EVENTS", text)


def test_span_in_days() -> None:
    assert (days("x", " 7 "), days("x", "3653")) == (timedelta(days=7), timedelta(days=3653))
