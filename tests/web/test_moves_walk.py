"""Every table of states, walked through its register's pages: each state, each move, each role. What the table allows
moves and stands in the trail, what it does not is refused and writes nothing."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.web.answers import answer_of
from tests.web.rights import LOGIN, is_open, may, sees
from tests.web.world import EVERYBODY, Known, Person, World
from zhiqiao import __file__ as package
from zhiqiao.core.models import AuditEntry
from zhiqiao.kernel.transitions import Transition
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.registers import Register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_refusals")]
WALKED = [register for register in registers() if register.table is not None]
COMPLETE: dict[str, dict[str, Any]] = {"entry": {"willing": "yes"}}  # what a record needs for its guards to let it on
SAID = {"note": "示例理由", "reply": "interested"}  # for moves that ask
STEPS = [
    (register, state, move)
    for register in WALKED
    for state in (register.table.states if register.table else ())
    for move in {each.name: each for each in register.table.transitions}.values()  # type: ignore[union-attr]  # WALKED
]


def test_every_table_of_states_is_walked() -> None:
    """One that no register declares would be walked by nobody."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(package).parent.rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    built = [call for call in calls if getattr(call.func, "id", "") == "TransitionTable"]
    assert len(built) == len({id(register.table) for register in WALKED}) > 0


def right(register: Register[Any], state: str, move: Transition, person: Person, known: Known) -> int | str:
    """From the table: the roles of the move hold for those who see the record; where it names none, the rules do."""
    if not person.signed_in:
        return LOGIN
    if not is_open(register, person) or not sees(register, person, known):
        return 404
    declared = register.move_named(move.name)
    assert declared is not None
    if not (str(person.role) in move.who if move.who else may(register, declared.verb, person, known)):
        return 403
    return 302 if state in move.sources else 409


def taken(
    world: World, register: Register[Any], state: str, move: str, person: Person, known: Known
) -> tuple[Any, ...]:
    """Status, the state afterwards, and what new stands in the trail by this person."""
    record, stored = known.record, register.model._base_manager.filter(pk=known.record.pk)
    where = reverse(f"{register.name}_move", args=[record.public_id, move])
    with world.taken_back():
        stored.update(state=state, **COMPLETE.get(register.name, {}))
        before = AuditEntry.objects.count()
        told, _ = answer_of(world, person, "POST", where, SAID)
        fresh = AuditEntry.objects.order_by("id")[before:]
        trail = [(each.action, each.actor_id, each.subject_id) for each in fresh]
        return told, stored.get().state, trail


@pytest.mark.parametrize(("register", "state", "move"), STEPS, ids=[f"{r.name}-{s}-{m.name}" for r, s, m in STEPS])
def test_the_table_decides_for_every_role(world: World, register: Register[Any], state: str, move: Transition) -> None:
    for person in EVERYBODY:
        known = next((each for each in world.known[register.name] if each.label == person.house), None)
        known = known or next(each for each in world.known[register.name] if each.label == "foreign")
        wanted = right(register, state, move, person, known)
        told, after, trail = taken(world, register, state, move.name, person, known)
        assert told == wanted, person.key
        if wanted == 302:
            by = str(world.city.people[person.key].public_id)
            assert after == move.target
            app = register.subject.partition(".")[0]
            assert (f"{app}.{move.name}", by, str(known.record.public_id)) in trail
        else:
            assert (after, trail) == (state, []), person.key
