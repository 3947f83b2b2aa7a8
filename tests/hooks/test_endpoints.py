"""What people do with webhooks, and what the trail says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.hooks.conftest import NEEDS, Receiver, listening, sent, stated
from tests.parties.conftest import refuses, user_of
from zhiqiao.core.models import AuditEntry
from zhiqiao.hooks import actions
from zhiqiao.hooks.actions import EndpointDetails, change_endpoint, redeliver, rotate_secret, switch_off, switch_on
from zhiqiao.hooks.models import Delivery, Endpoint, EndpointState, WhyOff
from zhiqiao.hooks.selectors import deliveries_visible_to, endpoints_visible_to
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.parties.models import Organisation

pytestmark = pytest.mark.django_db
Member = Callable[..., Actor]


def reread(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.get(pk=endpoint.pk)


def test_an_endpoint_shows_its_secret_once_and_keeps_it_encrypted(endpoint: Endpoint) -> None:
    assert endpoint.secret_once.startswith("whsec_")
    kept = reread(endpoint)
    assert kept.secret_once == "" and kept.secret == endpoint.secret_once
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM hooks_endpoint")
        assert "whsec_" not in cursor.fetchone()[0]
    content = AuditEntry.objects.get(action="hooks.add_endpoint").content
    assert "whsec_" not in content and "token=1" not in content and "127.0.0.1" in content


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": " "}, "hook_name_empty"),
        ({"url": "no address"}, "hook_url_invalid"),
        ({"url": "http://169.254.169.254/"}, "hook_url_refused"),
        ({"kinds": ("need.stated", "need.eaten")}, "event_kind_unknown"),
    ],
)
def test_endpoints_that_cannot_be(listener: Actor, receiver: Receiver, said: dict[str, Any], code: str) -> None:
    with refuses(Invalid, code):
        listening(listener, receiver, **said)
    assert not Endpoint.objects.exists()


def test_without_permission_only_the_open_internet(listener: Actor, receiver: Receiver, settings: Any) -> None:
    settings.ZHIQIAO_HOOKS_PRIVATE = False
    with refuses(Invalid, "hook_url_insecure"):
        listening(listener, receiver)
    with refuses(Invalid, "hook_url_refused"):
        listening(listener, receiver, url="https://10.0.0.1/")
    listening(listener, receiver, url="https://example.org/hooks")


def test_nobody_listens_for_a_house_that_is_not_theirs(
    listener: Actor, receiver: Receiver, organisation: Callable[..., Organisation]
) -> None:
    with refuses(Invalid, "hook_organisation_foreign"):
        listening(listener, receiver, organisation=organisation("示例乙"))


def test_nobody_adds_one_for_somebody_else(listener: Actor, member: Member) -> None:
    details = EndpointDetails("x", "https://example.org")
    for actor in (member("system_admin"), member("bureau_officer"), PUBLIC):
        with pytest.raises((Forbidden, NotFound)):
            actions.add_endpoint(actor=actor, owner=user_of(listener), details=details)


def test_a_person_has_so_many(listener: Actor, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_ENDPOINTS", 1)
    listening(listener, receiver)
    with refuses(Conflict, "too_many_hooks"):
        listening(listener, receiver)


def test_a_change_says_what_changed_alone(listener: Actor, endpoint: Endpoint) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(failures=3, failing_since=timezone.now())
    same = EndpointDetails(endpoint.name, endpoint.url, NEEDS)
    change_endpoint(actor=listener, endpoint=reread(endpoint), details=same)
    assert not AuditEntry.objects.filter(action="hooks.change_endpoint").exists()
    renamed = EndpointDetails("另一平台", endpoint.url, ("need.closed",))
    changed = change_endpoint(actor=listener, endpoint=reread(endpoint), details=renamed)
    assert (changed.name, changed.kinds, changed.failures) == ("另一平台", ["need.closed"], 3)
    content = AuditEntry.objects.get(action="hooks.change_endpoint").content
    assert "另一平台" in content and '"url"' not in content
    moved = EndpointDetails("另一平台", "https://example.org/b", ("need.closed",))
    assert change_endpoint(actor=listener, endpoint=changed, details=moved).state is EndpointState.ON


def test_a_new_secret_with_the_old_one_beside_it(listener: Actor, endpoint: Endpoint) -> None:
    first = endpoint.secret_once
    rotated = rotate_secret(actor=listener, endpoint=endpoints_visible_to(listener).get())
    assert rotated.secret_once == rotated.secret != first and rotated.previous_secret == first
    assert rotated.previous_until is not None and rotated.previous_until > timezone.now() + timedelta(hours=23)
    leaked = rotate_secret(actor=listener, endpoint=rotated, overlap=timedelta())
    assert leaked.previous_secret == "" and leaked.previous_until is None
    for overlap in (timedelta(days=8), timedelta(seconds=-1)):
        with refuses(Invalid, "hook_overlap"):
            rotate_secret(actor=listener, endpoint=rotated, overlap=overlap)
    contents = AuditEntry.objects.filter(action="hooks.rotate_secret").values_list("content", flat=True)
    assert len(contents) == 2 and not any("whsec_" in content for content in contents)


def test_switched_off_and_on(listener: Actor, endpoint: Endpoint, member: Member) -> None:
    with refuses(Conflict, "hook_on"):
        switch_on(actor=listener, endpoint=endpoint)
    off = switch_off(actor=member("system_admin"), endpoint=endpoint)
    assert (off.state, off.disabled_why) == (EndpointState.OFF, WhyOff.ADMINISTRATOR)
    with refuses(Conflict, "hook_off"):
        switch_off(actor=listener, endpoint=endpoint)
    with refuses(Conflict, "hook_off"):
        actions.send_test(actor=listener, endpoint=endpoint)
    on = switch_on(actor=listener, endpoint=endpoint)
    assert on.active and on.disabled_at is None and on.disabled_why == ""
    assert switch_off(actor=listener, endpoint=on).disabled_why == WhyOff.OWNER


def test_what_waits_has_failed_when_it_is_switched_off(
    listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation
) -> None:
    receiver.answers(500)
    stated(listener, firm)
    assert sent(endpoint).state == Delivery.State.WAITING
    switch_off(actor=listener, endpoint=endpoint)
    left = Delivery.objects.get()
    assert (left.state, left.last_error) == (Delivery.State.FAILED, "hook_off")
    with refuses(Conflict, "hook_off"):
        redeliver(actor=listener, delivery=left)


def test_only_the_owner_does_things(endpoint: Endpoint, member: Member) -> None:
    admin, stranger = member("system_admin"), member("bureau_officer")
    doings: list[Callable[[Actor], object]] = [
        lambda actor: rotate_secret(actor=actor, endpoint=endpoint),
        lambda actor: actions.send_test(actor=actor, endpoint=endpoint),
        lambda actor: switch_on(actor=actor, endpoint=endpoint),
        lambda actor: change_endpoint(actor=actor, endpoint=endpoint, details=EndpointDetails("x", "https://x.org")),
    ]
    for doing in doings:
        with pytest.raises(Forbidden):
            doing(admin)
        with pytest.raises(NotFound):
            doing(stranger)
    with pytest.raises(NotFound):
        switch_off(actor=stranger, endpoint=endpoint)


def test_who_sees_what(listener: Actor, endpoint: Endpoint, member: Member, firm: Organisation) -> None:
    stated(listener, firm)
    delivery = sent(endpoint)
    for actor in (listener, member("system_admin")):
        assert list(endpoints_visible_to(actor)) == [endpoint] and list(deliveries_visible_to(actor)) == [delivery]
    for actor in (member("enterprise_member", firm), member("bureau_officer"), PUBLIC):
        assert not endpoints_visible_to(actor).exists() and not deliveries_visible_to(actor).exists()


def test_delivered_again_under_the_same_id(
    listener: Actor, endpoint: Endpoint, receiver: Receiver, firm: Organisation
) -> None:
    stated(listener, firm)
    delivery = sent(endpoint)
    again = redeliver(actor=listener, delivery=delivery)
    with refuses(Conflict, "delivery_waiting"):
        redeliver(actor=listener, delivery=again)
    again = sent(endpoint)
    assert (again.state, again.attempts, again.earlier_attempts) == (Delivery.State.DELIVERED, 2, 1)
    assert len({each.id for each in receiver.received}) == 1 and len(receiver.received) == 2
    assert len(again.history) == 2
