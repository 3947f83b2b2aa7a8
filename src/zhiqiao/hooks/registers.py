"""The registers of webhooks and of what was sent to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import django_filters as df  # type: ignore[import-untyped]  # it ships no types
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from zhiqiao.hooks.actions import (
    EndpointDetails,
    add_endpoint,
    change_endpoint,
    redeliver,
    rotate_secret,
    send_test,
    switch_off,
    switch_on,
)
from zhiqiao.hooks.addresses import without_secrets
from zhiqiao.hooks.events import TEST, event_choices
from zhiqiao.hooks.forms import EndpointForm, RotateForm
from zhiqiao.hooks.models import Delivery, Endpoint, EndpointState, Trouble, WhyOff
from zhiqiao.hooks.policies import DELIVERIES as DELIVERY_POLICY
from zhiqiao.hooks.policies import ENDPOINTS as ENDPOINT_POLICY
from zhiqiao.hooks.selectors import deliveries_visible_to, endpoints_visible_to
from zhiqiao.kernel.errors import Forbidden
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Column, Kind, Link, Note, choices_of
from zhiqiao.kit.filters import Filters, Records, choice, search_box, since, until
from zhiqiao.kit.paging import Sort
from zhiqiao.kit.registers import Change, Create, Move, Register, Related, View, Waits
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models import Organisation, User

ADMIN = frozenset({Role.SYSTEM_ADMIN})


class EndpointFilter(Filters):
    q = search_box(_("Name, address or person"))
    state = choice(_("State"), EndpointState.choices, method="by_state")
    why = choice(_("Why it is off"), WhyOff.choices, field_name="disabled_why")
    broken = choice(_("Show"), [("broken", _("Switched off because nothing arrived"))], method="by_trouble")

    def by_words(self, records: Records, name: str, value: str) -> Records:
        words = value.strip()
        person = Q(owner__display_name__icontains=words)
        # Who does not see an address does not find out what is in it either.
        address = Q(url__icontains=words, owner_id=self.request.actor.user_key)
        return records.filter(person | Q(name__icontains=words) | address)

    def by_state(self, records: Records, name: str, value: str) -> Records:
        states = {
            EndpointState.ON: Q(active=True, failures=0),
            EndpointState.FAILING: Q(active=True, failures__gt=0),
            EndpointState.OFF: Q(active=False),
        }
        return records.filter(states[EndpointState(value)])

    def by_trouble(self, records: Records, name: str, value: str) -> Records:
        return records.filter(active=False, disabled_why__in=[WhyOff.FAILED, WhyOff.GONE])


class DeliveryFilter(Filters):
    q = search_box(_("Event, or id of the record or the message"))
    state = choice(_("State"), Delivery.State.choices)
    kind = df.ChoiceFilter(
        label=_("Event"), field_name="message__kind", empty_label=_("All"),
        choices=lambda: [*event_choices(), (TEST, TEST)],
    )  # fmt: skip
    endpoint = df.UUIDFilter(label=_("Webhook"), field_name="endpoint__public_id", widget=forms.HiddenInput)
    since = since(_("Sent since"), "created_at__date")
    until = until(_("Sent until"), "created_at__date")

    def by_words(self, records: Records, name: str, value: str) -> Records:
        words = value.strip().lower()
        hexed = words.removeprefix("msg_").replace("-", "")
        exact = Q(message__public_id=hexed) if len(hexed) == 32 and set(hexed) <= set("0123456789abcdef") else Q()
        return records.filter(Q(message__subject_id=words) | Q(message__kind__startswith=words) | exact)


def details(actor: Actor, said: Mapping[str, Any]) -> EndpointDetails:
    houses = Organisation.objects.filter(pk__in=actor.organisations)
    house = houses.filter(public_id=said["organisation"]).first() if said["organisation"] else None
    return EndpointDetails(said["name"], said["url"], tuple(said["kinds"]), house)


def add(actor: Actor, said: Mapping[str, Any]) -> Endpoint:
    if actor.user_key is None:
        raise Forbidden(verb="add")
    owner = User.objects.get(pk=actor.user_key)
    return add_endpoint(actor=actor, owner=owner, details=details(actor, said))


def change(actor: Actor, endpoint: Endpoint, said: Mapping[str, Any]) -> Endpoint:
    return change_endpoint(actor=actor, endpoint=endpoint, details=details(actor, said))


def as_it_stands(endpoint: Endpoint) -> dict[str, Any]:
    house = str(endpoint.organisation.public_id) if endpoint.organisation else ""
    return {"name": endpoint.name, "url": endpoint.url, "kinds": endpoint.kinds, "organisation": house}


def rotate(actor: Actor, endpoint: Endpoint, said: Mapping[str, Any]) -> Endpoint:
    return rotate_secret(actor=actor, endpoint=endpoint, overlap=timedelta(hours=said["overlap"]))


def test(actor: Actor, endpoint: Endpoint, said: Mapping[str, Any]) -> Endpoint:
    return send_test(actor=actor, endpoint=endpoint).endpoint


def with_addresses(actor: Actor, endpoints: Sequence[Endpoint]) -> None:
    """Put the whole address beside one's own."""
    for each in endpoints:
        if each.owner_id == actor.user_key:
            vars(each)["whole_address"] = each.url


def address(endpoint: Endpoint) -> str:
    return vars(endpoint).get("whole_address") or without_secrets(endpoint.url)


def house(endpoint: Endpoint) -> Link | None:
    place = endpoint.organisation
    return Link(place.name, "organisation", str(place.public_id)) if place else None


def all_of_them(endpoint: Endpoint) -> Note | None:
    return None if endpoint.kinds else Note(str(_("All, also those that come later")))


def trouble(endpoint: Endpoint) -> Note | None:
    return Note(str(WhyOff(endpoint.disabled_why).label), "warn") if endpoint.disabled_why else None


ENDPOINTS: Register[Endpoint] = Register(
    name="hook",
    path="hooks",
    model=Endpoint,
    subject="hooks.endpoint",
    title=_("Webhooks"),
    one=_("Webhook"),
    icon="webhook",
    group=_("Programs"),
    lead=_("Addresses of your systems that are called when something happens here."),
    help=_(
        "Each message says what happened to which record, signed after the Standard Webhooks specification, and "
        "nothing of its contents: your system asks for them with a key. Only what you may see yourself is told. "
        "A message that is not taken is tried again for three days; after five days without one that arrives the "
        "webhook is switched off."
    ),
    empty=_("No system of yours listens yet. Add the address of the first one."),
    policy=ENDPOINT_POLICY,
    records=endpoints_visible_to,
    named=lambda endpoint: endpoint.name,
    roles=frozenset(Role),
    navigation=frozenset({Role.SYSTEM_ADMIN}),
    columns=(
        Column("name", _("Name"), lambda e: e.name),
        Column("url", _("Address"), address),
        Column("owner", _("Person"), lambda e: e.owner.display_name, roles=ADMIN),
        Column("organisation", _("Listens for"), house, Kind.LINK, shown=False),
        Column("kinds", _("Events"), lambda e: e.kinds, Kind.NAMES, note=all_of_them),
        Column("state", _("State"), lambda e: e.state, Kind.CODE, words=choices_of(EndpointState), note=trouble),
        Column("failures", _("Failures in a row"), lambda e: e.failures, Kind.COUNT),
        Column("failing_since", _("Failing since"), lambda e: e.failing_since, Kind.MOMENT, shown=False),
        Column("last_taken_at", _("Last message taken"), lambda e: e.last_taken_at, Kind.MOMENT),
        Column("previous_until", _("Old secret good until"), lambda e: e.previous_until, Kind.MOMENT, shown=False),
        Column("added_at", _("Added"), lambda e: e.created_at, Kind.MOMENT, sort="-new", shown=False),
    ),
    sorts=(Sort("-new", "pk", descending=True), Sort("new", "pk")),
    filters=EndpointFilter,
    attach=with_addresses,
    create=Create(
        _("Add a webhook"), "add", EndpointForm, add, allowed=lambda actor: actor.signed_in,
        done=_("The webhook is added. Copy its secret now: it is not shown again."),
    ),
    change=Change(_("Change"), "change", EndpointForm, change, first=as_it_stands, done=_("The webhook is changed.")),
    moves=(
        Move(
            "test", _("Send a test"), "test", test, offered=lambda e: e.active, icon="send",
            done=_("A test message is on its way. The deliveries show what came back."),
        ),
        Move(
            "rotate", _("New secret"), "rotate", rotate, form=RotateForm, icon="refresh", bulk=False,
            done=_("The secret is changed. Copy the new one now: it is not shown again."),
        ),
        Move(
            "off", _("Switch off"), "switch_off", lambda actor, e, said: switch_off(actor=actor, endpoint=e),
            offered=lambda e: e.active, icon="player-stop", tone="danger",
            confirm=_("Messages that wait are not sent any more; you can have them delivered again later."),
            done=_("The webhook is switched off."),
        ),
        Move(
            "on", _("Switch on"), "switch_on", lambda actor, e, said: switch_on(actor=actor, endpoint=e),
            offered=lambda e: not e.active, icon="player-play", done=_("The webhook is switched on."),
        ),
    ),
    related=(
        Related(
            _("Deliveries"), "delivery", lambda actor, e: deliveries_visible_to(actor).filter(endpoint=e),
            query=lambda e: f"endpoint={e.public_id}", icon="send",
        ),
    ),
    views=(
        View("on", _("Switched on"), "state=on"),
        View("failing", _("Failing"), "state=failing"),
        View("off", _("Switched off"), "state=off"),
    ),
    waits=(
        Waits(
            "broken=broken",
            ngettext_lazy("%(count)s webhook was switched off", "%(count)s webhooks were switched off", "count"),
            frozenset(Role), _("Its receiver took no messages. Mend it, then switch it on."), "webhook", "bad",
        ),
    ),
)  # fmt: skip


def record_of(delivery: Delivery) -> Link | str:
    """The record, where it is one of a register."""
    message = delivery.message
    return Link(message.subject_id, message.register, message.subject_id)


def attempts_of(delivery: Delivery) -> list[str]:
    return [_attempt(line) for line in delivery.history]


def _attempt(line: Mapping[str, Any]) -> str:
    at = timezone.localtime(datetime.fromisoformat(line["at"]))
    outcome = line["status"] or choices_of(Trouble)(line["error"])
    return f"{at:%Y-%m-%d %H:%M:%S} · {outcome} · {line['ms']} ms"


DELIVERIES: Register[Delivery] = Register(
    name="delivery",
    path="deliveries",
    model=Delivery,
    subject="hooks.delivery",
    title=_("Deliveries"),
    one=_("Delivery"),
    icon="send",
    group=_("Programs"),
    lead=_("What was sent to webhooks, and what came back."),
    empty=_("Nothing was sent yet. Add a webhook, or send it a test."),
    policy=DELIVERY_POLICY,
    records=deliveries_visible_to,
    named=lambda delivery: f"{delivery.message.kind} → {delivery.endpoint.name}",
    roles=frozenset(Role),
    navigation=frozenset({Role.SYSTEM_ADMIN}),
    columns=(
        Column("kind", _("Event"), lambda d: d.message.kind, Kind.NUMBER),
        Column(
            "endpoint", _("Webhook"),
            lambda d: Link(d.endpoint.name, "hook", str(d.endpoint.public_id)), Kind.LINK,
        ),
        Column("record", _("Record"), record_of, Kind.LINK, shown=False),
        Column("state", _("State"), lambda d: d.state, Kind.CODE, words=choices_of(Delivery.State)),
        Column("attempts", _("Attempts"), lambda d: d.attempts, Kind.COUNT),
        Column("status", _("Answered with"), lambda d: d.last_status, Kind.COUNT),
        Column("error", _("What went wrong"), lambda d: d.last_error, Kind.CODE, words=choices_of(Trouble)),
        Column("milliseconds", _("Took (ms)"), lambda d: d.milliseconds, Kind.COUNT, shown=False),
        Column(
            "next_at", _("Next attempt"),
            lambda d: d.next_at if d.state == Delivery.State.WAITING else None, Kind.MOMENT,
        ),
        Column("sent_at", _("Sent"), lambda d: d.created_at, Kind.MOMENT, sort="-new"),
        Column("ended_at", _("Ended at"), lambda d: d.ended_at, Kind.MOMENT, shown=False),
        Column("message_id", _("Id of the message"), lambda d: d.message.message_id, Kind.NUMBER, shown=False),
        Column("history", _("Every attempt"), attempts_of, Kind.NAMES, listed=False),
        Column("body", _("What was sent"), lambda d: d.message.body, Kind.LONG, listed=False),
        Column("answer", _("What came back"), lambda d: d.answer, Kind.LONG, listed=False),
    ),
    sorts=(Sort("-new", "pk", descending=True), Sort("new", "pk")),
    filters=DeliveryFilter,
    moves=(
        Move(
            "redeliver", _("Deliver again"), "redeliver",
            lambda actor, delivery, said: redeliver(actor=actor, delivery=delivery),
            offered=lambda delivery: delivery.state != Delivery.State.WAITING and delivery.endpoint.active,
            icon="refresh", done=_("The message is sent again."),
        ),
    ),
    views=(
        View("failed", _("Failed"), "state=failed"),
        View("waiting", _("Waiting"), "state=waiting"),
    ),
)  # fmt: skip
