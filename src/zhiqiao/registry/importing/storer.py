"""Store the rows of a patent list: merge by application number, compare, write what differs, keep the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from zhiqiao.core.audit import Work
from zhiqiao.core.importing import AS_MANY_AS_READ, Outcome
from zhiqiao.core.models import ImportRow, ImportRun
from zhiqiao.exchange.cells import Table
from zhiqiao.exchange.headings import HeadingMap, read_headings
from zhiqiao.exchange.patents import PatentRecord, read_patents
from zhiqiao.exchange.rows import ReadOptions, ReadRow
from zhiqiao.exchange.templates import Asked, examples_of, without_example
from zhiqiao.exchange.vocabularies import PATENTS
from zhiqiao.kit.actors import Actor
from zhiqiao.registry import policies
from zhiqiao.registry.importing import ledger, standing, statements, undo, writing
from zhiqiao.registry.importing.change import Change, attach_stored, merged, settle
from zhiqiao.registry.importing.holders import HolderLinker
from zhiqiao.registry.importing.template import template


class PatentStorer:
    """Takes patent lists into the register."""

    kind = "patents"
    rows_at_once = AS_MANY_AS_READ

    def __init__(self) -> None:
        self._linker: HolderLinker | None = None

    def open_to(self, actor: Actor) -> bool:
        return policies.PATENTS.may(actor, "import")

    def asked(self, actor: Actor) -> tuple[Asked, ...]:
        return template()

    def headings(self, table: Table, saved: dict[str, str | None]) -> tuple[HeadingMap, Table]:
        mapping, body = read_headings(table, PATENTS, saved)
        if mapping.as_of is not None and mapping.as_of > timezone.localdate():
            # A slip in a title or a file name: taken at its word, it would make every true export an older one.
            mapping = replace(mapping, as_of=None)
        return mapping, body

    def rows(self, table: Table, mapping: HeadingMap, options: ReadOptions) -> Iterable[ReadRow[PatentRecord]]:
        return read_patents(without_example(table, mapping, examples_of(template())), mapping, options)

    def store(self, rows: Sequence[ReadRow[PatentRecord]], run: ImportRun, work: Work) -> list[Outcome]:
        if self._linker is None:
            self._linker = HolderLinker.load()
        told = list(merged(rows).values())
        attach_stored(told)
        today = timezone.localdate()
        refused = standing.refused(told, run, self._linker, today)
        changes = [change for change in told if change.record.number not in refused]
        touched = self._touched(changes, run)
        for change in changes:
            change.again = change.stored is not None and change.stored["id"] in touched
            settle(change, run, today)
        new = [change for change in changes if change.stored is None]
        old = [change for change in changes if change.stored is not None and (change.changes or change.revived)]
        ids = writing.insert(new, run, work, self._linker)
        ids |= writing.update(old, run, work, self._linker)
        writing.record_statuses(changes, ids, run)
        statements.record(changes, ids, run, work)
        ledger.record_events(changes, ids, run, work)
        if new or old:
            work.emit("index.patents", ids=[ids[change.record.number] for change in (*new, *old)])
        return outcomes(rows, told, _Written(ids, touched, refused))

    def undo(self, run: ImportRun, work: Work) -> int:
        return undo.take_back(run, work)

    def _touched(self, changes: Sequence[Change], run: ImportRun) -> set[int]:
        """Patents that earlier rows of this very run already named."""
        known = [change.stored["id"] for change in changes if change.stored is not None]
        if not known:
            return set()
        named = ImportRow.objects.filter(run=run, subject_id__in=known).exclude(outcome="rejected")
        return {pk for pk in named.values_list("subject_id", flat=True) if pk is not None}


@dataclass(frozen=True)
class _Written:
    """What became of a chunk: keys by number, patents that earlier rows of the run named, numbers refused."""

    ids: dict[str, int]
    touched: set[int]
    refused: set[str]


def outcomes(rows: Sequence[ReadRow[PatentRecord]], changes: Sequence[Change], written: _Written) -> list[Outcome]:
    found: list[Outcome | None] = [None] * len(rows)
    for change in changes:
        for position, outcome in zip(change.positions, _outcomes_of(change, rows, written), strict=True):
            found[position] = outcome
    return [outcome for outcome in found if outcome is not None]


def _outcomes_of(change: Change, rows: Sequence[ReadRow[PatentRecord]], written: _Written) -> Iterator[Outcome]:
    """One for each row of the patent: what the first did, and that the others went into it."""
    if change.record.number in written.refused:
        yield from (Outcome("rejected", None, (standing.NOT_YOURS,)) for _ in change.positions)
        return
    first, *others = change.positions
    key = written.ids.get(change.record.number) or (change.stored or {}).get("id")
    kind = _kind(change)
    codes = (*_warned(rows[first]), *dict.fromkeys(change.codes))
    if key in written.touched:
        kind, codes = "unchanged", (*codes, "row_merged")
    yield Outcome(kind, key, codes)
    for position in others:
        yield Outcome("unchanged", key, (*_warned(rows[position]), "row_merged"))


def _warned(row: ReadRow[PatentRecord]) -> Iterator[str]:
    return (warning.code for warning in row.warnings)


def _kind(change: Change) -> str:
    if change.stored is None or change.revived:
        return "created"
    return "updated" if change.changes or change.restated else "unchanged"
