"""Every address of every register × every verb × every role × own, foreign, published, undone and absent records.

What is right is read from the declarations and the rules, by code of its own (``rights``, ``answers``), against what
``world`` states of each record. Addresses that are no register's have their rows in ``test_matrix_pages``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.answers import Answer, Place, answer_of, every_place, expected, is_of_record
from tests.web.rights import VERBS, is_open, lacking, sees, telling
from tests.web.world import EVERYBODY, Known, Person, World
from zhiqiao.kit.catalogue import registers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_refusals")]
PLACES = every_place()


def test_the_world_has_own_and_foreign_records_of_every_register(world: World) -> None:
    assert [gap for each in registers() for gap in lacking(each, world.known.get(each.name, []))] == []


def asked(world: World, place: Place, person: Person) -> Iterator[tuple[str, Known | None]]:
    """Reading and writing on a record of each kind that the person sees, what no address takes on the one in which
    they have most to say; each further move on a record of every kind. ``test_matrix_hidden`` asks the rest."""
    alike = [move for move in place.register.moves if move.bulk or place.page == "move"]
    further = place.move is not None and place.move != alike[0]
    if not is_of_record(place):
        yield from ((verb, None) for verb in (("POST",) if further else VERBS))
        return
    kinds = telling(place.register, person, world.known[place.register.name])
    if further:
        yield from (("POST", known) for known in (*kinds, None))
        yield "GET", kinds[0]
        return
    seen = [known for known in kinds if sees(place.register, person, known)]
    yield from ((verb, known) for verb in ("GET", "POST") for known in seen)
    yield from ((verb, known) for verb in ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS") for known in seen[:1])


@pytest.mark.parametrize("place", PLACES, ids=[place.id for place in PLACES])
def test_address_answers_each_role_and_verb_as_the_rules_say(world: World, place: Place) -> None:
    wrong: dict[tuple[str, str, str], tuple[Answer, Any]] = {}
    for person in EVERYBODY:
        for verb, known in asked(world, place, person):
            right = expected(place, verb, person, known)
            with world.taken_back():
                told, _ = answer_of(world, person, verb, place.address(known), place.body(verb))
            if told not in right:
                wrong[person.key, verb, known.label if known else "absent"] = (told, sorted(right, key=str))
    assert wrong == {}


def test_every_list_holds_what_the_rules_show_and_nothing_else(world: World) -> None:
    wrong = {}
    for register in registers():
        for person in (each for each in EVERYBODY if is_open(register, each)):
            right = {each.label for each in world.known[register.name] if sees(register, person, each)}
            listed = set(register.records(world.actor(person)).values_list("pk", flat=True))
            told = {each.label for each in world.known[register.name] if each.record.pk in listed}
            if told != right:
                wrong[register.name, person.key] = (told - right, right - told)
    assert wrong == {}
