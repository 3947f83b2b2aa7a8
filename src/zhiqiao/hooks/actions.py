"""What people do with webhooks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F

from zhiqiao.core.audit import Subject, Work, digest, unit_of_work
from zhiqiao.hooks.addresses import read_target
from zhiqiao.hooks.events import TEST, event_kinds
from zhiqiao.hooks.messages import new_message
from zhiqiao.hooks.models import Delivery, Endpoint, WhyOff
from zhiqiao.hooks.policies import DELIVERIES, ENDPOINTS
from zhiqiao.hooks.rules import LONGEST_OVERLAP, OVERLAP, new_secret
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kernel.text import clean_line
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.models import Organisation, User

MOST_ENDPOINTS = 20  # of one person
STEADY: dict[str, Any] = {"failures": 0, "failing_since": None}


@dataclass(frozen=True)
class EndpointDetails:
    """``kinds`` empty: everything. ``organisation``: listen in one's roles there alone."""

    name: str
    url: str
    kinds: tuple[str, ...] = ()
    organisation: Organisation | None = None


def add_endpoint(*, actor: Actor, owner: User, details: EndpointDetails) -> Endpoint:
    """An address to call from now on. What its signatures are checked with stands in ``secret_once``, this once.

    Raises ``hook_name_empty``, ``hook_url_invalid``, ``hook_url_insecure``, ``hook_url_refused``,
    ``event_kind_unknown``, ``hook_organisation_foreign``, ``too_many_hooks``.
    """
    with unit_of_work(actor) as work:
        ENDPOINTS.require(actor, "add", Endpoint(owner=owner))
        endpoint = Endpoint(owner=owner, secret=new_secret(), created_at=work.at, **_checked(actor, details))
        if owner.hook_endpoints.count() >= MOST_ENDPOINTS:
            raise Conflict("too_many_hooks", most=MOST_ENDPOINTS)
        endpoint.save(force_insert=True)
        work.record("hooks.add_endpoint", endpoint_subject(endpoint), None, _told(endpoint))
    endpoint.secret_once = endpoint.secret
    return endpoint


def _checked(actor: Actor, details: EndpointDetails) -> dict[str, Any]:
    """The details as fields of the endpoint."""
    name, url = clean_line(details.name, 100), clean_line(details.url)
    if not name:
        raise Invalid("hook_name_empty")
    read_target(url, private=settings.ZHIQIAO_HOOKS_PRIVATE)
    if details.organisation is not None and details.organisation.pk not in actor.organisations:
        raise Invalid("hook_organisation_foreign")
    return {"name": name, "url": url, "kinds": _kinds(details.kinds), "organisation": details.organisation}


def _kinds(given: Iterable[str]) -> list[str]:
    known, kinds = event_kinds(), sorted(set(given))
    if unknown := [kind for kind in kinds if kind not in known]:
        raise Invalid("event_kind_unknown", kind=unknown[0][:64])
    return kinds


def _told(endpoint: Endpoint) -> dict[str, Any]:
    """For the trail. An address often holds a secret of its own, so it enters by its host and a digest."""
    return {
        "name": endpoint.name,
        "host": read_target(endpoint.url, private=True).host,
        "url": digest(endpoint.url),
        "kinds": endpoint.kinds,
        "organisation": str(endpoint.organisation.public_id) if endpoint.organisation else None,
    }


def change_endpoint(*, actor: Actor, endpoint: Endpoint, details: EndpointDetails) -> Endpoint:
    """Another name, address, choice of events or organisation; what waits goes to the new address. Raises as
    ``add_endpoint``."""
    with unit_of_work(actor) as work:
        ENDPOINTS.require(actor, "change", endpoint)
        fields = _checked(actor, details)
        before, after = _told(endpoint), _told(Endpoint(**fields))
        changed = [name for name in after if before[name] != after[name]]
        if not changed:
            return endpoint
        Endpoint.objects.filter(pk=endpoint.pk).update(**fields, **(STEADY if "url" in changed else {}))
        parts = ({name: told[name] for name in changed} for told in (before, after))
        work.record("hooks.change_endpoint", endpoint_subject(endpoint), *parts)
    endpoint.refresh_from_db()
    return endpoint


def rotate_secret(*, actor: Actor, endpoint: Endpoint, overlap: timedelta = OVERLAP) -> Endpoint:
    """A new secret, in ``secret_once``; the old one signs beside it for a while, not at all where it leaked.

    Raises ``hook_overlap`` for more than a week.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise Invalid("hook_overlap", most=int(LONGEST_OVERLAP.total_seconds() // 3600))
    with unit_of_work(actor) as work:
        ENDPOINTS.require(actor, "rotate", endpoint)
        fresh, until = new_secret(), work.at + overlap
        old = Endpoint.objects.get(pk=endpoint.pk).secret
        Endpoint.objects.filter(pk=endpoint.pk).update(
            secret=fresh, previous_secret=old if overlap else "", previous_until=until if overlap else None
        )
        work.record("hooks.rotate_secret", endpoint_subject(endpoint), {}, {"previous_until": until})
    endpoint.refresh_from_db()
    endpoint.secret_once = fresh
    return endpoint


def switch_on(*, actor: Actor, endpoint: Endpoint) -> Endpoint:
    """Messages go out again from now on; what failed meanwhile can be delivered again. Raises ``hook_on``."""
    with unit_of_work(actor) as work:
        ENDPOINTS.require(actor, "switch_on", endpoint)
        fresh = {"active": True, "disabled_at": None, "disabled_why": "", **STEADY}
        if not Endpoint.objects.filter(pk=endpoint.pk, active=False).update(**fresh):
            raise Conflict("hook_on")
        work.record("hooks.switch_on", endpoint_subject(endpoint), {"active": False}, {"active": True})
    endpoint.refresh_from_db()
    return endpoint


def switch_off(*, actor: Actor, endpoint: Endpoint) -> Endpoint:
    """Nothing goes out any more; what waits has failed. Raises ``hook_off``."""
    with unit_of_work(actor) as work:
        ENDPOINTS.require(actor, "switch_off", endpoint)
        own = actor.user_key == endpoint.owner_id
        if not close_endpoint(work, endpoint, WhyOff.OWNER if own else WhyOff.ADMINISTRATOR):
            raise Conflict("hook_off")
    endpoint.refresh_from_db()
    return endpoint


def close_endpoint(work: Work, endpoint: Endpoint, why: WhyOff) -> bool:
    """Whether it was switched on before."""
    off = {"active": False, "disabled_at": work.at, "disabled_why": why}
    if not Endpoint.objects.filter(pk=endpoint.pk, active=True).update(**off):
        return False
    waiting = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.FAILED, last_error="hook_off", held_until=None, ended_at=work.at)
    work.record("hooks.switch_off", endpoint_subject(endpoint), {"active": True}, {"active": False, "why": why})
    return True


def send_test(*, actor: Actor, endpoint: Endpoint) -> Delivery:
    """A message of the kind ``test.ping``, sent like every other. Raises ``hook_off``."""
    with unit_of_work(actor) as work:
        ENDPOINTS.require(actor, "test", endpoint)
        if not Endpoint.objects.filter(pk=endpoint.pk, active=True).exists():
            raise Conflict("hook_off")
        subject = endpoint_subject(endpoint)
        message = new_message(TEST, "hook", "hooks", subject, work.at)
        message.save()
        delivery = Delivery.objects.create(endpoint=endpoint, message=message, next_at=work.at)
        work.record("hooks.send_test", subject, {}, {"delivery": str(delivery.public_id)})
    return delivery


def redeliver(*, actor: Actor, delivery: Delivery) -> Delivery:
    """The same message under the same id once more, with the whole schedule. Raises ``delivery_waiting``,
    ``hook_off``."""
    with unit_of_work(actor) as work:
        DELIVERIES.require(actor, "redeliver", delivery)
        if not Endpoint.objects.filter(pk=delivery.endpoint_id, active=True).exists():
            raise Conflict("hook_off")
        ended = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.WAITING)
        again = {"state": Delivery.State.WAITING, "next_at": work.at, "held_until": None, "ended_at": None}
        if not ended.update(**again, earlier_attempts=F("attempts")):
            raise Conflict("delivery_waiting")
        before, after = {"state": delivery.state}, {"state": Delivery.State.WAITING}
        work.record("hooks.redeliver", Subject("hooks.delivery", str(delivery.public_id)), before, after)
    delivery.refresh_from_db()
    return delivery


def endpoint_subject(endpoint: Endpoint) -> Subject:
    return Subject("hooks.endpoint", str(endpoint.public_id))
