"""What every page promises, whichever register or view it is of."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.web.answers import Place
from tests.web.sights import looker, sight, sight_names
from tests.web.world import EVERYBODY, PEOPLE, Person, World
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.registers import Register

pytestmark = pytest.mark.django_db
MOVED = [register for register in registers() if register.pages and register.moves]
OUTSIDE = re.compile(r"(src|href)=\"(https?:)?//")
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*(\ssrc=|type=.application/json.))")


@pytest.mark.parametrize("name", sight_names())
def test_pages_load_nothing_but_our_own_files(world: World, name: str) -> None:
    seen = sight(world, name)
    for person in {seen.person, *(each for each in EVERYBODY if each.key in {"public", "bureau", "holder"})}:
        response = world.clients[person.key].get(seen.where)
        assert response.status_code == 200 or person != seen.person, (person.key, response.status_code)
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy and "script-src 'self'" in policy
        page = response.content.decode()
        assert not INLINE.search(page) and not OUTSIDE.search(page)


@pytest.mark.parametrize(
    "register", [each for each in registers() if each.pages and each.moves], ids=lambda each: each.name
)
def test_moves_that_ask_are_asked_and_the_others_are_one_press(world: World, register: Register[Any]) -> None:
    person, known = looker(world, Place(register, "move", register.moves[0]))
    answer = world.clients[person.key].get(Place(register, "page").address(known))
    page, offered = answer.content.decode(), answer.context["moves"]
    assert known is not None and offered
    for move in offered:
        where = Place(register, "move", move).address(known)
        pressed, asked = f'action="{where}"' in page, f'href="{where}"' in page
        assert (pressed, asked) == ((False, True) if move.form is not None or move.confirm else (True, False)), (
            move.name
        )


@pytest.mark.parametrize("person", PEOPLE, ids=[person.key for person in PEOPLE])
def test_navigation_offers_only_pages_that_open(world: World, person: Person) -> None:
    client = world.clients[person.key]
    shown = client.get(reverse("home")).context
    offered = [item for group in shown["navigation"] for item in group["items"]]
    assert offered
    for item in [*offered, *shown["own_affairs"], *shown["dock"]]:
        assert client.get(item["address"]).status_code == 200, item["address"]
