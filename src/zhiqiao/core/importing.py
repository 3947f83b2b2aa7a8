"""One import, whatever it brings: files → tables → rows → chunks, each chunk one transaction with its counters
and checkpoint, so that a kill at any moment loses nothing that was reported and the next run goes on from there.

Nobody's rights are looked at here, for this room knows no roles: people start, stop and undo imports through
``registry.sending``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhiqiao.core.actors import ActingUser
from zhiqiao.core.audit import Subject, Work, canonical, unit_of_work
from zhiqiao.core.blobs import blob_path, store_path
from zhiqiao.core.bulk import collection_paused, insert_rows, one_at_a_time
from zhiqiao.core.leases import held, release_of_the_dead
from zhiqiao.core.models import HeadingMapping, ImportFile, ImportRow, ImportRun
from zhiqiao.core.parts import Parts
from zhiqiao.core.privatecells import PRIVATE_FIELDS, SEALED, sealed
from zhiqiao.core.series import import_number
from zhiqiao.exchange.cells import FileRefused, Table, cell_text
from zhiqiao.exchange.headings import HeadingMap, HeadingMissing
from zhiqiao.exchange.rows import ReadOptions, ReadRow
from zhiqiao.exchange.tables import open_tables
from zhiqiao.exchange.templates import without_guides
from zhiqiao.kernel.errors import Conflict, Invalid

CHUNK = 2_000  # rows a transaction; half a second of work, so that others are not kept waiting
AS_MANY_AS_READ = 1_000_000  # of a storer that takes a whole chunk at once, however large that is
LEASE_SECONDS = 60
RUNS = Parts("ir")  # found by number, sender and person


class ImportNotFinished(Conflict):
    """Only a finished import that was not undone yet can be undone."""

    code = "import_not_finished"


@dataclass(frozen=True)
class Outcome:
    """What became of a row: ``created``, ``updated``, ``unchanged`` or ``rejected``, and the codes that say why;
    ``column`` and ``facts`` are kept with the row."""

    kind: str
    subject_id: int | None = None
    codes: tuple[str, ...] = ()
    column: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Storer(Protocol):
    """What one kind of import does with its rows, so many of them in one transaction."""

    kind: str
    rows_at_once: int

    def headings(self, table: Table, saved: dict[str, str | None]) -> tuple[HeadingMap, Table]: ...

    def rows(self, table: Table, mapping: HeadingMap, options: ReadOptions) -> Iterable[ReadRow[Any]]: ...

    def store(self, rows: Sequence[ReadRow[Any]], run: ImportRun, work: Work) -> list[Outcome]: ...

    def undo(self, run: ImportRun, work: Work) -> int: ...


@dataclass(frozen=True)
class ImportRequest:
    """What a sender hands over. ``mapping`` and ``units`` (heading → field, heading → unit) go before what is
    saved for the sender; ``as_of`` is the day the export speaks for, None where nobody said."""

    kind: str
    files: tuple[tuple[str, Path], ...]
    sender: str
    as_of: date | None = None
    mapping: dict[str, str | None] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    organisation_id: int | None = None


@dataclass
class Progress:
    """What a watcher hears after each chunk. ``read`` and ``size`` are bytes: of the files gone through so far, and of
    all files of the run."""

    file: str
    rows: int
    counts: Counter[str]
    read: int
    size: int


Watcher = Callable[[Progress], None]


def start_import(*, actor: ActingUser, request: ImportRequest) -> ImportRun:
    """Keep the files and open a run; the same files, kind and options again give the unfinished run back."""
    if request.as_of is not None and request.as_of > timezone.localdate():
        # Taken at its word, it would make every true export an older one.
        raise Invalid("date_future", day=request.as_of.isoformat())
    blobs = [(name, store_path(path)) for name, path in request.files]
    saved = saved_mapping(request)
    options = {
        "as_of": request.as_of.isoformat() if request.as_of else None,
        "mapping": {**(saved.mapping if saved else {}), **request.mapping},
        "units": {**(saved.units if saved else {}), **request.units},
    }
    sent = [(name, blob.sha256) for name, blob in blobs]
    asked = canonical([request.kind, request.sender, request.organisation_id, options, sent])
    fingerprint = hashlib.sha256(asked.encode()).hexdigest()
    running = ImportRun.objects.filter(kind=request.kind, fingerprint=fingerprint, state=ImportRun.State.RUNNING)
    if (unfinished := running.order_by("-id").first()) is not None:
        return unfinished
    with unit_of_work(actor) as work:
        run = ImportRun.objects.create(
            kind=request.kind, number=import_number(timezone.localdate()), sender=request.sender,
            actor_id=actor.actor_id, actor_name=actor.actor_name, organisation_id=request.organisation_id,
            options=options, fingerprint=fingerprint,
        )  # fmt: skip
        RUNS.keep([(run.pk, f"{run.number} {run.sender} {run.actor_name}", "")])
        ImportFile.objects.bulk_create(
            ImportFile(run=run, ordinal=n, name=name, blob=blob) for n, (name, blob) in enumerate(blobs)
        )
        if request.mapping or request.units:
            remember_mapping(actor, request, options)
        files = {name: blob.sha256 for name, blob in blobs}
        work.record("core.start_import", subject(run), None, {"files": files, "options": options})
    return run


def saved_mapping(request: ImportRequest) -> HeadingMapping | None:
    return HeadingMapping.objects.filter(**_mapping_of(request)).first()


def remember_mapping(actor: ActingUser, request: ImportRequest, options: dict[str, Any]) -> None:
    HeadingMapping.objects.update_or_create(
        **_mapping_of(request),
        defaults={
            "mapping": options["mapping"],
            "units": options["units"],
            "confirmed_by": actor.actor_id,
            "confirmed_at": timezone.now(),
        },
    )


def _mapping_of(request: ImportRequest) -> dict[str, Any]:
    """An organisation's mappings are its own: the name of a sender is anybody's to type."""
    return {"kind": request.kind, "organisation_id": request.organisation_id or 0, "sender": request.sender}


def subject(run: ImportRun) -> Subject:
    return Subject("core.import", str(run.public_id))


def carry_out(*, actor: ActingUser, run: ImportRun, storer: Storer, watch: Watcher | None = None) -> ImportRun:
    """Store every row that is not stored yet and close the run. Raises FileRefused when no table can be read."""
    lease_name = f"import:{run.public_id}"
    release_of_the_dead(lease_name)
    with held(lease_name, LEASE_SECONDS) as lease:
        session = _Session(actor, run, storer, watch, lease.renew)
        try:
            session.read_files()
        except FileRefused as refusal:
            # A sheet that was named as unreadable is counted already; one without headings is not.
            finish(actor, run, ImportRun.State.FAILED, {} if refusal.reason in run.reasons else {refusal.reason: 1})
            raise
        finish(actor, run, ImportRun.State.DONE, {})
    run.refresh_from_db()
    return run


def reopen(actor: ActingUser, run: ImportRun) -> None:
    """A run that was given up or cancelled goes on after its checkpoint. Raises ``Invalid`` ``import_taken_back`` for
    one that was undone."""
    if run.state == ImportRun.State.UNDONE:
        raise Invalid("import_taken_back", number=run.number)
    before = run.state
    with unit_of_work(actor) as work:
        given_up = ImportRun.objects.filter(pk=run.pk, state__in=[ImportRun.State.FAILED, ImportRun.State.CANCELLED])
        if given_up.update(state=ImportRun.State.RUNNING, finished_at=None):
            work.record("core.reopen_import", subject(run), {"state": before}, {"state": ImportRun.State.RUNNING.value})
    run.refresh_from_db()


def finish(actor: ActingUser, run: ImportRun, state: str, reasons: dict[str, int]) -> None:
    with unit_of_work(actor) as work:
        run.refresh_from_db()
        run.state, run.finished_at = state, timezone.now()
        run.reasons = dict(Counter(run.reasons) + Counter(reasons))
        run.save(update_fields=["state", "finished_at", "reasons"])
        work.record("core.finish_import", subject(run), None, {"state": state, **counters(run)})


def counters(run: ImportRun) -> dict[str, Any]:
    return {
        "rows": run.rows, "created": run.created, "updated": run.updated,
        "unchanged": run.unchanged, "rejected": run.rejected, "reasons": run.reasons,
    }  # fmt: skip


class _Session:
    """One process carrying one run forward."""

    def __init__(
        self, actor: ActingUser, run: ImportRun, storer: Storer, watch: Watcher | None, renew: Callable[[], object]
    ) -> None:
        self.actor, self.run, self.storer, self.watch, self.renew = actor, run, storer, watch, renew
        self.mapping: dict[str, str | None] = run.options["mapping"]
        stated = run.options["as_of"]
        self.options = ReadOptions(
            as_of=date.fromisoformat(stated) if stated else None, units=run.options["units"], today=timezone.localdate()
        )
        self.sources = list(run.files.select_related("blob"))
        self.size = sum(source.blob.size for source in self.sources)
        self.read_before = 0  # bytes of the files before the one that is open
        self.read_so_far: Callable[[], int] = int
        self.done_tables = int(run.checkpoint.get("table", 0))
        self.done_rows = int(run.checkpoint.get("rows", 0))

    def read_files(self) -> None:
        readable, refused = 0, None
        for number, table in enumerate(self._tables()):
            try:
                readable += self._read_table(number, table)
            except FileRefused as refusal:
                refused = refusal
                self._note(refusal.reason, table)
        if not readable and refused is not None:
            raise refused

    def _tables(self) -> Iterator[Table]:
        for source in self.sources:
            for table in without_guides(open_tables(blob_path(source.blob), shown=source.name)):
                self.read_so_far = bytes_read(self.read_before, source.blob.size, table)
                yield table
            self.read_before += source.blob.size

    def _read_table(self, number: int, table: Table) -> int:
        if number < self.done_tables:
            return 1
        if table.refusal is not None:
            raise FileRefused(table.refusal.reason, **table.refusal.facts)
        mapping, body = self.storer.headings(table, self.mapping)
        self._keep_headings(number, mapping)
        rows = iter(self.storer.rows(body, mapping, self.options))
        taken = self.done_rows if number == self.done_tables else 0
        for _ in islice(rows, taken):
            pass
        while True:
            with collection_paused():
                chunk = list(islice(rows, min(CHUNK, self.storer.rows_at_once)))
                if not chunk:
                    return 1
                taken += len(chunk)
                self._store(number, taken, chunk, mapping)

    def _keep_headings(self, number: int, mapping: HeadingMap) -> None:
        run = self.run
        run.headings = [*run.headings[:number], {**mapping.as_json(), "number": number}]
        run.unmapped = list(dict.fromkeys([*run.unmapped, *mapping.unmapped]))
        run.save(update_fields=["headings", "unmapped"])

    def _store(self, number: int, taken: int, chunk: Sequence[ReadRow[Any]], mapping: HeadingMap) -> None:
        good = [row for row in chunk if row.problem is None]
        with unit_of_work(self.actor) as work:
            # Who was silent for longer than the lease may have a successor at this very chunk.
            self.renew()
            one_at_a_time(f"import:{self.run.kind}")
            stored = iter(self.storer.store(good, self.run, work))
            outcomes = [next(stored) if row.problem is None else rejected(row) for row in chunk]
            insert_rows(ImportRow, ROW_COLUMNS, _source_rows(self.run, number, (chunk, outcomes), mapping))
            counts = Counter(outcome.kind for outcome in outcomes)
            self._count(counts, Counter(code for outcome in outcomes for code in outcome.codes), number, taken)
        if self.watch is not None:
            self.watch(Progress(mapping.file, len(chunk), counts, self.read_so_far(), self.size))

    def _count(self, counts: Counter[str], reasons: Counter[str], table: int, taken: int) -> None:
        self.run.reasons = dict(Counter(self.run.reasons) + reasons)
        self.run.checkpoint = {"table": table, "rows": taken}
        ImportRun.objects.filter(pk=self.run.pk).update(
            rows=F("rows") + counts.total(),
            created=F("created") + counts["created"],
            updated=F("updated") + counts["updated"],
            unchanged=F("unchanged") + counts["unchanged"],
            rejected=F("rejected") + counts["rejected"],
            reasons=self.run.reasons,
            checkpoint=self.run.checkpoint,
        )

    def _note(self, code: str, table: Table) -> None:
        """A table that cannot be read is named and counted; the others still come."""
        known = {"file": table.file, "sheet": table.sheet, "refused": code}
        if known in self.run.headings:
            return
        self.run.headings = [*self.run.headings, known]
        if code != HeadingMissing.code:
            self.run.reasons = dict(Counter(self.run.reasons) + Counter({code: 1}))
        self.run.save(update_fields=["headings", "reasons"])


def bytes_read(before: int, size: int, table: Table) -> Callable[[], int]:
    return lambda: before + int(size * table.share())


ROW_COLUMNS = ("run_id", "table_number", "row_number", "outcome", "codes", "column", "facts", "subject_id", "cells")


def rejected(row: ReadRow[Any]) -> Outcome:
    assert row.problem is not None  # noqa: S101 -- the caller chose rows with a problem
    return Outcome("rejected", None, (row.problem.code,), row.problem.column or "", row.problem.facts)


def _source_rows(
    run: ImportRun, table: int, stored: tuple[Sequence[ReadRow[Any]], Sequence[Outcome]], mapping: HeadingMap
) -> Iterator[tuple[Any, ...]]:
    private = [at for at, name in mapping.columns.items() if name in PRIVATE_FIELDS]
    for row, outcome in zip(*stored, strict=True):
        facts = canonical(outcome.facts) if outcome.facts else "{}"
        texts = [cell_text(cell) for cell in row.cells]
        for at in private:
            if at < len(texts):
                texts[at] = sealed(texts[at])
        cells = canonical(texts)
        codes = canonical(outcome.codes) if outcome.codes else "[]"
        yield (
            run.pk, table, row.row_number, outcome.kind, codes, outcome.column[:255], facts,
            outcome.subject_id, cells,
        )  # fmt: skip


class _Rollback(Exception):
    """Ends a rehearsal."""


@dataclass(frozen=True)
class Rehearsal:
    """What an import would do: its counters, and the first differences as (subject, field → [before, after])."""

    counts: dict[str, Any]
    unmapped: list[str]
    headings: list[dict[str, Any]]
    differences: list[tuple[int, dict[str, Any]]]


def rehearse(*, actor: ActingUser, request: ImportRequest, storer: Storer, watch: Watcher | None = None) -> Rehearsal:
    """Do the whole import in one transaction, look, and roll it back: the very same path, nothing kept."""
    found: list[Rehearsal] = []
    try:
        with transaction.atomic():
            run = carry_out(actor=actor, run=start_import(actor=actor, request=request), storer=storer, watch=watch)
            found.append(Rehearsal(counters(run), run.unmapped, run.headings, differences(run)))
            raise _Rollback
    except _Rollback:
        return found[0]


def differences(run: ImportRun) -> list[tuple[int, dict[str, Any]]]:
    """The first changes of a run, without the stamps that are kept beside a revision's fields."""
    found = run.revisions.order_by("id").values_list("subject_id", "changes")[:50]
    return [
        (
            key,
            {name: [unless_sealed(value) for value in pair] for name, pair in changes.items() if name != "provenance"},
        )
        for key, changes in found
    ]


def unless_sealed(value: Any) -> Any:
    """A value as it may be shown to whoever sends a file: of a private one only that there is one."""
    return "•••" if isinstance(value, str) and value.startswith(SEALED) else value


def undo_import(*, actor: ActingUser, run: ImportRun, storer: Storer) -> ImportRun:
    """Take back what a run did that has ended, in whichever way: what it created is withdrawn, what it changed is as
    before, unless something newer changed it since. Raises Conflict when the run is not finished or already undone."""
    from_state = [ImportRun.State.DONE, ImportRun.State.FAILED, ImportRun.State.CANCELLED]
    with unit_of_work(actor) as work:
        moved = ImportRun.objects.filter(pk=run.pk, state__in=from_state).update(
            state=ImportRun.State.UNDONE, undone_at=timezone.now()
        )
        if moved != 1:
            raise ImportNotFinished(number=run.number)
        taken_back = storer.undo(run, work)
        work.record("core.undo_import", subject(run), counters(run), {"taken_back": taken_back})
    run.refresh_from_db()
    return run
