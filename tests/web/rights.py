"""What the declared rules say of each person and record, read anew and without the code that enforces them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.web.world import EVERYBODY, PUBLIC, Known, Person
from zhiqiao.kit.permissions import ANY, Rule
from zhiqiao.kit.registers import Create, Register

VERBS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LOGIN: Final = "login"
"""A redirect to the log-in, as an answer beside statuses."""


@dataclass(frozen=True)
class Unstated(AssertionError):
    """A rule asks for something that nobody has said of a record of the world."""

    register: str
    label: str
    path: str

    def __str__(self) -> str:
        return (
            f"the rules of “{self.register}” ask for {self.path}: say what is true of its record “{self.label}” in "
            "tests/web/world.py"
        )


def speaks_to(rule: Rule, person: Person) -> bool:
    """“everyone” means the public too, “signed_in” everybody with a log-in."""
    named = set(map(str, rule.roles))
    return "everyone" in named or (person.signed_in and bool(named & {"signed_in", str(person.role)}))


def holds(rule: Rule, register: Register[Any], person: Person, known: Known) -> bool:
    """Whether the rule lets this person at this record."""

    def at(path: str) -> frozenset[Any]:
        if path not in known.facts:
            raise Unstated(register.name, known.label, path)
        return known.facts[path]

    scope = rule.scope
    conditions = [
        not scope.organisation or person.house in at(scope.organisation),
        not scope.person or person.key in at(scope.person),
        not scope.asker or person.key in at(scope.asker),
        *(bool(at(path) & wanted) for path, wanted in scope.values),
    ]
    return speaks_to(rule, person) and all(conditions)


def may(register: Register[Any], verb: str, person: Person, known: Known) -> bool:
    rules = [rule for rule in register.policy.rules if rule.verb == verb]
    return any(holds(rule, register, person, known) for rule in rules)


def sees(register: Register[Any], person: Person, known: Known) -> bool:
    return not known.gone and may(register, "view", person, known)


def is_open(register: Register[Any], person: Person) -> bool:
    return str(person.role) in set(map(str, register.roles))


def may_make(register: Register[Any], way: Create[Any], person: Person) -> bool:
    """A new record has no owner yet: only a rule over any record answers. Where the way asks by itself, it is because
    everybody here has a house, and is somebody: then each rule that speaks to them does."""
    rules = [rule for rule in register.policy.rules if rule.verb == way.verb and speaks_to(rule, person)]
    return any(way.allowed is not None or rule.scope == ANY for rule in rules)


def standing(register: Register[Any], person: Person, known: Known) -> tuple[bool, ...]:
    """All that is this person's to do with this record."""
    return (sees(register, person, known), *(may(register, verb, person, known) for verb in register.policy.verbs))


def telling(register: Register[Any], person: Person, known: Iterable[Known]) -> list[Known]:
    """One record for each way in which records stand to this person, own, foreign, published, undone…, first the one
    in which they have most to say."""
    found: dict[tuple[bool, ...], Known] = {}
    for each in known:
        found.setdefault(standing(register, person, each), each)
    return [found[rights] for rights in sorted(found, key=sum, reverse=True)]


def lacking(register: Register[Any], known: list[Known]) -> Iterator[str]:
    """What the world lacks for the matrix to say something of this register."""
    if not known:
        yield f"“{register.name}” has no record in tests/web/world.py: lay some down and say what is true of them"
    for verb in register.policy.verbs:
        for rule in (each for each in register.policy.rules if each.verb == verb and each.scope != ANY):
            for person in (each for each in EVERYBODY if each != PUBLIC and speaks_to(rule, each)):
                of_somebody = rule.scope.organisation or rule.scope.person or rule.scope.asker
                if of_somebody and not any(holds(rule, register, person, each) for each in known):
                    yield f"“{register.name}” has no record of {person.key}'s own for {verb}: lay one down"
                if all(holds(rule, register, person, each) for each in known):
                    yield f"“{register.name}” has no record that is foreign to {person.key} for {verb}: lay one down"
