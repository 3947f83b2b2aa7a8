"""What happened to a record, from the audit trail, for those who may know."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Model

from zhiqiao.core.audit import shortened
from zhiqiao.core.canonical import as_json
from zhiqiao.core.models import AuditEntry
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.readership import Author, reader_of
from zhiqiao.kit.registers import Register

MOST_SHOWN: Final = 200  # entries; the trail itself has them all
LONGEST_SHOWN: Final = 120  # characters of a value
FOUND: Final = frozenset({"patents", "organisations"})
"""What a matching found, as entries of earlier versions name it: whoever had it made may have seen more than those who
read the history now, so it is told to those alone who look over the city."""


@dataclass(frozen=True)
class Change:
    """A field before and after, as short text; None: there was nothing, or nothing is left."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Happening:
    """One entry of the trail. ``action`` is its code."""

    at: datetime
    author: Author
    action: str
    changes: tuple[Change, ...]
    sealed: bool


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Field values for the trail: other records by their names, long texts by length and digest."""
    return shortened({name: str(each) if isinstance(each, Model) else as_json(each) for name, each in values.items()})


def history_of(register: Register[Any], actor: Actor, record: Model) -> list[Happening]:
    """Newest first, at most ``MOST_SHOWN``; none for those who may not see the record's history."""
    reader = reader_of(register, actor, record)
    if not reader.reach:
        return []
    subject = register.subject_of(record)
    found = AuditEntry.objects.filter(subject_type=subject.type, subject_id=subject.id).order_by("-id")
    entries = list(found[:MOST_SHOWN])
    authors = reader.authors((entry.actor_id, entry.at) for entry in entries)
    told_to_others = frozenset(column.name for column in register.columns if column.roles is None)
    untold = frozenset() if actor.reads_city else FOUND
    return [
        _happening(entry, author, untold, None if author.actor_id else told_to_others)
        for entry, author in zip(entries, authors, strict=True)
    ]


def _happening(entry: AuditEntry, author: Author, untold: frozenset[str], told: frozenset[str] | None) -> Happening:
    """``told``: the only fields whose changes are told; None: all but ``untold``. Of what another house did it is no
    more than the record itself shows: reasons and notes are that house's own."""
    content = json.loads(entry.content)
    changes = _changes(content["before"], content["after"])
    shown = tuple(each for each in changes if each.field not in untold and (told is None or each.field in told))
    return Happening(entry.at, author, entry.action, shown, entry.block_id is not None)


def _changes(before: Any, after: Any) -> Iterator[Change]:
    old, new = (each if isinstance(each, dict) else {} for each in (before, after))
    for field in [*old, *(name for name in new if name not in old)]:
        change = Change(field, _shown(old.get(field)), _shown(new.get(field)))
        if change.before != change.after:
            yield change


def _shown(value: Any) -> str | None:
    if value in (None, "", [], {}):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text.startswith("sha256:"):
        return "…"
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
