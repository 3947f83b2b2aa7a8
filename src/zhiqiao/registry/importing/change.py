"""One patent of a chunk: what its rows say against what is stored, settled field by field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhiqiao.core.audit import Subject, shortened
from zhiqiao.core.canonical import as_json
from zhiqiao.core.models import ImportRun
from zhiqiao.exchange.merge import merge_records
from zhiqiao.exchange.patents import PatentRecord
from zhiqiao.exchange.rows import ReadRow
from zhiqiao.kernel.batches import in_batches
from zhiqiao.registry.importing.values import BLANK, DESCRIBED, STATUS, derived, described, status_of
from zhiqiao.registry.models import Patent
from zhiqiao.registry.rules import ToldStatus, status_may_replace

STORED = ("id", "public_id", "number", "kind", "provenance", "withdrawn_at", *DESCRIBED, *STATUS)


@dataclass
class Change:
    """One patent of a chunk: what its rows say, what is stored, and what will be."""

    record: PatentRecord
    positions: list[int]
    said: dict[str, Any]
    stored: dict[str, Any] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    again: bool = False  # an earlier row of this very run named the patent
    restated: bool = False  # the holder's statement beside it changed
    codes: list[str] = field(default_factory=list)

    @property
    def revived(self) -> bool:
        """Stored once, taken back by an undo, and told again now."""
        return self.stored is not None and self.stored["withdrawn_at"] is not None

    @property
    def standing(self) -> dict[str, Any] | None:
        """What is stored and stands: what an undo took back says nothing any more."""
        return None if self.revived else self.stored


def merged(rows: Sequence[ReadRow[PatentRecord]]) -> dict[str, Change]:
    """Rows of one patent become one record, in the order they stand."""
    found: dict[str, Change] = {}
    for position, row in enumerate(rows):
        record = row.record
        assert record is not None  # noqa: S101 -- the runner hands over rows with a record
        known = found.get(record.number)
        if known is None:
            found[record.number] = Change(record, [position], {})
        else:
            known.record = merge_records(known.record, record)
            known.positions.append(position)
    for change in found.values():
        change.said = described(change.record)
    return found


def attach_stored(changes: Sequence[Change]) -> None:
    by_number = {change.record.number: change for change in changes}
    for part in in_batches(by_number):
        for row in Patent.objects.filter(number__in=part).values(*STORED):
            by_number[row["number"]].stored = row


def settle(change: Change, run: ImportRun, today: date) -> None:
    """Decide field by field what the patent will say: empties never overwrite, older days never overwrite newer."""
    stored = change.standing
    as_of = change.record.status_as_of
    stamp = [run.pk, as_of.isoformat() if as_of else None]
    if stored is None:
        change.values = {**BLANK, **change.said}
        change.provenance = dict.fromkeys(change.said, stamp)
    else:
        change.values = {name: stored[name] for name in (*DESCRIBED, *STATUS)}
        change.provenance = dict(stored["provenance"])
        overwriting = _overwriting(change, as_of)
        for name, value in change.said.items():
            _settle_field(change, name, value, overwriting, stamp)
    if not change.values["title"]:
        change.codes.append("patent_title_missing")
    _settle_status(change, run)
    change.values |= derived(change.record.number, change.record.kind, change.values, today)
    if change.stored is not None:
        change.changes = differences(change.stored, change.values)


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Field → [before, after] as JSON takes them, for the fields that a file describes."""
    found: dict[str, list[Any]] = {}
    for name in (*DESCRIBED, *STATUS):
        old, new = as_json(before[name]), as_json(after[name])
        if old != new:
            found[name] = [old, new]
    # The same status told by somebody else is no change.
    return {} if set(found) == {"status_source"} else found


Overwriting = Callable[[str | None], bool]


def _settle_field(change: Change, name: str, value: Any, overwriting: Overwriting, stamp: list[Any]) -> None:
    kept = change.values[name]
    if isinstance(value, tuple):
        value = list(value)
    if name == "extra":
        value = {**kept, **value}
    if kept == value:
        return
    if kept and not overwriting(change.provenance.get(name, [None, None])[1]):
        change.codes.append("older_kept")
        return
    change.values[name] = value
    change.provenance[name] = stamp


def _overwriting(change: Change, as_of: date | None) -> Overwriting:
    """Whether the row may replace a value that speaks for a day (ISO, or None).

    By the stated days; where they are the same or not stated by how far the publication has come: the rows of the
    published application do not overwrite what the grant's rows say, whatever their order. Where that says nothing
    either, the first of several rows of one file stands, so that the same file again changes nothing.
    """
    own, reached = stage_day(change.said), stage_day(change.values)

    def may(kept_day: str | None) -> bool:
        kept = None if kept_day is None else date.fromisoformat(kept_day)
        if as_of is not None and kept is not None and as_of != kept:
            return as_of > kept
        if own is not None and reached is not None and own != reached:
            return own > reached
        return not change.again

    return may


def stage_day(values: dict[str, Any]) -> date | None:
    days = [day for day in (values.get("published_on"), values.get("granted_on")) if day is not None]
    return max(days, default=None)


def _settle_status(change: Change, run: ImportRun) -> None:
    found = status_of(change.record)
    if found is None:
        return
    status, words = found
    record, values = change.record, change.values
    told = dict(
        zip(
            STATUS,
            (status.group, status.phase, words, record.status_as_of, record.known_through, run.sender[:255]),
            strict=True,
        )
    )
    if all(values[name] == told[name] for name in STATUS[:5]):
        return
    new, kept = as_told(told), as_told(values)
    # Of rows of one file between which nothing decides the first stands.
    if not status_may_replace(new, kept) or (change.again and status_may_replace(kept, new)):
        if values["status_words"] != words:
            change.codes.append("older_status_kept")
        return
    change.values |= told


def as_told(values: dict[str, Any]) -> ToldStatus:
    return ToldStatus(values["status_group"], values["status_as_of"], values["status_through"])


def subject(public_id: object) -> Subject:
    return Subject("registry.patent", str(public_id))


def trail(change: Change) -> dict[str, Any]:
    """What the audit says of a new patent: its number and what the file said."""
    said = {name: as_json(value) for name, value in change.said.items()}
    status = {name: as_json(change.values[name]) for name in STATUS if change.values[name]}
    return shortened({"number": change.record.number, **said, **status})
