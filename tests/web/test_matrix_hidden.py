"""What is hidden from somebody is to them as if it were not there: the same status, the same bytes, the same number
of queries, for every role and verb at every address of every register."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.web.answers import Place, answer_of, every_place, expected, is_of_record
from tests.web.rights import VERBS, is_open, sees, telling
from tests.web.world import EVERYBODY, Known, Person, World

pytestmark = pytest.mark.django_db
PLACES = list({place.name: place for place in reversed(every_place()) if is_of_record(place)}.values())


def looked_at(world: World, place: Place, person: Person, verb: str, known: Known | None) -> tuple[Any, bytes, int]:
    """Status, body and queries; the address and the token of forms stand in the body of every page."""
    where = place.address(known)
    with world.taken_back(), CaptureQueriesContext(connection) as queries:
        told, response = answer_of(world, person, verb, where, place.body(verb))
    body = response.content.replace(where.encode(), b"")
    if context := getattr(response, "context", None):
        body = body.replace(str(context["csrf_token"]).encode(), b"")
    return told, body, len(queries)


@pytest.fixture(autouse=True)
def _within_one_minute() -> Iterator[None]:
    # The foot of a printed page says who printed it and when.
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.parametrize("place", PLACES, ids=[place.name for place in PLACES])
def test_hidden_and_absent_are_alike(world: World, place: Place) -> None:
    unlike: dict[tuple[str, str, str], Any] = {}
    for person in EVERYBODY:
        kinds = telling(place.register, person, world.known[place.register.name])
        hidden = [each for each in kinds if not sees(place.register, person, each)]
        # Whom the register is not for is turned away before anybody looks for the record.
        verbs = VERBS if is_open(place.register, person) else ("GET", "POST")
        for verb in verbs if hidden else ():
            absent = looked_at(world, place, person, verb, None)
            assert absent[0] in expected(place, verb, person), (person.key, verb, absent[0])
            for known in hidden:
                found = looked_at(world, place, person, verb, known)
                if found != absent:
                    unlike[person.key, verb, known.label] = (found[0], absent[0], found[2], absent[2])
    assert unlike == {}
