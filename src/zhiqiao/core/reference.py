"""Published schemes (IPC, GB/T 4754, towns …) with the days on which their entries are in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from itertools import groupby

from django.db import models
from django.db.models import Q

from zhiqiao.core.actors import ActingUser, SystemActor
from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.models import ReferenceEntry, ReferenceMove
from zhiqiao.kernel.batches import in_batches

OLDEST = date(1900, 1, 1)  # stands for "longer than our sources say"
ROWS_AT_ONCE = 500
LONGEST_CHAIN = 8  # moves followed one after the other


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as its source gives it. ``effective_from`` None: longer than the source says; ``effective_to`` is
    the last day in force, None while it still is."""

    scheme: str
    code: str
    effective_from: date | None
    level: str
    name_zh: str
    name_en: str
    parent_code: str
    edition: str
    effective_to: date | None


@dataclass(frozen=True, slots=True)
class MoveRow:
    """What stood under ``old_code`` and everything below it is found under ``new_code`` from that day on.
    ``wholly`` False: only a part went there, so the new code is a hint."""

    scheme: str
    old_code: str
    new_code: str
    effective_from: date
    wholly: bool


@dataclass
class Loaded:
    """How many rows a load added, changed, and found as they were. Nothing is ever taken away."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


Row = EntryRow | MoveRow


@dataclass(frozen=True, slots=True)
class _Table:
    model: type[models.Model]
    columns: tuple[str, ...]
    key: int  # how many of the columns name a row


ENTRIES = _Table(ReferenceEntry, tuple(each.name for each in fields(EntryRow)), 3)
MOVES = _Table(ReferenceMove, tuple(each.name for each in fields(MoveRow)), 3)


def load_reference(
    entries: Iterable[EntryRow], moves: Iterable[MoveRow] = (), *, actor: ActingUser | None = None
) -> Loaded:
    """Bring the tables to what the sources say; the same load again changes nothing. Leaves one audit entry."""
    loaded = Loaded()
    with unit_of_work(actor or SystemActor("reference")) as work:
        schemes = _store(ENTRIES, (_dated(row) for row in entries), loaded)
        schemes |= _store(MOVES, moves, loaded)
        if loaded.added or loaded.changed:
            counts = {"added": loaded.added, "changed": loaded.changed, "unchanged": loaded.unchanged}
            work.record("core.load_reference", Subject("core.reference", ",".join(sorted(schemes))[:64]), None, counts)
    return loaded


def _dated(row: EntryRow) -> EntryRow:
    scheme, code, begins, *others = astuple(row)
    return EntryRow(scheme, code, begins or OLDEST, *others)


def _store(table: _Table, rows: Iterable[Row], loaded: Loaded) -> set[str]:
    """Insert and update by scheme; returns the schemes met."""
    wanted = {astuple(row)[: table.key]: astuple(row) for row in rows}
    schemes = {str(key[0]) for key in wanted}
    known_rows = table.model._default_manager.filter(scheme__in=schemes).values_list(*table.columns)
    known = {row[: table.key]: row for row in known_rows}
    fresh = [row for key, row in wanted.items() if known.get(key) != row]
    added = sum(row[: table.key] not in known for row in fresh)
    table.model._default_manager.bulk_create(
        [table.model(**dict(zip(table.columns, row, strict=True))) for row in fresh],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=table.columns[: table.key],
        update_fields=table.columns[table.key :],
    )
    loaded.added += added
    loaded.changed += len(fresh) - added
    loaded.unchanged += len(wanted) - len(fresh)
    return schemes


def in_force(scheme: str, day: date) -> models.QuerySet[ReferenceEntry]:
    """The entries of a scheme on a day."""
    still = Q(effective_to__isnull=True) | Q(effective_to__gte=day)
    return ReferenceEntry.objects.filter(still, scheme=scheme, effective_from__lte=day)


def entry_on(scheme: str, code: str, day: date) -> ReferenceEntry | None:
    """The entry behind a code on a day; None where the code was not in force."""
    return in_force(scheme, day).filter(code=code).order_by("-effective_from").first()


def names_for(scheme: str, codes: Iterable[str], language: str = "zh") -> dict[str, str]:
    """Code → name, also of codes that have ended, by their latest wording. Unknown codes are left out.

    ``language`` ``en…`` gives the English name where the standard has one, else the Chinese.
    """
    names: dict[str, str] = {}
    for part in in_batches(dict.fromkeys(codes)):
        rows = ReferenceEntry.objects.filter(scheme=scheme, code__in=part)
        for code, zh, en in rows.order_by("effective_from").values_list("code", "name_zh", "name_en"):
            names[code] = en if language.startswith("en") and en else zh
    return names


@dataclass(frozen=True, slots=True)
class Successor:
    """Where a code is found now. ``wholly`` False: only a part went there, the old code may hold the rest."""

    code: str
    wholly: bool


def successors(scheme: str, code: str, day: date) -> list[Successor]:
    """Where what stood under ``code`` is to be looked for on a day; empty where it stayed.

    The move of the longest code that holds this one counts, and moves of moves are followed.
    """
    moves = list(ReferenceMove.objects.filter(scheme=scheme, effective_from__lte=day).order_by("old_code", "new_code"))
    found = {each.code: each for each in _followed(moves, Successor(code, wholly=True), LONGEST_CHAIN)}
    found.pop(code, None)
    return sorted(found.values(), key=lambda each: each.code)


def _followed(moves: Sequence[ReferenceMove], start: Successor, steps: int) -> Iterator[Successor]:
    """The ends of the chains that begin at ``start``; a chain that runs in a circle ends where its steps do."""
    taken = _taken(moves, start.code) if steps else []
    if not taken:
        yield start
    for move in taken:
        later = [each for each in moves if each.effective_from >= move.effective_from and each is not move]
        yield from _followed(later, Successor(move.new_code, start.wholly and move.wholly), steps - 1)


def _taken(moves: Sequence[ReferenceMove], code: str) -> list[ReferenceMove]:
    fitting = sorted((move for move in moves if holds(move.old_code, code)), key=lambda move: -len(move.old_code))
    for _, longest in groupby(fitting, key=lambda move: len(move.old_code)):
        return list(longest)
    return []


def holds(upper: str, code: str) -> bool:
    """Whether a code lies under another: A23L1 holds A23L1/20 but not A23L13/00; H01L27/11 holds H01L27/1104."""
    if not code.startswith(upper):
        return False
    rest = code[len(upper) :]
    return "/" in upper or not (upper[-1:].isdigit() and rest[:1].isdigit())
