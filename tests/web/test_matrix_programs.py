"""Every address of the interface for programs × every verb × every role × records of every kind, against the same
reading of the rules as the pages' matrix; and an address that nothing here knows fails."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.answers import ABSENT
from tests.web.rights import VERBS, is_open, may, may_make, sees, telling
from tests.web.world import EVERYBODY, Known, Person, World
from zhiqiao.api.urls import urlpatterns
from zhiqiao.core import rates
from zhiqiao.kit.catalogue import register_named, registers
from zhiqiao.kit.permissions import ATTACH, COMMENT, HISTORY
from zhiqiao.kit.registers import Move, Register
from zhiqiao.matching.policies import PROFILES

pytestmark = pytest.mark.django_db
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
WRITTEN: Final = frozenset({200, 201, 204, 409, 422})  # done, not in this state, something is missing
UNUSABLE: Final = frozenset({400, 415, 422})  # an empty body, where files or fields must be sent
BESIDE: Final = {"timeline": HISTORY, "comments": COMMENT, "files": ATTACH, "file": ATTACH}
"""What stands beside a record, where some rule speaks of it."""


@dataclass(frozen=True)
class Place:
    """``part`` of a register's addresses; ``move`` where it is a move's."""

    register: Register[Any]
    part: str
    move: Move[Any] | None = None

    @property
    def name(self) -> str:
        part = "" if self.part in {"one", "move"} else f"_{self.part}"
        return f"api_{self.register.name}{part}{f'_{self.move.name}' if self.move else ''}"

    @property
    def of_record(self) -> bool:
        return self.part in {"one", "move", *BESIDE}

    @property
    def takes(self) -> set[str]:
        """The verbs that it answers."""
        return {
            "list": {"GET", "POST"} if self.register.create or self.register.name == "import" else {"GET"},
            "one": {"GET", "PATCH"} if self.register.change else {"GET"},
            "move": {"POST"}, "bulk": {"POST"}, "comments": {"GET", "POST"}, "files": {"GET", "POST"},
        }.get(self.part, {"GET"})  # fmt: skip

    def address(self, known: Known | None) -> str:
        keys = [known.record.public_id if known else ABSENT] if self.of_record else []
        keys += [known.file.public_id if known else ABSENT] if self.part == "file" else []
        return reverse(self.name, args=keys)


def places(register: Register[Any]) -> Iterator[Place]:
    yield from (Place(register, part) for part in ("list", "csv", "xlsx"))
    if not register.pages:
        return
    yield Place(register, "one")
    yield from (Place(register, "move", move) for move in register.moves)
    yield from (Place(register, "bulk", move) for move in register.moves if move.bulk)
    yield from (Place(register, part) for part, verb in BESIDE.items() if verb in register.policy.verbs)


PLACES = [place for register in registers() for place in places(register)]
RANKING: Final = {"api_ranking": {"GET", "PATCH"}, "api_ranking_state": {"POST"}, "api_ranking_take_away": {"POST"}}
"""What the ranking holds about an organisation, and the verbs that it answers."""
OWN: Final = {"api_index", "api_me", "api_description", "api_match", "api_nothing", *RANKING}


def test_every_address_of_the_interface_is_known() -> None:
    assert {str(each.name) for each in urlpatterns} == {place.name for place in PLACES} | OWN


def expected(place: Place, verb: str, person: Person, known: Known | None) -> frozenset[int]:
    register = place.register
    if verb not in {*place.takes, "OPTIONS"} and not (verb == "HEAD" and "GET" in place.takes):
        return only(405)
    open_to_all = verb in READING and register.public
    if not person.signed_in and (place.part in BESIDE or not open_to_all):
        return only(401)
    if not open_to_all and not is_open(register, person):
        return only(404)
    if verb == "OPTIONS":
        return only(204)
    if place.of_record:
        return of_record(place, verb, person, known)
    if verb in READING:
        return only(200)
    if place.part == "bulk":
        return UNUSABLE
    if register.create is None:  # files come in here
        return UNUSABLE | {403}
    return UNUSABLE if may_make(register, register.create, person) else only(403)


def of_record(place: Place, verb: str, person: Person, known: Known | None) -> frozenset[int]:
    register = place.register
    if known is None or not sees(register, person, known):
        return only(404)
    if place.part in BESIDE:
        if not may(register, HISTORY, person, known):
            return only(404)
        if verb in READING:
            return only(200)
        return only(201 if may(register, BESIDE[place.part], person, known) else 403)
    if verb in READING:
        return only(200)
    wanted = place.move.verb if place.move else register.change.verb if register.change else ""
    return WRITTEN if may(register, wanted, person, known) else only(403)


def only(status: int) -> frozenset[int]:
    return frozenset({status})


def asked(client: Client, place: Place, verb: str, where: str) -> int:
    rates.forget()
    if verb == "POST" and place.part == "files":
        return client.post(where, {"file": io.BytesIO(b"x")}).status_code
    sent = {"text": "示例"} if place.part == "comments" else {}
    body = json.dumps(sent) if verb in {"POST", "PATCH"} else ""
    told = client.generic(verb, where, body, content_type="application/json", headers={"If-Match": "*"})
    return told.status_code


def tried(world: World, place: Place, person: Person) -> Iterator[tuple[str, Known | None]]:
    """What it takes, on a record of each kind and one that there is not; what it does not take, on one of them."""
    kinds: list[Known | None] = [None]
    if place.of_record:
        kinds += telling(place.register, person, world.known[place.register.name])
    yield from ((verb, known) for verb in VERBS if verb in place.takes for known in kinds)
    yield from ((verb, kinds[-1]) for verb in VERBS if verb not in place.takes)


@pytest.mark.parametrize("place", PLACES, ids=[place.name for place in PLACES])
def test_program_is_answered_as_the_rules_say(world: World, place: Place) -> None:
    wrong: dict[tuple[str, str, str], tuple[int, list[int]]] = {}
    for person in EVERYBODY:
        for verb, known in tried(world, place, person):
            right = expected(place, verb, person, known)
            with world.taken_back():
                told = asked(world.clients[person.key], place, verb, place.address(known))
            if told not in right:
                wrong[person.key, verb, known.label if known else "absent"] = (told, sorted(right))
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "verb", "public", "admin", "others"),
    [
        ("api_index", "GET", 200, 200, 200), ("api_me", "GET", 401, 200, 200),
        ("api_description", "GET", 200, 200, 200), ("api_match", "POST", 401, 404, 422),
        ("api_index", "POST", 405, 405, 405), ("api_me", "DELETE", 405, 405, 405),
        ("api_match", "GET", 405, 405, 405), ("api_me", "PATCH", 401, 428, 428), ("api_me", "POST", 405, 405, 405),
    ],
)  # fmt: skip
def test_addresses_of_no_register(world: World, name: str, verb: str, public: int, admin: int, others: int) -> None:
    for person in EVERYBODY:
        rates.forget()
        with world.taken_back():
            told = world.clients[person.key].generic(verb, reverse(name), "{}", content_type="application/json")
        assert told.status_code == {"public": public, "admin": admin}.get(person.key, others), person.key


def expected_of_ranking(name: str, verb: str, person: Person, known: Known | None) -> frozenset[int]:
    if verb not in {*RANKING[name], "OPTIONS"} and not (verb == "HEAD" and "GET" in RANKING[name]):
        return only(405)
    if not person.signed_in:
        return only(401)
    if not is_open(register_named("push"), person):
        return only(404)
    if verb == "OPTIONS":
        return only(204)
    organisations = register_named("organisation")
    held = replace(organisations, policy=PROFILES)
    if known is None or not sees(organisations, person, known) or not sees(held, person, known):
        return only(404)
    if verb in READING:
        return only(200)
    return WRITTEN if may(held, "correct_profile", person, known) else only(403)


@pytest.mark.parametrize("name", RANKING)
def test_what_the_ranking_holds_is_told_as_the_rules_say(world: World, name: str) -> None:
    wrong: dict[tuple[str, str, str], tuple[int, list[int]]] = {}
    for person in EVERYBODY:
        for verb, known in ((verb, known) for verb in VERBS for known in (None, *world.known["organisation"])):
            where = reverse(name, args=[known.record.public_id if known else ABSENT])
            right = expected_of_ranking(name, verb, person, known)
            rates.forget()
            with world.taken_back():
                body = "{}" if verb in {"POST", "PATCH"} else ""
                told = world.clients[person.key].generic(
                    verb, where, body, content_type="application/json", headers={"If-Match": "*"}
                )
            if told.status_code not in right:
                wrong[person.key, verb, known.label if known else "absent"] = (told.status_code, sorted(right))
    assert wrong == {}
