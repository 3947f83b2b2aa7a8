"""What a register is for, what can be done in it, by whom, and the states a record goes through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhiqiao.kernel.transitions import Transition, TransitionTable
from zhiqiao.kit.registers import Register
from zhiqiao.kit.roles import Role
from zhiqiao.web.registers.base import RegisterView
from zhiqiao.wording import label, listed


@dataclass(frozen=True)
class Step:
    """One row of the table of states: from where, by which move, to where, by whom."""

    source: str
    move: str
    target: str
    who: str


class RegisterHelp(RegisterView):
    def get(self, request: HttpRequest) -> HttpResponse:
        register = self.register
        context = {
            "columns": register.columns_for(self.actor),
            "deeds": [(move, rights(register, move.verb)) for move in register.moves],
            "creators": rights(register, register.create.verb) if register.create else "",
            "changers": rights(register, register.change.verb) if register.change else "",
            "steps": list(steps(register, register.table)) if register.table else [],
        }
        return self.show("registers/help.html", context)


def rights(register: Register[Any], verb: str) -> str:
    """The roles that some rule permits the verb, in the order of the roles."""
    permitted = frozenset[str]().union(*(rule.roles for rule in register.policy.rules if rule.verb == verb))
    return _names(permitted)


def steps(register: Register[Any], table: TransitionTable) -> Iterator[Step]:
    words = next((column.words for column in register.columns if column.name == "state"), label)
    for state in table.states:
        for move in table.from_state(state):
            yield Step(words(state), name_of(register, move), words(move.target), makers_of(register, move))


def makers_of(register: Register[Any], move: Transition) -> str:
    """Those whom the table names; where it names nobody, those whom the policy lets."""
    declared = register.move_named(move.name)
    return _names(move.who) if move.who or declared is None else rights(register, declared.verb)


def name_of(register: Register[Any], move: Transition) -> str:
    declared = register.move_named(move.name)
    return str(declared.label) if declared else move.label or move.name


def _names(roles: frozenset[str]) -> str:
    return listed(str(role.label) for role in Role if role in roles)
