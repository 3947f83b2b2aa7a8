"""The declarations that the faces are made of: keys, webhooks and deliveries; and which events there are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as installed
from django.urls import resolve
from django.utils import timezone

from tests.hooks.conftest import Receiver, Reply, sent, stated
from tests.parties.conftest import user_of
from zhiqiao.core.models import OutboxEvent
from zhiqiao.hooks.actions import switch_off
from zhiqiao.hooks.events import by_action, event_kinds
from zhiqiao.hooks.forms import EndpointForm, RotateForm
from zhiqiao.hooks.messages import address_of
from zhiqiao.hooks.models import Delivery, Endpoint
from zhiqiao.hooks.outgoing import hand_out
from zhiqiao.hooks.registers import DELIVERIES, ENDPOINTS
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.lists import one_of, reading
from zhiqiao.kit.registers import Register
from zhiqiao.parties.actions import NewKey, make_key
from zhiqiao.parties.models import ApiKey, Organisation
from zhiqiao.parties.registers.keys import KEYS, KeyForm

pytestmark = pytest.mark.django_db
Member = Callable[..., Actor]


def test_the_settings_list_every_action_that_a_register_names_as_an_event() -> None:
    assert set(by_action()) == installed.ZHIQIAO_PUBLISHED


def test_kinds_of_event_are_well_formed() -> None:
    assert len(event_kinds()) > 10 and all(re.fullmatch(r"[a-z_]+\.[a-z_]+", kind) for kind in event_kinds())
    for action, event in by_action().items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", action) and len(event.kind) <= 64, action


def test_the_addresses_that_are_sent_are_read_by_programs() -> None:
    for event in by_action().values():
        assert resolve(address_of(event.register.path, str(uuid4()))).url_name == f"api_{event.register.name}"


def test_an_action_that_is_no_event_reaches_no_outbox(listener: Actor, endpoint: Endpoint) -> None:
    OutboxEvent.objects.all().delete()
    switch_off(actor=listener, endpoint=endpoint)
    assert not OutboxEvent.objects.exists()


def test_events_of_another_version_are_worked_off(endpoint: Endpoint) -> None:
    at = timezone.now().isoformat()
    for action, subject in (("needs.long_gone", "needs.need"), ("needs.state_need", "needs.other")):
        payload = {"action": action, "subject": subject, "ids": ["x"], "at": at}
        OutboxEvent.objects.create(queue="webhooks", payload=payload)
    assert hand_out() >= 2 and not Delivery.objects.exists()


def cleaned(form: type[Any], actor: Actor, said: dict[str, Any]) -> dict[str, Any]:
    filled = form(said, actor=actor)
    assert filled.is_valid(), filled.errors
    kept: dict[str, Any] = filled.cleaned_data
    return kept


def shown(register: Register[Any], actor: Actor, record: Any) -> dict[str, Any]:
    found = one_of(register, actor, record.public_id)
    assert found is not None
    return {column.name: column.in_words(found) for column in register.columns_for(actor)}


def test_a_webhook_from_its_form_to_its_page(
    listener: Actor, receiver: Receiver, firm: Organisation, member: Member
) -> None:
    said = {"name": "科技办", "url": receiver.url, "kinds": ["need.stated"], "organisation": str(firm.public_id)}
    assert ENDPOINTS.create is not None and ENDPOINTS.may_create(listener)
    made = ENDPOINTS.create.act(listener, cleaned(EndpointForm, listener, said))
    assert made.secret_once.startswith("whsec_") and made.organisation == firm
    told = shown(ENDPOINTS, listener, made)
    assert told["organisation"] == firm.name and told["kinds"] == ["need.stated"] and "owner" not in told
    assert "owner" in shown(ENDPOINTS, member("system_admin"), made)
    assert not any("whsec_" in str(value) for value in told.values())
    assert ENDPOINTS.change is not None and ENDPOINTS.change.first is not None
    assert ENDPOINTS.change.first(made) == said
    renamed = cleaned(EndpointForm, listener, {**said, "name": "科技局", "organisation": "", "kinds": []})
    changed = ENDPOINTS.change.act(listener, made, renamed)
    assert (changed.name, changed.organisation, changed.kinds) == ("科技局", None, [])


def test_a_form_offers_only_ones_own_houses(
    listener: Actor, receiver: Receiver, organisation: Callable[..., Organisation]
) -> None:
    said = {"name": "x", "url": receiver.url, "organisation": str(organisation("示例乙").public_id)}
    assert "organisation" in EndpointForm(said, actor=listener).errors
    assert "overlap" in RotateForm({"overlap": 169}, actor=listener).errors


def test_a_form_offers_only_events_of_registers_that_are_open(listener: Actor, member: Member) -> None:
    def offered(actor: Actor) -> set[str]:
        return {kind for kind, _ in EndpointForm(actor=actor).fields["kinds"].choices}  # type: ignore[attr-defined]  # a choice field

    assert {"need.stated", "patent.published"} <= offered(listener) < set(event_kinds())
    assert "import.finished" in offered(member("bureau_officer")) - offered(listener)


def test_moves_of_a_webhook(listener: Actor, endpoint: Endpoint, receiver: Receiver, member: Member) -> None:
    def names(actor: Actor) -> list[str]:
        found = one_of(ENDPOINTS, actor, endpoint.public_id)
        assert found is not None
        return [move.name for move in ENDPOINTS.moves_open(actor, found)]

    assert names(listener) == ["test", "rotate", "off"] and names(member("system_admin")) == ["off"]
    for name, said in (("test", {}), ("rotate", {"overlap": 0}), ("off", {}), ("on", {})):
        move = ENDPOINTS.move_named(name)
        assert move is not None
        done = move.act(listener, ENDPOINTS.records(listener).get(), said)
        assert bool(done.secret_once) is (name == "rotate")
    assert Delivery.objects.count() == 1


def test_a_delivery_on_its_page(listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation) -> None:
    receiver.answers(Reply(500, body=b"no"), 200)
    need = stated(listener, firm)
    delivery = sent(endpoint)
    told = shown(DELIVERIES, listener, delivery)
    assert told["status"] == 500 and told["answer"] == "no" and told["record"] == str(need.public_id)
    assert str(need.public_id) in told["body"] and " · 500 · " in told["history"][0] and told["next_at"] is not None
    assert told["error"] and told["error"] != "status_refused"
    Delivery.objects.update(state=Delivery.State.FAILED)
    move = DELIVERIES.move_named("redeliver")
    assert move is not None and move.act(listener, DELIVERIES.records(listener).get(), {}).state == "waiting"


def test_finding_deliveries(listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation) -> None:
    need = stated(listener, firm)
    message = sent(endpoint).message
    words = ["need.st", str(need.public_id), message.message_id, str(message.public_id), "nothing", "msg_" + "g" * 32]
    found = [reading(DELIVERIES, listener, {"q": each}).records.count() for each in words]
    assert found == [1, 1, 1, 1, 0, 0]
    assert reading(DELIVERIES, listener, {"endpoint": str(endpoint.public_id), "kind": "need.stated"}).count == 1
    assert ENDPOINTS.related[0].records(listener, endpoint).count() == 1


@pytest.mark.parametrize(
    ("query", "expected"), [("state=on", 0), ("state=failing", 1), ("state=off", 0), ("q=科技", 1)]
)
def test_finding_webhooks(listener: Actor, endpoint: Endpoint, query: str, expected: int) -> None:
    Endpoint.objects.update(failures=2)
    assert reading(ENDPOINTS, listener, query).records.count() == expected


def test_a_webhook_that_broke_waits_for_its_owner(listener: Actor, endpoint: Endpoint) -> None:
    waits = ENDPOINTS.waits[0]
    assert reading(ENDPOINTS, listener, waits.query).records.count() == 0
    Endpoint.objects.update(active=False, disabled_why="gone")
    assert reading(ENDPOINTS, listener, waits.query).records.count() == 1 and waits.words(1) != waits.words(2)


def test_a_key_from_its_form_to_its_page(listener: Actor, member: Member) -> None:
    last_day = timezone.localdate()
    said = {"name": "报表", "scopes": ["read", "needs:write"], "last_day": last_day.isoformat()}
    assert KEYS.create is not None and KEYS.may_create(listener)
    made = KEYS.create.act(listener, cleaned(KeyForm, listener, said))
    assert made.secret_once.startswith("zq_")
    told = shown(KEYS, listener, made)
    assert told["scopes"] == ["needs:write", "read"] and made.secret_once not in str(told)
    assert [move.name for move in KEYS.moves_open(member("system_admin"), made)] == ["revoke"]
    assert "scopes" in KeyForm({**said, "scopes": ["all"]}, actor=listener).errors


@pytest.mark.parametrize(
    ("query", "expected"),
    [("state=live", 1), ("state=expired", 1), ("state=revoked", 0), ("soon=soon", 1), ("q=zq_%s", 1), ("q=%s_ab", 1)],
)
def test_finding_keys(listener: Actor, query: str, expected: int) -> None:
    owner = user_of(listener)
    new = NewKey("报表", ("read",), timezone.localdate())
    keys = [make_key(actor=listener, owner=owner, key=new) for _ in range(2)]
    ApiKey.objects.filter(pk=keys[1].pk).update(expires_at=timezone.now())
    wanted = query.replace("%s", keys[0].prefix)
    assert reading(KEYS, listener, wanted).records.count() == expected


@pytest.mark.parametrize("register", [KEYS, ENDPOINTS, DELIVERIES])
def test_lists_take_the_same_queries_however_long(
    register: Register[Any], listener: Actor, receiver: Receiver, django_assert_max_num_queries: Any
) -> None:
    owner, day = user_of(listener), timezone.localdate()
    for number in range(6):
        make_key(actor=listener, owner=owner, key=NewKey(f"{number}", ("read",), day))
        made = ENDPOINTS.create and ENDPOINTS.create.act(
            listener, {"name": f"{number}", "url": receiver.url, "kinds": [], "organisation": ""}
        )
        test = ENDPOINTS.move_named("test")
        assert made and test
        test.act(listener, made, {})
    with django_assert_max_num_queries(1):
        page = reading(register, listener).page
        rows = [[column.in_words(row) for column in register.columns] for row in page.rows]
    assert len(rows) == 6
