"""Writing the audit trail: a unit of work gathers what an action did and writes it in the same transaction."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from zhiqiao.core.actors import ActingUser
from zhiqiao.core.bulk import insert_rows
from zhiqiao.core.models import AuditEntry, OutboxEvent, PersonalValue
from zhiqiao.core.models.base import new_public_id

LONG_TEXT = 200  # characters; longer values enter the trail by digest, the revision keeps them in full


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about: the model's label and the record's public id."""

    type: str
    id: str


@dataclass
class Work:
    """What one transaction did so far. ``record`` adds an audit entry, ``emit`` an outbox event."""

    actor: ActingUser
    id: uuid.UUID = field(default_factory=new_public_id)
    at: datetime = field(default_factory=timezone.now)
    entries: list[tuple[str, Subject, Any, Any]] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def record(self, action: str, subject: Subject, before: Any, after: Any) -> None:
        """``before`` None means created, ``after`` None means withdrawn."""
        self.entries.append((action, subject, before, after))

    def emit(self, queue: str, **payload: Any) -> None:
        self.events.append((queue, payload))

    def flush(self) -> None:
        insert_rows(AuditEntry, ENTRY_COLUMNS, self._rows())
        OutboxEvent.objects.bulk_create([OutboxEvent(queue=q, payload=p) for q, p in self.events])
        self.entries, self.events = [], []

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        size = len(self.entries)
        moment, at = self.at.isoformat(), as_column(self.at)
        transaction_id = as_column(self.id)
        for ordinal, (action, subject, before, after) in enumerate(self.entries, 1):
            content = canonical(
                {
                    "transaction": str(self.id),
                    "ordinal": ordinal,
                    "size": size,
                    "at": moment,
                    "actor": self.actor.actor_id,
                    "action": action,
                    "subject": [subject.type, subject.id],
                    "before": before,
                    "after": after,
                }
            )
            yield (
                transaction_id, ordinal, size, at, self.actor.actor_id, self.actor.actor_name,
                action, subject.type, subject.id, content, None,
            )  # fmt: skip


ENTRY_COLUMNS: Sequence[str] = (
    "transaction", "ordinal", "size", "at", "actor_id", "actor_name",
    "action", "subject_type", "subject_id", "content", "block_id",
)  # fmt: skip

_current: ContextVar[Work | None] = ContextVar("unit_of_work", default=None)


@contextmanager
def unit_of_work(actor: ActingUser) -> Iterator[Work]:
    """One transaction and its trail. An action called inside another joins the outer one."""
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    with transaction.atomic():
        work = Work(actor)
        token = _current.set(work)
        try:
            yield work
        finally:
            _current.reset(token)
        work.flush()


def canonical(value: Any) -> str:
    """The one text of a value: sorted keys, no spaces, UTF-8, dates in ISO form, money as written."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    raise TypeError(f"no canonical text for {type(value).__name__}")


def as_column(value: uuid.UUID | datetime) -> Any:
    """A value as the driver of the database at hand takes it, for ``insert_rows``."""
    if isinstance(value, uuid.UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return connection.ops.adapt_datetimefield_value(value)


def shortened(values: Mapping[str, Any]) -> dict[str, Any]:
    """Field values for the trail: long texts by length and digest, the rest as they are."""
    return {key: digest(v) if isinstance(v, str) and len(v) > LONG_TEXT else v for key, v in values.items()}


def digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}:{len(text)}"


def personal(value: str) -> dict[str, str]:
    """A personal value as entries carry it: its salted commitment; the value itself is kept apart, erasable."""
    salt = secrets.token_hex(16)
    commitment = hashlib.sha256(f"{salt}:{value}".encode()).hexdigest()
    PersonalValue.objects.create(commitment=commitment, salt=salt, value=value)
    return {"personal": commitment}


def erase_personal(work: Work, commitment: str) -> None:
    """Erase a personal value by law (PIPL art. 47); the commitment stays, so every entry still verifies."""
    kept = PersonalValue.objects.get(commitment=commitment)
    PersonalValue.objects.filter(pk=kept.pk).update(salt="", value="", erased_at=timezone.now())
    work.record("core.erase_personal", Subject("core.personal", str(kept.public_id)), None, {"of": commitment})
