"""The rows that an import writes: patents, holders, statuses, statements, revisions, audit entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone

from zhiqiao.core.audit import Work, as_column, canonical, shortened
from zhiqiao.core.bulk import insert_rows
from zhiqiao.core.canonical import as_json
from zhiqiao.core.models import ImportRun, Revision
from zhiqiao.core.models.base import new_public_id
from zhiqiao.kernel.batches import in_batches
from zhiqiao.registry.importing.change import Change, subject, trail
from zhiqiao.registry.importing.holders import HOLDER_COLUMNS, HolderLinker, effective
from zhiqiao.registry.importing.values import DERIVED, DESCRIBED, EMPTY, NO_DERIVED, NO_STATUS, STATUS, status_of
from zhiqiao.registry.models import Patent, PatentHolder, StatusRecord

PATENT_COLUMNS = (
    "public_id", "created_at", "number", "kind", "pct", "check_filled", "provenance", "withdrawn_at",
    "guard_version", "updated_at", *DESCRIBED, *STATUS, *DERIVED,
)  # fmt: skip
STATUS_COLUMNS = (
    "patent_id", "group", "phase", "words", "as_of", "through", "source", "run_id", "recorded_at", "withdrawn_at",
)  # fmt: skip
REVISION = "registry.patent"
PROVENANCE = "provenance"  # beside the fields of a revision: their stamps before and after


def column(value: Any) -> Any:
    """A value as both databases' bulk paths take it: lists and mappings as JSON text, days as ISO text."""
    kind = type(value)
    if kind is str or value is None or kind is bool or kind is int:
        return value
    if kind is tuple:
        return json_list(value)
    if isinstance(value, list | dict):
        return canonical(value) if value else ("[]" if isinstance(value, list) else "{}")
    if isinstance(value, datetime):
        return as_column(value)
    return value.isoformat() if isinstance(value, date) else value


@lru_cache(maxsize=65_536)
def json_list(values: tuple[str, ...]) -> str:
    """Classes, industries and holders repeat from row to row."""
    return canonical(values)


def insert(changes: Sequence[Change], run: ImportRun, work: Work, linker: HolderLinker) -> dict[str, int]:
    """Store new patents; returns number → key."""
    if not changes:
        return {}
    linker.learn(work, (name for change in changes for name in effective(change.values)[1]))
    now = as_column(work.at)
    public_ids = {change.record.number: new_public_id() for change in changes}
    stamps = _Stamps()
    insert_rows(Patent, PATENT_COLUMNS, (_patent_row(change, public_ids, now, stamps) for change in changes))
    ids = _keys([change.record.number for change in changes])
    holders = (row for change in changes for row in _holder_rows(change, ids, linker, now))
    insert_rows(PatentHolder, HOLDER_COLUMNS, holders)
    for change in changes:
        work.record("registry.import_patent", subject(public_ids[change.record.number]), None, trail(change))
    return ids


class _Stamps:
    """The provenance of new patents: rows that fill the same columns have the same text."""

    def __init__(self) -> None:
        self._texts: dict[tuple[Any, ...], str] = {}

    def text(self, provenance: dict[str, Any]) -> str:
        key = (*provenance, *{tuple(stamp) for stamp in provenance.values()})
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = canonical(provenance)
        return found


# A new patent's row before its file says anything, in the order of PATENT_COLUMNS.
_BLANK = tuple(column(({**EMPTY, **NO_STATUS, **NO_DERIVED}).get(name)) for name in PATENT_COLUMNS)
_AT = {name: place for place, name in enumerate(PATENT_COLUMNS)}
_FOLLOWING = (*STATUS, *DERIVED)


def _patent_row(change: Change, public_ids: dict[str, Any], now: Any, stamps: _Stamps) -> list[Any]:
    """Most columns of most lists are empty: only what is said is put into a copy of the blank row."""
    record, values = change.record, change.values
    row = list(_BLANK)
    row[:10] = (
        as_column(public_ids[record.number]), now, record.number, record.kind, record.pct, record.check_filled,
        stamps.text(change.provenance), None, 0, now,
    )  # fmt: skip
    for name in change.said:
        row[_AT[name]] = column(values[name])
    for name in _FOLLOWING:
        if (value := values[name]) is not None and value != "":
            row[_AT[name]] = column(value)
    return row


def _keys(numbers: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in in_batches(numbers):
        rows = Patent.objects.filter(number__in=part)
        found.update(rows.values_list("number", "id"))
    return found


def _holder_rows(change: Change, ids: dict[str, int], linker: HolderLinker, now: Any) -> Iterator[tuple[Any, ...]]:
    role, names = effective(change.values)
    yield from linker.rows(ids[change.record.number], role, names, now)


def update(changes: Sequence[Change], run: ImportRun, work: Work, linker: HolderLinker) -> dict[str, int]:
    """Write what differs on known patents, with a revision each; returns number → key."""
    if not changes:
        return {}
    linker.learn(work, (name for change in changes for name in effective(change.values)[1]))
    ids: dict[str, int] = {}
    revisions: list[Revision] = []
    for change in changes:
        stored = change.stored
        assert stored is not None  # noqa: S101 -- the caller chose patents that are stored
        ids[change.record.number] = stored["id"]
        values = {name: change.values[name] for name in (*DESCRIBED, *STATUS, *DERIVED)}
        Patent.objects.filter(pk=stored["id"]).update(
            **values, provenance=change.provenance, withdrawn_at=None, updated_at=work.at
        )
        rewrite_holders(stored["id"], (stored, change.values), linker, work)
        changes_made = change.changes | (
            {"withdrawn_at": [as_json(stored["withdrawn_at"]), None]} if change.revived else {}
        )
        revisions.append(
            Revision(
                subject_type=REVISION, subject_id=stored["id"], run=run, actor_id=work.actor.actor_id,
                recorded_at=work.at, changes=changes_made | {PROVENANCE: _stamps_before(change, stored)},
            )
        )  # fmt: skip
        before = shortened({name: pair[0] for name, pair in changes_made.items()})
        after = shortened({name: pair[1] for name, pair in changes_made.items()})
        work.record("registry.import_patent", subject(stored["public_id"]), before, after)
    Revision.objects.bulk_create(revisions)
    return ids


def _stamps_before(change: Change, stored: dict[str, Any]) -> list[Any]:
    """The provenance of the fields that change, so that an undo gives them their day back too."""
    names = [name for name in change.changes if name in DESCRIBED]
    before = {name: stored["provenance"].get(name) for name in names}
    return [before, {name: change.provenance.get(name) for name in names}]


def rewrite_holders(
    patent: int, values: tuple[dict[str, Any], dict[str, Any]], linker: HolderLinker, work: Work
) -> None:
    """A change of holders, from the first to the second of the values, closes the old rows and opens new ones;
    nothing is deleted."""
    before, after = (effective(each) for each in values)
    if (after[0], list(after[1])) == (before[0], list(before[1])):
        return
    PatentHolder.objects.filter(patent_id=patent, superseded_at=None).update(superseded_at=work.at, standing=None)
    insert_rows(PatentHolder, HOLDER_COLUMNS, linker.rows(patent, *after, as_column(work.at)))


def record_statuses(changes: Sequence[Change], ids: dict[str, int], run: ImportRun) -> None:
    """Keep every status that was told and not known yet, also one that did not become the present one."""
    told = [(change, found) for change in changes if (found := status_of(change.record)) is not None]
    keys = [change.stored["id"] for change, _ in told if change.stored is not None]
    known = _known_statuses(keys)
    now = as_column(timezone.now())
    rows = []
    for change, (status, words) in told:
        record = change.record
        key = ids.get(record.number) or (change.stored or {}).get("id")
        if key is None or (key, words, record.status_as_of, record.known_through) in known:
            continue
        rows.append(
            (key, status.group, status.phase, words, column(record.status_as_of), column(record.known_through),
             run.sender[:255], run.pk, now, None)
        )  # fmt: skip
    insert_rows(StatusRecord, STATUS_COLUMNS, rows)


def _known_statuses(keys: Sequence[int]) -> set[tuple[Any, ...]]:
    found: set[tuple[Any, ...]] = set()
    for part in in_batches(keys):
        rows = StatusRecord.objects.filter(patent_id__in=part, withdrawn_at=None)
        found.update(rows.values_list("patent_id", "words", "as_of", "through"))
    return found
