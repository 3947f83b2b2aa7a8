"""Who may do what, as a table that answers the same for one record and for a list.

A policy is a list of rules; a rule reads aloud: "``change``: a holder manager, on records of the own organisation".
``may`` asks the record, ``visible`` asks the database; both come from the same scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import Manager, Model, OuterRef, Q, QuerySet

from zhiqiao.core.keysets import AskedOfEach, asked_of_each, in_turn
from zhiqiao.kernel.errors import Forbidden, NotFound
from zhiqiao.kit.actors import Actor

M = TypeVar("M", bound=Model)

VIEW = "view"
# What goes on beside a record: who reads what happened to it and what is said of it, and who adds words and files.
HISTORY = "view_history"
COMMENT = "comment"
ATTACH = "attach"
EVERYONE = frozenset({"everyone"})
"""The public too."""
SIGNED_IN = frozenset({"signed_in"})


def only(*roles: str) -> frozenset[str]:
    return frozenset(str(role) for role in roles)


@dataclass(frozen=True)
class Scope:
    """Which records a rule speaks of. All parts that are given must hold.

    Paths are written as in a query (``patent__owner_id``) and may cross to many records, of which one suffices; paths
    that begin with the same relation speak of one and the same record at its end, so ``memberships__ended_on`` beside
    ``memberships__organisation_id`` is that membership's. Relations walked backwards need a ``related_name``.
    ``organisation`` leads to the key of an organisation in which the actor holds one of the rule's roles, ``person`` to
    the actor's own user key, ``asker`` to their public id as rows below ``parties`` name people, and ``values`` are
    (path, values one of which the record has); None among them means "is empty". ``each``: what paths say of the record
    that this key leads to is asked of each row: no database begins a list with all that the key could lead to.
    """

    organisation: str = ""
    person: str = ""
    values: tuple[tuple[str, frozenset[Any]], ...] = ()
    asker: str = ""
    each: str = ""

    def having(self, **values: Any) -> Scope:
        """The same records, but only those with these values; a set or tuple means one of them."""
        wanted = tuple((path, _as_set(value)) for path, value in values.items())
        return replace(self, values=self.values + wanted)

    def conditions(self, actor: Actor, roles: frozenset[str]) -> Iterator[tuple[str, frozenset[Any]]]:
        if self.organisation:
            yield self.organisation, _organisations(actor, roles)
        if self.person:
            yield self.person, frozenset() if actor.user_key is None else frozenset({actor.user_key})
        if self.asker:
            # The public and the product itself have a name there too, which nobody signs in with.
            yield self.asker, frozenset({actor.actor_id}) if actor.signed_in else frozenset()
        yield from self.values


ANY = Scope()


def own(path: str) -> Scope:
    """Records of an organisation in which the actor holds one of the rule's roles."""
    return Scope(organisation=path)


def oneself(path: str) -> Scope:
    """Records of the actor as a person."""
    return Scope(person=path)


def asked_by_oneself(path: str) -> Scope:
    """Records that name the actor as the one who asked for them."""
    return Scope(asker=path)


def having(**values: Any) -> Scope:
    """Records with these values, whoever owns them."""
    return ANY.having(**values)


@dataclass(frozen=True)
class Rule:
    verb: str
    roles: frozenset[str]
    scope: Scope = ANY

    def speaks_to(self, actor: Actor) -> bool:
        return bool(self.roles & _standing(actor, actor.every_role))

    def permits(self, actor: Actor, record: Model | None) -> bool:
        """``record`` None asks for the verb as such, as before a record exists: only a rule over any record answers."""
        if not self.speaks_to(actor):
            return False
        if record is None:
            return self.scope == ANY
        conditions = self.scope.conditions(actor, self.roles)
        return _meets(record, [(path.split("__"), wanted) for path, wanted in conditions])

    def houses(self, record: Model, candidates: Iterable[int]) -> frozenset[int]:
        """Those of the organisations on which the rule permits it, were the actor of them."""
        path = self.scope.organisation
        rest = [(each.split("__"), wanted) for each, wanted in self.scope.values]
        own = path.split("__")
        return frozenset(key for key in candidates if _meets(record, [(own, frozenset({key})), *rest]))

    def condition(self, actor: Actor, model: type[Model]) -> Q:
        together: dict[str, dict[str, frozenset[Any]]] = {}
        for path, wanted in self.scope.conditions(actor, self.roles):
            alone = self.scope.each if path.startswith(f"{self.scope.each}__") else ""
            kept = together.setdefault(_way_to_many(model, path) or alone, {})
            kept[path] = kept[path] & wanted if path in kept else wanted
        return _row_by_row_last([_query(model, way, wanted) for way, wanted in together.items()])


@dataclass(frozen=True)
class Reach:
    """Where somebody may do something: in these houses, or whatever house a record is of."""

    houses: frozenset[int] = frozenset()
    everywhere: bool = False

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.houses)


class Policy:
    """The rules of one kind of record. What no rule permits is forbidden."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules

    @property
    def verbs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule.verb for rule in self.rules))

    def permitting(self, actor: Actor, verb: str, record: Model | None = None) -> Rule | None:
        """The first rule that permits it, to see why; None where none does."""
        rules = (rule for rule in self.rules if rule.verb == verb)
        return next((rule for rule in rules if rule.permits(actor, record)), None)

    def may(self, actor: Actor, verb: str, record: Model | None = None) -> bool:
        return self.permitting(actor, verb, record) is not None

    def reach(self, actor: Actor, verb: str, record: Model) -> Reach:
        """On whose account the actor may: whatever house the record is of, or for houses of their own."""
        houses: set[int] = set()
        for rule in self.rules:
            if rule.verb != verb or not rule.speaks_to(actor):
                continue
            if rule.scope.organisation:
                houses |= rule.houses(record, sorted(_organisations(actor, rule.roles) - houses))
            elif rule.permits(actor, record):
                return Reach(everywhere=True)
        return Reach(frozenset(houses))

    def houses_of(self, verb: str, record: Model) -> frozenset[int]:
        """The organisations whose people may, in the right role: those that the record is of."""
        ruled = [rule for rule in self.rules if rule.verb == verb and rule.scope.organisation]
        paths = {rule.scope.organisation: _ends(record, rule.scope.organisation.split("__")) for rule in ruled}
        return frozenset(key for rule in ruled for key in rule.houses(record, paths[rule.scope.organisation]))

    def offices(self, verb: str) -> frozenset[str]:
        """The roles that may, whatever house a record is of."""
        return frozenset(role for rule in self.rules if rule.verb == verb and _is_anyones(rule) for role in rule.roles)

    def permitted(self, actor: Actor, verb: str, records: QuerySet[M]) -> QuerySet[M]:
        """Those of the records for which ``may`` says yes; rows are never doubled."""
        rules = [rule for rule in self.rules if rule.verb == verb and rule.speaks_to(actor)]
        if any(rule.scope == ANY for rule in rules):
            return records
        conditions = [rule.condition(actor, records.model) for rule in rules]
        return records.filter(_any_of(conditions)) if conditions else records.none()

    def visible(self, actor: Actor, records: QuerySet[M]) -> QuerySet[M]:
        return self.permitted(actor, VIEW, records)

    def require(self, actor: Actor, verb: str, record: Model | None = None) -> None:
        """Raises ``NotFound`` where the record is hidden from the actor, ``Forbidden`` where it is only not theirs to
        change."""
        if self.may(actor, verb, record):
            return
        if record is not None and not self.may(actor, VIEW, record):
            raise NotFound
        raise Forbidden(verb=verb)


def _standing(actor: Actor, held: frozenset[str]) -> frozenset[str]:
    return held | EVERYONE | (SIGNED_IN if actor.signed_in else frozenset())


def _organisations(actor: Actor, roles: frozenset[str]) -> frozenset[int]:
    return frozenset(key for key, held in actor.roles.items() if roles & _standing(actor, held))


def _as_set(value: Any) -> frozenset[Any]:
    return frozenset(value) if isinstance(value, set | frozenset | tuple | list) else frozenset({value})


def _row_by_row_last(conditions: Sequence[Q]) -> Q:
    """All of them; what is asked of each row in this order."""
    asked = [each for each in conditions if any(isinstance(part, AskedOfEach) for part in each.children)]
    return Q(*(each for each in conditions if each not in asked), *([in_turn(*asked)] if asked else ()))


def _any_of(conditions: Iterable[Q]) -> Q:
    joined = Q()
    for condition in conditions:
        joined |= condition
    return joined


def _meets(record: Any, conditions: Sequence[tuple[Sequence[str], frozenset[Any]]]) -> bool:
    """Paths that share their first step are followed together. A gap on the way, or no record at the end of a
    relation, counts as None, as in an outer join."""
    ways: dict[str, list[tuple[Sequence[str], frozenset[Any]]]] = {}
    for (first, *rest), wanted in conditions:
        ways.setdefault(first, []).append((rest, wanted))
    return all(any(_fits(each, further) for each in _step(record, first)) for first, further in ways.items())


def _fits(value: Any, conditions: Sequence[tuple[Sequence[str], frozenset[Any]]]) -> bool:
    ended = all(value in wanted for rest, wanted in conditions if not rest)
    return ended and _meets(value, [each for each in conditions if each[0]])


def _ends(record: Any, steps: Sequence[str]) -> frozenset[Any]:
    """What the path leads to, without gaps."""
    found = [record]
    for step in steps:
        found = [value for each in found for value in _step(each, step) if value is not None]
    return frozenset(found)


def _is_anyones(rule: Rule) -> bool:
    return not (rule.scope.organisation or rule.scope.person or rule.scope.asker)


def _step(record: Any, step: str) -> list[Any]:
    value = None if record is None else getattr(record, step)
    return (list(value.all()) or [None]) if isinstance(value, Manager) else [value]


def _query(model: type[Model], way: str, wanted: Mapping[str, frozenset[Any]]) -> Q:
    """``wanted`` by path; all paths go the same way to many records, or (``way`` empty) to none."""
    if not way:
        return _all_of(wanted)
    # A join to many rows would double the record in the list.
    none_will_do = all(None in values for values in wanted.values())
    beyond = _rows_beyond(model, way)
    if beyond is None or way in wanted or (none_will_do and beyond[1] != "pk"):
        return Q(pk__in=model._base_manager.filter(_all_of(wanted)).values("pk"))
    # Asked of each row that no rule before let in, instead of gathering all that somebody owns for each page.
    place, key, named = beyond
    further = _all_of({path.removeprefix(f"{way}__"): values for path, values in wanted.items()})
    rows = place._base_manager.filter(further, **{key: OuterRef(named)})
    return asked_of_each(rows)


def _rows_beyond(model: type[Model], way: str) -> tuple[type[Model], str, str] | None:
    """The table that the way leads to, its column that names the record, and the record's own that it names; None
    where the way is longer than from the record, or one that it names, to many."""
    lead, _, last = way.rpartition("__")
    step: Any = model._meta.get_field(lead) if lead and "__" not in lead else None
    if lead and (step is None or not step.many_to_one):
        return None
    relation: Any = (step.related_model if step else model)._meta.get_field(last)
    if relation.many_to_one and not lead and not relation.null:
        return relation.related_model, "pk", last
    return (relation.related_model, relation.field.name, lead or "pk") if relation.one_to_many else None


def _all_of(wanted: Mapping[str, frozenset[Any]]) -> Q:
    """In one ``filter`` they speak of the same row of a relation."""
    return Q(*(_is_one_of(path, values) for path, values in wanted.items()))


def _is_one_of(path: str, wanted: frozenset[Any]) -> Q:
    condition = Q(**{f"{path}__in": [value for value in wanted if value is not None]})
    return condition | Q(**{f"{path}__isnull": True}) if None in wanted else condition


def _way_to_many(model: type[Model], path: str) -> str:
    """The beginning of the path up to the first relation to many records; empty where there is none."""
    place: Any = model
    steps = path.split("__")
    for number, step in enumerate(steps, 1):
        if step == "pk":
            return ""
        field = place._meta.get_field(step)
        if field.one_to_many or field.many_to_many:
            return "__".join(steps[:number])
        place = field.related_model
    return ""
