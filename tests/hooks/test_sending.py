"""From what happened to what arrives: who hears what, how often it is tried, and what dies on the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from tests.hooks.conftest import Receiver, Reply, listening, sent, stated
from tests.parties.conftest import user_of
from zhiqiao.core.models import AuditEntry, OutboxEvent
from zhiqiao.hooks import sending, transport
from zhiqiao.hooks.actions import rotate_secret, send_test
from zhiqiao.hooks.models import Delivery, Endpoint, EndpointState, Message, WhyOff
from zhiqiao.hooks.outgoing import hand_out
from zhiqiao.hooks.rules import SCHEDULE
from zhiqiao.hooks.sending import HELD, claim_next, deliver_due, deliver_to, send_due
from zhiqiao.hooks.transport import Answer
from zhiqiao.kit.actors import Actor
from zhiqiao.needs.actions import close_need, hide_need
from zhiqiao.parties.actions import close_login, end_role
from zhiqiao.parties.models import Membership, Organisation

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PATIENCE = 60  # seconds that only what is broken takes
Member = Callable[..., Actor]
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as frozen:
        yield frozen


def test_what_is_sent(listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation) -> None:
    need = stated(listener, firm)
    delivery = sent(endpoint)
    told = receiver.verified(endpoint.secret_once)[0]
    assert told["type"] == "need.stated" and told["data"] == {
        "register": "needs", "id": str(need.public_id), "address": f"/api/v1/needs/{need.public_id}/",
    }  # fmt: skip
    entry = AuditEntry.objects.get(action="needs.state_need")
    assert datetime.fromisoformat(told["timestamp"]) == entry.at and told["timestamp"].endswith("Z")
    assert receiver.received[0].id == delivery.message.message_id and "." not in delivery.message.message_id
    assert receiver.received[0].headers["content-type"] == "application/json"
    assert (delivery.state, delivery.attempts, delivery.last_status) == (Delivery.State.DELIVERED, 1, 204)
    assert [line["status"] for line in delivery.history] == [204]
    kept = Endpoint.objects.get()
    assert kept.last_taken_at is not None and kept.failures == 0


def test_an_origin_makes_the_address_whole(
    listener: Actor, endpoint: Endpoint, firm: Organisation, settings: Any
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://zhiqiao.example.org"]
    need = stated(listener, firm)
    assert f'"https://zhiqiao.example.org/api/v1/needs/{need.public_id}/"' in sent(endpoint).message.body


def test_each_hears_what_they_may_see_and_asked_for(
    listener: Actor, receiver: Receiver, firm: Organisation, member: Member, organisation: Callable[..., Organisation]
) -> None:
    rival = member("enterprise_member", organisation("示例玩具厂"))
    officer = member("bureau_officer")
    own = listening(listener, receiver)
    elsewhere, city = listening(rival, receiver), listening(officer, receiver, kinds=("need.closed",))
    need = stated(listener, firm)
    close_need(actor=listener, need=need)
    public = stated(listener, firm, published=True)
    hand_out()
    heard = {
        endpoint.pk: sorted(Delivery.objects.filter(endpoint=endpoint).values_list("message__kind", flat=True))
        for endpoint in (own, elsewhere, city)
    }
    assert heard == {
        own.pk: ["need.closed", "need.stated", "need.stated"], elsewhere.pk: ["need.stated"], city.pk: ["need.closed"],
    }  # fmt: skip
    assert Delivery.objects.get(endpoint=elsewhere).message.subject_id == str(public.public_id)
    assert Message.objects.count() == 3  # one for all who hear of it


def test_with_an_organisation_only_its_roles_hear(
    receiver: Receiver, firm: Organisation, member: Member, bureau: Actor, listener: Actor
) -> None:
    endpoint = listening(listener, receiver, organisation=firm)
    stated(listener, firm)
    assert sent(endpoint).state == Delivery.State.DELIVERED
    end_role(actor=bureau, membership=Membership.objects.get(user=user_of(listener)))
    stated(member("enterprise_member", firm), firm, published=True)
    hand_out()
    assert Delivery.objects.count() == 1


def test_what_happened_before_one_listened_is_not_told(listener: Actor, receiver: Receiver, firm: Organisation) -> None:
    stated(listener, firm)
    listening(listener, receiver)
    assert hand_out() and not Delivery.objects.exists()
    assert not OutboxEvent.objects.filter(queue="webhooks", done_at=None).exists()


def test_without_listeners_events_are_worked_off(listener: Actor, firm: Organisation) -> None:
    stated(listener, firm)
    assert hand_out() and not hand_out() and not Message.objects.exists()


def test_many_records_of_one_change_are_one_event(
    listener: Actor, endpoint: Endpoint, firm: Organisation, django_assert_max_num_queries: Any
) -> None:
    ids = [str(stated(listener, firm).public_id) for _ in range(4)]
    waiting = OutboxEvent.objects.filter(queue="webhooks")
    payload = {**waiting.latest("id").payload, "ids": ids}
    waiting.delete()
    OutboxEvent.objects.create(queue="webhooks", payload=payload)
    with django_assert_max_num_queries(16):
        hand_out()
    assert Delivery.objects.count() == 4


def test_an_event_that_cannot_be_handed_out_holds_up_nobody(
    clock: Any, listener: Actor, endpoint: Endpoint, firm: Organisation
) -> None:
    stated(listener, firm)
    good = OutboxEvent.objects.filter(queue="webhooks").latest("id")
    broken = OutboxEvent.objects.create(queue="webhooks", payload={**good.payload, "ids": ["no id at all"]})
    stated(listener, firm)
    hand_out()
    assert Delivery.objects.count() == 2
    for attempts in range(1, 7):
        broken.refresh_from_db()
        assert broken.attempts == attempts and (broken.done_at is not None) is (attempts == 6)
        hand_out()
        clock.shift(broken.not_before - timezone.now())
        hand_out()
    broken.refresh_from_db()
    assert broken.attempts == 6 and broken.done_at is not None and Delivery.objects.count() == 2


def test_rights_are_looked_at_again_right_before_sending(
    listener: Actor, receiver: Receiver, firm: Organisation, member: Member, organisation: Callable[..., Organisation]
) -> None:
    elsewhere = listening(member("enterprise_member", organisation("示例玩具厂")), receiver)
    need = stated(listener, firm, published=True)
    hand_out()
    hide_need(actor=listener, need=need)
    deliver_to(elsewhere.pk)
    refused = Delivery.objects.filter(endpoint=elsewhere).earliest("id")
    assert (refused.state, refused.last_error) == (Delivery.State.FAILED, "record_hidden") and not receiver.received


def test_who_cannot_sign_in_hears_nothing(
    listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation, member: Member
) -> None:
    stated(listener, firm)
    hand_out()
    close_login(actor=member("system_admin"), user=user_of(listener))
    deliver_to(endpoint.pk)
    assert Delivery.objects.get().last_error == "owner_gone" and receiver.received == []
    stated(member("enterprise_member", firm), firm)
    hand_out()
    assert Delivery.objects.count() == 1


def test_tried_again_after_the_schedule_then_given_up(
    clock: Any, listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation
) -> None:
    receiver.answers(Reply(500, body="坏了\x00".encode()))
    stated(listener, firm)
    for number, pause in enumerate([*SCHEDULE[1:], None], start=1):
        delivery = sent(endpoint)
        assert (delivery.attempts, delivery.last_status, delivery.answer) == (number, 500, "坏了")
        if pause is None:
            break
        wait = (delivery.next_at - timezone.now()).total_seconds()
        assert pause <= wait <= pause * 1.1 and delivery.state == Delivery.State.WAITING
        clock.shift(wait - 0.01)
        assert deliver_to(endpoint.pk) == 0
        clock.shift(0.02)
    assert delivery.state == Delivery.State.FAILED and delivery.ended_at is not None
    assert len(receiver.received) == 10 and len({each.id for each in receiver.received}) == 1
    assert len({each.headers["webhook-timestamp"] for each in receiver.received}) == 10
    assert len({each.body for each in receiver.received}) == 1 and len(delivery.history) == 10
    clock.shift(10**6)
    assert deliver_to(endpoint.pk) == 0 and Endpoint.objects.get().state is EndpointState.FAILING


def test_a_receiver_that_recovers(
    clock: Any, listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation
) -> None:
    receiver.answers(Reply(503, {"retry-after": "600"}), 200)
    stated(listener, firm)
    assert sent(endpoint).next_at == NOW + timedelta(minutes=10)
    assert Endpoint.objects.get().failing_since == NOW
    clock.shift(601)
    assert sent(endpoint).state == Delivery.State.DELIVERED
    kept = Endpoint.objects.get()
    assert (kept.failures, kept.failing_since) == (0, None)


def test_the_first_failure_ends_a_round_for_that_receiver(
    listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation
) -> None:
    receiver.answers(429)
    for _ in range(3):
        stated(listener, firm)
    hand_out()
    assert deliver_to(endpoint.pk) == 1 and len(receiver.received) == 1


def test_a_receiver_that_wants_no_more(
    listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation
) -> None:
    receiver.answers(410)
    for _ in range(2):
        stated(listener, firm)
    hand_out()
    deliver_to(endpoint.pk)
    kept = Endpoint.objects.get()
    assert (kept.active, kept.disabled_why) == (False, WhyOff.GONE) and kept.disabled_at is not None
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.FAILED}
    assert AuditEntry.objects.get(action="hooks.switch_off").actor_id == "system:webhooks"
    stated(listener, firm)
    hand_out()
    assert Delivery.objects.count() == 2 and len(receiver.received) == 1


def test_five_days_of_failures_switch_it_off(
    clock: Any, listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation
) -> None:
    receiver.answers(500)
    stated(listener, firm)
    sent(endpoint)
    clock.shift(timedelta(days=5, seconds=-1))
    sent(endpoint)
    assert Endpoint.objects.get().active
    clock.shift(timedelta(minutes=6))
    sent(endpoint)
    kept = Endpoint.objects.get()
    assert (kept.active, kept.disabled_why) == (False, WhyOff.FAILED)


def test_while_the_secret_changes_both_are_good(
    clock: Any, listener: Actor, endpoint: Endpoint, receiver: Receiver
) -> None:
    rotated = rotate_secret(actor=listener, endpoint=endpoint)
    send_test(actor=listener, endpoint=rotated)
    deliver_to(endpoint.pk)
    assert receiver.verified(endpoint.secret_once) == receiver.verified(rotated.secret_once)
    clock.shift(timedelta(hours=24))
    send_test(actor=listener, endpoint=rotated)
    deliver_to(endpoint.pk)
    assert len(receiver.received[1].headers["webhook-signature"].split()) == 1


def test_a_test_message(listener: Actor, endpoint: Endpoint, receiver: Receiver) -> None:
    send_test(actor=listener, endpoint=endpoint)
    deliver_to(endpoint.pk)
    told = receiver.verified(endpoint.secret_once)[0]
    assert told["type"] == "test.ping" and told["data"]["id"] == str(endpoint.public_id)
    assert AuditEntry.objects.filter(action="hooks.send_test").count() == 1


def test_who_dies_between_the_call_and_the_mark_sends_again_under_the_same_id(
    clock: Any, listener: Actor, endpoint: Endpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_test(actor=listener, endpoint=endpoint)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(sending, "settle", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver_to(endpoint.pk)
    assert len(receiver.received) == 1 and deliver_to(endpoint.pk) == 0  # still held
    clock.shift(HELD + timedelta(seconds=1))
    assert deliver_to(endpoint.pk) == 1
    assert len(receiver.received) == 2 and len({each.id for each in receiver.received}) == 1
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (Delivery.State.DELIVERED, 2)


def test_a_late_mark_of_an_attempt_that_was_overtaken_changes_nothing(
    clock: Any, listener: Actor, endpoint: Endpoint, receiver: Receiver
) -> None:
    send_test(actor=listener, endpoint=endpoint)
    slow = claim_next(endpoint.pk, timezone.now())
    clock.shift(HELD + timedelta(seconds=1))
    receiver.answers(500)
    assert slow is not None and deliver_to(endpoint.pk) == 1
    before = Delivery.objects.values().get()
    sending.settle(slow, Answer(status=200), timezone.now())
    assert Delivery.objects.values().get() == before and Endpoint.objects.get().failures == 1


def test_a_claim_between_look_and_claim_is_another_workers(
    listener: Actor, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_test(actor=listener, endpoint=endpoint)
    real, looks = sending.due, []

    def raced(now: datetime) -> Any:
        looks.append(now)
        if len(looks) == 2:
            Delivery.objects.update(held_until=now + HELD, attempts=1)
        return real(now)

    monkeypatch.setattr(sending, "due", raced)
    assert claim_next(endpoint.pk, timezone.now()) is None and Delivery.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_make_one_attempt_twice(listener: Actor, endpoint: Endpoint, receiver: Receiver) -> None:
    receiver.answers(Reply(200, wait=0.05))
    for _ in range(8):
        send_test(actor=listener, endpoint=endpoint)
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        try:
            deliver_to(endpoint.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(each.id for each in receiver.received) == sorted({each.id for each in receiver.received})
    assert len(receiver.received) == 8
    assert set(Delivery.objects.values_list("state", "attempts")) == {(Delivery.State.DELIVERED, 1)}


@pytest.mark.django_db(transaction=True)
def test_one_event_is_handed_out_once(listener: Actor, endpoint: Endpoint, firm: Organisation) -> None:
    for _ in range(5):
        stated(listener, firm)
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            hand_out()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert Delivery.objects.count() == Message.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_slow_receiver_holds_up_nobody_else(
    listener: Actor, receiver: Receiver, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow one answers only after the others have everything, and nobody waits for it before."""
    monkeypatch.setattr(transport, "READ_SECONDS", PATIENCE)
    monkeypatch.setattr(transport, "WHOLE_SECONDS", PATIENCE)
    quick = Receiver()
    receiver.answers(Reply(200, wait=PATIENCE))
    slow_one, quick_one = listening(listener, receiver), listening(listener, quick)
    send_test(actor=listener, endpoint=slow_one)
    for _ in range(3):
        send_test(actor=listener, endpoint=quick_one)
    send_due()
    gave_up_at = time.monotonic() + PATIENCE
    while not (receiver.received and len(quick.received) == 3) and time.monotonic() < gave_up_at:
        time.sleep(0.01)
    assert sending._rounds[0].is_alive() and not receiver.let_go.is_set()
    receiver.let_go.set()
    sending._rounds[0].join()
    quick.close()
    assert len(quick.received) == 3 and len(receiver.received) == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.DELIVERED}
    assert deliver_due() == 0


def test_with_nothing_due_no_thread_begins(endpoint: Endpoint) -> None:
    before = set(threading.enumerate())
    send_due()
    assert set(threading.enumerate()) <= before
