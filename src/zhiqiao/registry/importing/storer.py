"""Store the rows of a patent list: merge by application number, compare, write what differs, keep the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils import timezone

from zhiqiao.core.audit import Work
from zhiqiao.core.importing import Outcome
from zhiqiao.core.models import ImportRow, ImportRun
from zhiqiao.exchange.cells import Table
from zhiqiao.exchange.headings import HeadingMap, read_headings
from zhiqiao.exchange.patents import PatentRecord, read_patents
from zhiqiao.exchange.rows import ReadOptions, ReadRow
from zhiqiao.exchange.vocabularies import PATENTS
from zhiqiao.registry.importing import ledger, statements, undo, writing
from zhiqiao.registry.importing.change import Change, attach_stored, merged, settle
from zhiqiao.registry.importing.holders import HolderLinker


class PatentStorer:
    """Takes patent lists into the register."""

    kind = "patents"

    def __init__(self) -> None:
        self._linker: HolderLinker | None = None

    def headings(self, table: Table, saved: dict[str, str | None]) -> tuple[HeadingMap, Table]:
        mapping, body = read_headings(table, PATENTS, saved)
        if mapping.as_of is not None and mapping.as_of > timezone.localdate():
            # A slip in a title or a file name: taken at its word, it would make every true export an older one.
            mapping = replace(mapping, as_of=None)
        return mapping, body

    def rows(self, table: Table, mapping: HeadingMap, options: ReadOptions) -> Iterable[ReadRow[PatentRecord]]:
        return read_patents(table, mapping, options)

    def store(self, rows: Sequence[ReadRow[PatentRecord]], run: ImportRun, work: Work) -> list[Outcome]:
        if self._linker is None:
            self._linker = HolderLinker.load()
        changes = list(merged(rows).values())
        attach_stored(changes)
        today = timezone.localdate()
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
        return outcomes(rows, changes, ids, touched)

    def undo(self, run: ImportRun, work: Work) -> int:
        return undo.take_back(run, work)

    def _touched(self, changes: Sequence[Change], run: ImportRun) -> set[int]:
        """Patents that earlier rows of this very run already named."""
        known = [change.stored["id"] for change in changes if change.stored is not None]
        if not known:
            return set()
        named = ImportRow.objects.filter(run=run, subject_id__in=known).exclude(outcome="rejected")
        return {pk for pk in named.values_list("subject_id", flat=True) if pk is not None}


def outcomes(
    rows: Sequence[ReadRow[PatentRecord]], changes: Sequence[Change], ids: dict[str, int], touched: set[int]
) -> list[Outcome]:
    found: list[Outcome | None] = [None] * len(rows)
    for change in changes:
        first, *others = change.positions
        key = ids.get(change.record.number) or (change.stored or {}).get("id")
        kind = _kind(change)
        codes = tuple(warning.code for warning in rows[first].warnings) + tuple(dict.fromkeys(change.codes))
        if key in touched:
            kind, codes = "unchanged", (*codes, "row_merged")
        found[first] = Outcome(kind, key, codes)
        for position in others:
            found[position] = Outcome("unchanged", key, (*(w.code for w in rows[position].warnings), "row_merged"))
    return [outcome for outcome in found if outcome is not None]


def _kind(change: Change) -> str:
    if change.stored is None or change.revived:
        return "created"
    return "updated" if change.changes or change.restated else "unchanged"
