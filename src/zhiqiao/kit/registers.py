"""A register, declared: what stands in it, who sees it, how it is searched, what can be done to its records.

From the declaration come the list and the page with their buttons, the interface for programs and its schema, the
sheets out and in, the rows of the permission matrix and the help. Nothing is generated: each face has plain views that
take a ``Register`` as an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django_filters import FilterSet  # type: ignore[import-untyped]  # it ships no types

from zhiqiao.core.audit import Subject, Work
from zhiqiao.kernel.transitions import TransitionTable
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Column, Text
from zhiqiao.kit.forms import RecordForm
from zhiqiao.kit.paging import SIZE, Bounded, Sort
from zhiqiao.kit.permissions import Policy

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Create(Generic[M]):
    """How a new record is made: ``act`` is given the actor and the cleaned form. ``allowed`` says whether this person
    may make one at all, where the policy cannot tell before there is a record."""

    label: Text
    verb: str
    form: type[RecordForm]
    act: Callable[[Actor, Mapping[str, Any]], M]
    done: Text = ""
    allowed: Callable[[Actor], bool] | None = None


@dataclass(frozen=True)
class Change(Generic[M]):
    """How a record is changed: ``act`` is given the actor, the record and the cleaned form. ``first`` gives the form's
    first values; without it they are the record's own under the form's names. ``offered``: whether the record's state
    allows it now."""

    label: Text
    verb: str
    form: type[RecordForm]
    act: Callable[[Actor, M, Mapping[str, Any]], M]
    done: Text = ""
    first: Callable[[M], dict[str, Any]] | None = None
    offered: Callable[[M], bool] = lambda record: True

    def as_it_stands(self, record: M) -> dict[str, Any]:
        """What the form shows before anybody changes anything."""
        if self.first is not None:
            return self.first(record)
        return {name: getattr(record, name) for name in self.form.base_fields if hasattr(record, name)}


@dataclass(frozen=True)
class Move(Generic[M]):
    """One thing that can be done to a record: a button, an address in the interface, a choice for many at once.

    ``verb`` is asked of the policy, ``offered`` of the record: whether its state allows it now. ``form`` asks for what
    must be said with it, as a reason; ``confirm`` is asked before it is done. ``tone``: "primary", "danger" or "".
    ``effect`` says of one record what it becomes, for the preview of a move on many.
    """

    name: str
    label: Text
    verb: str
    act: Callable[[Actor, M, Mapping[str, Any]], M]
    offered: Callable[[M], bool] = lambda record: True
    form: type[RecordForm] | None = None
    confirm: Text = ""
    done: Text = ""
    icon: str = ""
    tone: str = ""
    bulk: bool = True
    effect: Callable[[M], str] | None = None

    @property
    def asks(self) -> bool:
        """Whether something must be said or confirmed before it is done."""
        return self.form is not None or bool(self.confirm)


@dataclass(frozen=True)
class Related(Generic[M]):
    """Records of another register that belong to a record: the newest few on its page, the rest by a link.

    ``query`` is the address's query that leaves just these in the other register's list; empty: no such link.
    """

    title: Text
    register: str
    records: Callable[[Actor, M], QuerySet[Any]]
    query: Callable[[M], str] | None = None
    icon: str = ""


@dataclass(frozen=True)
class View:
    """A view of a list that everybody finds there: its filters, sort and columns as the address writes them."""

    name: str
    title: Text
    query: str
    roles: frozenset[str] | None = None


@dataclass(frozen=True)
class Waits:
    """What in this register waits for a person: ``query`` leaves just these in the list. ``say`` is lazy and
    words a ``count``."""

    query: str
    say: Any
    roles: frozenset[str]
    detail: Text = ""
    icon: str = ""
    tone: str = ""

    def words(self, count: int) -> str:
        """``count`` as ``count_up_to`` gives it."""
        return str(self.say % {"count": Bounded(count)})


@dataclass(frozen=True)
class Finding(Generic[M]):
    """How records are found while somebody types: ``look`` gives at most ``most`` that the actor may see, best first,
    in one query; ``line`` tells a little more of one."""

    look: Callable[[Actor, str, int], Iterable[M]]
    line: Callable[[M], Sequence[Text]]
    most: int = 3


def all_but(model: type[Model], *kept: str, under: str = "") -> tuple[str, ...]:
    """The fields of a model without these and its relations, as ``heavy`` names them; ``under``: of the record beside
    that the relation of this name leads to."""
    own = [each for each in model._meta.concrete_fields if not (each.primary_key or each.is_relation)]
    way = f"{under}__" if under else ""
    return tuple(f"{way}{each.name}" for each in own if each.name not in {"public_id", *kept})


@dataclass(frozen=True)
class Register(Generic[M]):
    """``name`` in addresses' names and events ("need"), ``path`` in addresses ("needs"); ``subject`` in the trail.

    ``records`` are those that the actor may see. ``columns`` speak of a record anywhere, ``attach`` puts beside a page
    of records what columns need from other tables, in a fixed number of queries. ``roles`` find it in the navigation
    and may open it at all (``navigation``: in whose it stands, where not in all of theirs); the policy decides on each
    record. ``public``: a record's page is open without a log-in too, as far as the policy shows the record. ``pages``
    False: its records stand in the list alone. ``intake`` names the kind of import that brings records in; "form":
    lists come in through the form of ``create``, each row as if it had been typed. ``withdraw`` takes back a record
    that such a list brought, False where it stays because it was used since; without it such an import cannot be
    undone. ``events`` are what programs can listen to: action in the trail → kind of event. ``heavy`` fields, long or
    seldom told, are left in the database by a list unless one of its columns ``reads`` them. ``size``: rows of a page
    where the address asks for no other number.
    """

    name: str
    path: str
    model: type[M]
    subject: str
    title: Text
    one: Text
    icon: str
    group: Text
    policy: Policy
    records: Callable[[Actor], QuerySet[M]]
    columns: tuple[Column[M], ...]
    sorts: tuple[Sort, ...]
    filters: type[FilterSet]
    roles: frozenset[str]
    navigation: frozenset[str] | None = None
    named: Callable[[M], str] = str
    lead: Text = ""
    short: Text = ""
    help: Text = ""
    empty: Text = ""
    attach: Callable[[Actor, Sequence[M]], None] | None = None
    table: TransitionTable | None = None
    create: Create[M] | None = None
    change: Change[M] | None = None
    moves: tuple[Move[M], ...] = ()
    related: tuple[Related[M], ...] = ()
    views: tuple[View, ...] = ()
    waits: tuple[Waits, ...] = ()
    finding: Finding[M] | None = None
    intake: str = ""
    withdraw: Callable[[Work, M], bool] | None = None
    public: bool = False
    pages: bool = True
    events: Mapping[str, str] = field(default_factory=dict)
    heavy: tuple[str, ...] = ()
    size: int = SIZE

    def open_to(self, actor: Actor) -> bool:
        return bool(actor.every_role & self.roles)

    def subject_of(self, record: M) -> Subject:
        return Subject(self.subject, str(vars(record)["public_id"]))

    def columns_for(self, actor: Actor) -> tuple[Column[M], ...]:
        return tuple(column for column in self.columns if column.told_to(actor))

    def sort_named(self, name: str) -> Sort:
        """The sort of that name, the register's first where there is none."""
        return next((sort for sort in self.sorts if sort.name == name), self.sorts[0])

    def move_named(self, name: str) -> Move[M] | None:
        return next((move for move in self.moves if move.name == name), None)

    def moves_open(self, actor: Actor, record: M) -> list[Move[M]]:
        """The moves that this person may make on this record now, in the order declared."""
        return [move for move in self.moves if move.offered(record) and self.policy.may(actor, move.verb, record)]

    def may_create(self, actor: Actor) -> bool:
        if self.create is None:
            return False
        asked = self.create.allowed
        return asked(actor) if asked else self.policy.may(actor, self.create.verb)

    def may_change(self, actor: Actor, record: M) -> bool:
        change = self.change
        return change is not None and change.offered(record) and self.policy.may(actor, change.verb, record)

    def may(self, actor: Actor, verb: str, record: M) -> bool:
        return self.policy.may(actor, verb, record)

    def light(self, records: QuerySet[M], columns: Iterable[Column[M]]) -> QuerySet[M]:
        """The same records, read no further than these columns need."""
        read = {name for column in columns for name in column.reads}
        left = [name for name in self.heavy if name not in read]
        return records.defer(*left) if left else records

    def with_attached(self, actor: Actor, records: Iterable[M]) -> list[M]:
        rows = list(records)
        if self.attach is not None:
            self.attach(actor, rows)
        return rows
