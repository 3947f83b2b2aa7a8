"""Names of those who act. The audit trail knows them by their sealed ids alone: a name beside an entry could be changed
unnoticed, and one within it could not be erased by law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from zhiqiao.core.actors import SystemActor
from zhiqiao.core.models import AuditEntry
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.parties.actors import operator
from zhiqiao.parties.models import User

MOST_NAMESAKES: Final = 500


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Actor id → the name it has today, in one query; an id that nobody has any more stands for itself."""
    known = {actor: _unnamed(actor) for actor in actors}
    people = {UUID(actor): actor for actor in known if _is_person(actor)}
    found = User.objects.filter(public_id__in=people).values_list("public_id", "display_name") if people else ()
    return known | {people[public_id]: name for public_id, name in found if name}


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
