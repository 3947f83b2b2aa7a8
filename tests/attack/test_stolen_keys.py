"""What somebody can do who found a key of another's program."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.attack.conftest import City, Program, Programs
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.registers.keys import scope_choices
from zhiqiao.parties.scopes import BY_PEOPLE_ALONE, is_scope

pytestmark = pytest.mark.django_db


def told(answer: HttpResponse) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(answer.content)
    return read


@pytest.mark.parametrize("who", ["holder", "admin"])
def test_no_key_becomes_the_person_by_a_new_password(city: City, programs: Programs, who: str) -> None:
    person = city.people[who]
    before = person.password
    answer = programs.of(who, "read", "write").post(f"people/{person.public_id}/password/", If_Match="*")
    assert (answer.status_code, told(answer)["code"]) == (403, "scope_missing")
    person.refresh_from_db()
    assert person.password == before and "secret_once" not in told(answer)


def test_no_key_makes_a_log_in_that_outlives_it(city: City, programs: Programs) -> None:
    asked = {"username": "ghost", "display_name": "影子", "role": "holder_manager", "organisation": "示例学院"}
    answer = programs.of("holder", "write").post("people/", asked)
    assert (answer.status_code, told(answer)["code"]) == (403, "scope_missing")
    made = programs.logged_in("holder").post("people/", asked)
    assert made.status_code == 201, "somebody who is logged in does so"


def test_what_no_key_may_do_is_offered_to_none(city: City) -> None:
    offered = {scope for scope, _words in scope_choices(actor_for(city.people["admin"]))}
    assert {f"{path}:read" for path in BY_PEOPLE_ALONE} <= offered
    for path in BY_PEOPLE_ALONE:
        assert f"{path}:write" not in offered and not is_scope(f"{path}:write", [path])


def matching(program: Program) -> HttpResponse:
    return program.post("match/", {"text": "要求模具更加耐磨，不再开裂"})


def test_key_for_one_register_does_not_search_another(programs: Programs) -> None:
    narrow = matching(programs.of("firm", "keys:read", "needs:write"))
    assert (narrow.status_code, told(narrow)["code"]) == (403, "scope_missing")
    assert matching(programs.of("firm", "patents:read")).status_code == 200
    assert matching(programs.of("firm", "read")).status_code == 200


@pytest.mark.parametrize("who", ["holder", "admin"])
def test_open_page_of_somebody_does_not_give_their_password(city: City, who: str) -> None:
    person = city.people[who]
    before = person.password
    client = city.client(who)
    answer = client.post(reverse("person_move", args=[person.public_id, "password"]), follow=True)
    person.refresh_from_db()
    assert person.password == before and answer.status_code == 200
    assert "present one" in answer.content.decode() or "当前密码" in answer.content.decode()
