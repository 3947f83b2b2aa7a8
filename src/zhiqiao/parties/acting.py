"""Names of those who act, and for whom they acted. The audit trail knows people by their sealed ids alone: a name
beside an entry could be changed unnoticed, and one within it could not be erased by law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from zhiqiao.core.actors import SystemActor
from zhiqiao.core.models import AuditEntry
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.readership import Author
from zhiqiao.parties.actors import operator
from zhiqiao.parties.models import Membership, Organisation, User

MOST_NAMESAKES: Final = 500


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Actor id → the name it has today, in one query; an id that nobody has any more stands for itself."""
    known = {actor: _unnamed(actor) for actor in actors}
    people = {UUID(actor): actor for actor in known if _is_person(actor)}
    found = User.objects.filter(public_id__in=people).values_list("public_id", "display_name") if people else ()
    return known | {people[public_id]: name for public_id, name in found if name}


@dataclass(frozen=True)
class Signature:
    """Who did something, to be shown: ``id`` of the person, or of the house that is told in their place."""

    id: str
    name: str


def signatures(authors: Iterable[Author]) -> dict[Author, Signature]:
    """At most two queries, however many there are."""
    every = set(authors)
    people = names_of({each.actor_id for each in every if each.actor_id})
    keys = {key for each in every for key in each.houses}
    houses = Organisation.objects.in_bulk(keys) if keys else {}
    return {
        each: Signature(each.actor_id, people[each.actor_id])
        if each.actor_id
        else _of_houses([houses[key] for key in sorted(each.houses) if key in houses])
        for each in every
    }


def _of_houses(houses: Sequence[Organisation]) -> Signature:
    if not houses:
        return Signature("", str(_("Somebody of another organisation")))
    return Signature(str(houses[0].public_id), "、".join(house.name for house in houses))


def standing_then(deeds: Iterable[tuple[str, datetime]]) -> dict[tuple[str, datetime], dict[int, frozenset[str]]]:
    """The roles in which people acted: who did something and when → organisation key → roles held there on that day.
    An organisation that was absorbed since stands under the one that lives on. Ids of no person are left out."""
    asked = [deed for deed in deeds if _is_person(deed[0])]
    if not asked:
        return {}
    held: dict[str, list[Membership]] = {}
    memberships = Membership.objects.filter(user__public_id__in={UUID(actor) for actor, _when in asked})
    for each in memberships.select_related("user", "organisation"):
        held.setdefault(str(each.user.public_id), []).append(each)
    survivors = _survivors({each.organisation for rows in held.values() for each in rows})
    return {deed: _standing(held.get(deed[0], ()), timezone.localdate(deed[1]), survivors) for deed in asked}


def _standing(held: Iterable[Membership], day: date, survivors: Mapping[int, int]) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for each in held:
        if each.started_on <= day and (each.ended_on is None or day <= each.ended_on):
            key = survivors.get(each.organisation_id, each.organisation_id)
            found[key] = found.get(key, frozenset()) | {each.role}
    return found


def _survivors(organisations: Iterable[Organisation]) -> dict[int, int]:
    """Absorbed organisation → the one that lives on."""
    step = {each.pk: each.merged_into_id for each in organisations if each.merged_into_id is not None}
    while beyond := set(step.values()) - set(step):
        further = Organisation.objects.filter(pk__in=beyond).values_list("pk", "merged_into_id")
        step |= {key: survivor if survivor is not None else key for key, survivor in further}
    return {key: _last(step, key) for key in step}


def _last(step: Mapping[int, int], key: int) -> int:
    while step[key] != key:
        key = step[key]
    return key


def _is_person(actor: str) -> bool:
    try:
        return str(UUID(actor)) == actor
    except ValueError:
        return False


def _unnamed(actor: str) -> str:
    kind, _, name = actor.partition(":")
    if kind == "system" and name:
        return SystemActor(name).actor_name
    if kind == "console" and name:
        return operator(name).actor_name
    return PUBLIC.actor_name if actor == PUBLIC.actor_id else actor


def actors_named(words: str) -> list[str]:
    """Ids of people whose name has these words."""
    people = User.objects.filter(display_name__icontains=words).order_by("pk")
    return [str(public_id) for public_id in people.values_list("public_id", flat=True)[:MOST_NAMESAKES]]


def with_actors(actor: Actor, entries: Sequence[AuditEntry]) -> None:
    """Put the name of who acted beside each entry."""
    names = names_of({entry.actor_id for entry in entries})
    for entry in entries:
        entry.actor_name = names[entry.actor_id]  # type: ignore[attr-defined]  # for the template of the row
