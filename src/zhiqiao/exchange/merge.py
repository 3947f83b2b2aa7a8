"""Make one patent of the rows that tell of it: the publication of its application, of its grant, other exports."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

from zhiqiao.exchange.patents import PatentRecord
from zhiqiao.kernel.errors import Invalid

# These are true together, as one source saw them on one day.
_STATUS_FIELDS = ("status", "status_simple", "legal_status", "status_as_of", "status_as_of_source")
# Grow with every row that names more. Holders are not among them: who sold a patent holds it no longer.
_UNITED = (
    "classes",
    "applicants",
    "inventors",
    "agents",
    "priority",
    "legal_events",
    "family",
    "cited",
    "credit_codes",
)
_MAPPINGS = ("money", "declared", "extra")
_SETTLED = frozenset({"number", "kind", "pct", "check_filled", "known_through", "partial_dates", *_STATUS_FIELDS})


class DifferentPatents(Invalid):
    """Two records of different application numbers are never one patent."""

    code = "numbers_disagree"


def newness(record: PatentRecord) -> tuple[date, date]:
    """By which of two records the other is overruled: the day it vouches for, then the latest day it mentions."""
    latest = record.known_through or date.min
    return record.status_as_of or latest, latest


def merge_records(first: PatentRecord, second: PatentRecord) -> PatentRecord:
    """One record of two of the same number, field by field.

    The newer one's value stands, the second's where both are equally new; an empty value never overwrites.
    Lists are united, the first record's entries first. The status goes as a whole with its as-of day.
    """
    if first.number != second.number:
        raise DifferentPatents(first=first.number, second=second.number)
    older, newer = (second, first) if newness(first) > newness(second) else (first, second)
    changes = {
        each.name: _value(each.name, older, newer, first, second)
        for each in fields(PatentRecord)
        if each.name not in _SETTLED
    }
    return replace(
        newer,
        **changes,
        **_status(older, newer),
        check_filled=first.check_filled and second.check_filled,
        known_through=max(filter(None, (first.known_through, second.known_through)), default=None),
        partial_dates={
            name: day
            for name, day in (dict(older.partial_dates) | dict(newer.partial_dates)).items()
            if changes.get(name) is None
        },
    )


def _value(name: str, older: PatentRecord, newer: PatentRecord, first: PatentRecord, second: PatentRecord) -> Any:
    if name in _UNITED:
        return tuple(dict.fromkeys((*getattr(first, name), *getattr(second, name))))
    if name in _MAPPINGS:
        return dict(getattr(older, name)) | dict(getattr(newer, name))
    value = getattr(newer, name)
    return getattr(older, name) if value is None or value == () else value


def _status(older: PatentRecord, newer: PatentRecord) -> dict[str, Any]:
    says = newer if newer.legal_status is not None or older.legal_status is None else older
    return {name: getattr(says, name) for name in _STATUS_FIELDS}
