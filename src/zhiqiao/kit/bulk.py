"""One move on many records: shown before it is made, each record by itself, what was refused said by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import QueryDict

from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.jobqueue import enqueue, load_function
from zhiqiao.core.jobs import JobContext
from zhiqiao.core.models import Job
from zhiqiao.kernel.errors import Invalid, NotFound, ZhiqiaoError
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.lists import reading
from zhiqiao.kit.registers import Move, Register

JOB: Final = "bulk_move"
AT_ONCE: Final = 100  # records; more are a job
MOST: Final = 10_000  # records in one go
READ_AT_ONCE: Final = 500
NAMES_KEPT: Final = 200  # refused records named in a result
NAMES_SHOWN: Final = 50  # records to be moved that a preview names


@dataclass(frozen=True)
class Chosen:
    """Which records: by id, or, where ``ids`` is None, all that the list's address leaves."""

    ids: tuple[UUID, ...] | None = None
    query: str = ""


@dataclass(frozen=True)
class Refused:
    """A record that the move was not made on: what it is called, its id, and the code that says why."""

    name: str
    id: str
    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Result:
    """``moved`` and ``reasons`` count; ``refused`` names the first of those that were not moved."""

    moved: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    moving: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, refused: Refused) -> None:
        self.reasons[refused.code] += 1
        if len(self.refused) < NAMES_KEPT:
            self.refused.append(refused)

    @property
    def why(self) -> list[tuple[str, int]]:
        """Reasons with their counts, most frequent first."""
        return self.reasons.most_common()

    @property
    def total(self) -> int:
        return self.moved + sum(self.reasons.values())


def chosen_records(register: Register[Any], actor: Actor, chosen: Chosen) -> QuerySet[Any]:
    """By key, visible ones alone. Raises ``Invalid`` ``too_many_records`` past ``MOST``."""
    if chosen.ids is not None:
        if len(chosen.ids) > MOST:
            raise Invalid("too_many_records", most=MOST)
        records = register.records(actor).filter(public_id__in=chosen.ids)
    else:
        records = reading(register, actor, chosen.query).records
        if records.order_by().values("pk")[: MOST + 1].count() > MOST:
            raise Invalid("too_many_records", most=MOST)
    return records.order_by("pk")


def preview(register: Register[Any], actor: Actor, move: Move[Any], chosen: Chosen) -> Result:
    """What would happen, as far as rights and states tell; nothing is written. Rights are asked of many at once: one
    by one, ten thousand records would be as many queries."""
    result = Result()
    for rows in _in_steps(chosen_records(register, actor, chosen)):
        these = register.model._base_manager.filter(pk__in=[record.pk for record in rows])
        permitted = set(register.policy.permitted(actor, move.verb, these).order_by().values_list("pk", flat=True))
        for record in rows:
            why = _hindrance(move, record, permitted=record.pk in permitted)
            if why:
                result.refuse(Refused(register.named(record), str(vars(record)["public_id"]), why))
            else:
                result.moved += 1
                if len(result.moving) < NAMES_SHOWN:
                    result.moving.append((register.named(record), move.effect(record) if move.effect else ""))
    return result


def move_all(
    register: Register[Any],
    actor: Actor,
    move: Move[Any],
    records: QuerySet[Any],
    said: dict[str, Any],
) -> Result:
    """Make the move on each record by itself: what one is refused does not hold up the next. ``said`` is what the
    move's form was given, as it was typed; each record's own form reads it anew."""
    result = Result()
    for record in _by_key(records):
        _move_one(register, actor, move, record, said, result)
    return result


def _move_one(
    register: Register[Any], actor: Actor, move: Move[Any], record: Model, said: dict[str, Any], result: Result
) -> None:
    name, key = register.named(record), str(vars(record)["public_id"])
    try:
        why = _hindrance(move, record, permitted=register.may(actor, move.verb, record))
        if why:
            raise Invalid(why)
        move.act(actor, record, cleaned(move, actor, record, said))
    except ZhiqiaoError as refusal:
        result.refuse(Refused(name, key, refusal.reason, _plain(refusal.facts)))
    else:
        result.moved += 1


def cleaned(move: Move[Any], actor: Actor, record: Model | None, said: dict[str, Any]) -> dict[str, Any]:
    """What the form makes of what was said. Raises ``Invalid`` ``form_refused`` with the fields' own words."""
    if move.form is None:
        return {}
    form = move.form(said, actor=actor, record=record)
    if not form.is_valid():
        raise Invalid("form_refused", fields={name: [str(each) for each in told] for name, told in form.errors.items()})
    return dict(form.cleaned_data)


def _hindrance(move: Move[Any], record: Model, *, permitted: bool) -> str:
    if not permitted:
        return "forbidden"
    return "" if move.offered(record) else "move_not_offered"


def _by_key(records: QuerySet[Any]) -> Iterator[Model]:
    for rows in _in_steps(records):
        yield from rows


def _in_steps(records: QuerySet[Any]) -> Iterator[list[Any]]:
    """So that neither a long read nor the moves themselves disturb the list underneath."""
    last = 0
    while rows := list(records.filter(pk__gt=last)[:READ_AT_ONCE]):
        yield rows
        last = rows[-1].pk


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, str | int | list | dict) else str(value) for name, value in facts.items()}


def ask_for(
    *, actor: Actor, register: Register[Any], move: Move[Any], chosen: Chosen, said: dict[str, Any], key: str
) -> Job:
    """Have a job make the move. The records are fixed now: what the filter leaves later is somebody else's choice."""
    ids = tuple(chosen_records(register, actor, chosen).values_list("public_id", flat=True))
    arguments = {
        "actor": actor.actor_id, "register": register.name, "move": move.name, "ids": [str(each) for each in ids],
        "said": said,
    }  # fmt: skip
    return enqueue(actor, JOB, arguments, key)


def run_bulk_move(context: JobContext) -> None:
    """The job. Each move and the checkpoint that counts it are one transaction: a kill neither doubles nor loses one.
    Rights are those of the moment."""
    asked = context.arguments
    actor: Actor = load_function(settings.ZHIQIAO_ACTORS)(asked["actor"])
    register = register_named(asked["register"])
    move = register.move_named(asked["move"])
    if move is None:
        raise NotFound("move_not_found", move=asked["move"])
    ids: Sequence[str] = asked["ids"]
    for place in range(context.checkpoint.get("done", 0), len(ids)):
        with unit_of_work(actor):
            made = _moved_by_id(register, actor, move, ids[place], asked["said"])
            context.result.count("moved", made.moved)
            for each in made.refused:
                context.result.fail(each.name or each.id, each.code, {**each.facts, "id": each.id})
            context.save_checkpoint({"done": place + 1, "result": context.result.kept()})
        context.progress(place + 1, len(ids))


def _moved_by_id(register: Register[Any], actor: Actor, move: Move[Any], key: str, said: dict[str, Any]) -> Result:
    result = Result()
    record = register.records(actor).filter(public_id=key).first()
    if record is None:
        result.refuse(Refused("", key, "not_found"))
    else:
        _move_one(register, actor, move, record, said, result)
    return result


def ordered_ids(query: QueryDict) -> tuple[UUID, ...]:
    """The ids ticked in a form; what is none is left out."""
    return tuple(found for found in map(_uuid, query.getlist("id")) if found is not None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
