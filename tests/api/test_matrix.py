"""Every register × verb × role × own, foreign and absent record. What is expected comes from the declaration and the
policy; a register without records to try fails the suite."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from tests.api.conftest import Program, Programs, known_ids
from tests.api.test_contract import ROLES
from zhiqiao.api.urls import urlpatterns
from zhiqiao.core import rates
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.permissions import ATTACH, COMMENT, HISTORY
from zhiqiao.kit.registers import Register
from zhiqiao.parties.actors import actor_for

pytestmark = pytest.mark.django_db
NAMES = [register.name for register in registers()]
DONE = {200, 201, 204, 409, 422, 503}
"""Past every door: what the rules, the form or the state make of it is tried elsewhere."""


@dataclass(frozen=True)
class Row:
    """One request, and the statuses of which it must answer one."""

    method: str
    path: str
    expected: frozenset[int]


def one(*statuses: int) -> frozenset[int]:
    return frozenset(statuses)


def door(register: Register[Any], actor: Actor, method: str) -> int:
    """0 where the register lets the caller in, else what it answers."""
    if method == "GET" and register.public:
        return 0
    if not actor.signed_in:
        return 401
    return 0 if register.open_to(actor) else 404


def rows_of_list(register: Register[Any], actor: Actor) -> Iterator[Row]:
    closed = door(register, actor, "GET")
    for path in ("", "export.csv", "export.xlsx"):
        yield Row("GET", f"{register.path}/{path}", one(closed or 200))
    if register.create is not None:
        allowed = frozenset(DONE) if register.may_create(actor) else one(403)
        shut = door(register, actor, "POST")
        yield Row("POST", f"{register.path}/", one(shut) if shut else allowed)


def rows_of_record(register: Register[Any], actor: Actor, public_id: str) -> Iterator[Row]:
    record = register.records(actor).filter(public_id=public_id).first()
    base = f"{register.path}/{public_id}/"

    def expected(method: str, verb: str = "") -> frozenset[int]:
        shut = door(register, actor, method)
        if shut or record is None:
            return one(shut or 404)
        return DONE_SET if not verb or register.policy.may(actor, verb, record) else one(403)

    yield Row("GET", base, expected("GET"))
    if register.change is not None:
        yield Row("PATCH", base, expected("PATCH", register.change.verb))
    for move in register.moves:
        yield Row("POST", f"{base}{move.name}/", expected("POST", move.verb))
    parts = {"timeline/": HISTORY, "comments/": COMMENT, "files/": ATTACH}
    for part in (each for each, verb in parts.items() if verb in register.policy.verbs):
        sees = record is not None and register.may(actor, HISTORY, record)
        beside = one(401) if not actor.signed_in else expected("GET") if sees else one(404)
        yield Row("GET", base + part, beside)


DONE_SET = frozenset(DONE)


def answered(program: Program, row: Row) -> int:
    """One request, with whatever it wrote taken back."""
    rates.forget()
    with transaction.atomic():
        status = program.ask(row.method, row.path, None if row.method == "GET" else {}, If_Match="*").status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("name", NAMES)
def test_register_answers_each_role_as_declared(programs: Programs, name: str) -> None:
    register = next(each for each in registers() if each.name == name)
    ids = [*known_ids(programs.city, register), str(uuid.uuid4())] if register.pages else []
    assert len(ids) != 1, f"no record of the register {name} to try: add one to tests/api/conftest.py"
    wrong = []
    for who in ROLES:
        program = programs.logged_in(who)
        actor = PUBLIC if who == "public" else actor_for(programs.city.people[who])
        rows = [*rows_of_list(register, actor), *(row for each in ids for row in rows_of_record(register, actor, each))]
        wrong += [
            f"{who}: {row.method} {row.path} → {status}, not {sorted(row.expected)}"
            for row in rows
            if (status := answered(program, row)) not in row.expected
        ]
    assert not wrong, "\n".join(wrong)


def looked_at(program: Program, register: Register[Any], public_id: str) -> list[tuple[int, bytes, int]]:
    """Status, bytes and number of queries of each request that speaks of the record."""
    base, found = f"{register.path}/{public_id}/", []
    asks = [("GET", base), *(("PATCH", base) for _ in [register.change] if _)]
    asks += [("POST", f"{base}{move.name}/") for move in register.moves[:1]]
    for method, path in asks:
        rates.forget()
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            answer = program.ask(method, path, None if method == "GET" else {}, If_Match="*")
            transaction.set_rollback(True)
        found.append((answer.status_code, answer.content, len(queries)))
    return found


@pytest.mark.parametrize("name", [register.name for register in registers() if register.pages])
def test_hidden_and_absent_look_the_same_and_cost_the_same(programs: Programs, name: str) -> None:
    register = next(each for each in registers() if each.name == name)
    for who in ROLES:
        program = programs.logged_in(who)
        actor = PUBLIC if who == "public" else actor_for(programs.city.people[who])
        for public_id in known_ids(programs.city, register):
            if not register.records(actor).filter(public_id=public_id).exists():
                looked_at(program, register, str(uuid.uuid4()))
                hidden, absent = (looked_at(program, register, each) for each in (public_id, str(uuid.uuid4())))
                assert hidden == absent, who


OWN_ADDRESSES = {
    "api_index", "api_me", "api_description", "api_match", "api_nothing", "api_ranking", "api_ranking_state",
    "api_ranking_take_away",
}  # fmt: skip


def test_every_address_is_in_the_matrix() -> None:
    """Those of registers are there by what they are; another one must be tried by name."""
    parts = r"list|csv|xlsx|timeline|comments|files?|bulk_\w+"
    for place in urlpatterns:
        assert isinstance(place, URLPattern) and place.name
        if place.name in OWN_ADDRESSES:
            continue
        register = next(each for each in registers() if f"{place.name}_".startswith(f"api_{each.name}_"))
        rest = place.name.removeprefix(f"api_{register.name}").removeprefix("_")
        moves = {move.name for move in register.moves}
        assert not rest or rest in moves or re.fullmatch(parts, rest), place.name
    assert get_resolver().resolve("/api/v1/needs/").url_name == "api_need_list"
