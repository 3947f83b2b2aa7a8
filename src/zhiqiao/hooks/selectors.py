"""Who listens and may hear what; endpoints and deliveries that a person may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from zhiqiao.hooks.models import Delivery, Endpoint
from zhiqiao.hooks.policies import DELIVERIES, ENDPOINTS
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.registers import Register
from zhiqiao.parties.actors import actor_for

ASKED_AT_ONCE = 500  # records
SECRETS = ("secret", "previous_secret")


def endpoints_visible_to(actor: Actor) -> QuerySet[Endpoint]:
    """One's own, for the administrator everybody's; newest first, their secrets left where they are."""
    found = Endpoint.objects.select_related("owner", "organisation").defer(*SECRETS)
    return ENDPOINTS.visible(actor, found).order_by("-id")


def deliveries_visible_to(actor: Actor) -> QuerySet[Delivery]:
    hidden = (f"endpoint__{name}" for name in SECRETS)
    found = Delivery.objects.select_related("endpoint", "message").defer(*hidden)
    return DELIVERIES.visible(actor, found).order_by("-id")


@dataclass(frozen=True)
class Listener:
    """An endpoint that is switched on, and who its owner is today."""

    endpoint: Endpoint
    actor: Actor

    @property
    def ears(self) -> tuple[int, int | None]:
        """Endpoints alike in this hear alike."""
        return self.endpoint.owner_id, self.endpoint.organisation_id


def listeners() -> Iterator[Listener]:
    """Of everybody who can still sign in and, where they listen for an organisation, still holds a role there."""
    found = Endpoint.objects.filter(active=True, owner__is_active=True).select_related("owner").defer(*SECRETS)
    people: dict[int, Actor] = {}
    for endpoint in found.order_by("id"):
        if endpoint.owner_id not in people:
            people[endpoint.owner_id] = actor_for(endpoint.owner)
        actor = within(people[endpoint.owner_id], endpoint)
        if actor is not None:
            yield Listener(endpoint, actor)


def listener_of(endpoint: Endpoint) -> Actor | None:
    """As whom an endpoint hears now; None where it may hear nothing."""
    return within(actor_for(endpoint.owner), endpoint) if endpoint.owner.is_active else None


def within(actor: Actor, endpoint: Endpoint) -> Actor | None:
    """The owner in the roles of the one organisation that the endpoint listens for."""
    if endpoint.organisation_id is None:
        return actor
    held = actor.roles.get(endpoint.organisation_id)
    return replace(actor, roles={endpoint.organisation_id: held}) if held else None


def heard_by(actor: Actor, register: Register[Any], ids: Iterable[str]) -> set[str]:
    """Those of the records that the actor may see, by public id."""
    if not register.open_to(actor):
        return set()
    seen: set[str] = set()
    for part in in_batches(ids, ASKED_AT_ONCE):
        found = register.records(actor).filter(public_id__in=part)
        seen.update(str(each) for each in found.order_by().values_list("public_id", flat=True))
    return seen
