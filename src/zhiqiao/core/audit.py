"""Writing the audit trail: a unit of work gathers what an action did and writes it in the same transaction."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from zhiqiao.core.actors import ActingUser
from zhiqiao.core.bulk import insert_rows
from zhiqiao.core.canonical import canonical as canonical
from zhiqiao.core.models import AuditEntry, OutboxEvent, PersonalValue
from zhiqiao.core.models.base import new_public_id
from zhiqiao.kernel.errors import NotFound

HEARD = "webhooks"
"""The queue of what other programs may listen to."""
LONG_TEXT = 200  # characters; longer values enter the trail by digest, the revision keeps them in full


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about: the model's label and the record's public id."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class _Entry:
    actor: ActingUser
    action: str
    subject: Subject
    before: Any
    after: Any


@dataclass
class _Trail:
    """What one transaction gathered, whoever acted in it."""

    id: uuid.UUID = field(default_factory=new_public_id)
    at: datetime = field(default_factory=timezone.now)
    entries: list[_Entry] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass
class Work:
    """What one actor did so far in one transaction. ``record`` adds an audit entry, ``emit`` an outbox event."""

    actor: ActingUser
    trail: _Trail = field(default_factory=_Trail)

    @property
    def id(self) -> uuid.UUID:
        return self.trail.id

    @property
    def at(self) -> datetime:
        """The moment that all entries of the transaction carry."""
        return self.trail.at

    def record(self, action: str, subject: Subject, before: Any, after: Any) -> None:
        """``before`` None means created, ``after`` None means withdrawn."""
        self.trail.entries.append(_Entry(self.actor, action, subject, before, after))

    def emit(self, queue: str, **payload: Any) -> None:
        self.trail.events.append((queue, payload))


def _write(trail: _Trail) -> None:
    insert_rows(AuditEntry, ENTRY_COLUMNS, _rows(trail))
    events = [*trail.events, *_heard(trail)]
    OutboxEvent.objects.bulk_create([OutboxEvent(queue=q, payload=p) for q, p in events])


def _heard(trail: _Trail) -> Iterator[tuple[str, dict[str, Any]]]:
    """What other programs may listen to: one event for all records that an action touched, however many they are."""
    published: frozenset[str] = settings.ZHIQIAO_PUBLISHED
    heard: dict[tuple[str, str], list[str]] = {}
    for entry in trail.entries:
        if entry.action in published:
            heard.setdefault((entry.action, entry.subject.type), []).append(entry.subject.id)
    for (action, subject), ids in heard.items():
        yield HEARD, {"action": action, "subject": subject, "ids": ids, "at": trail.at.isoformat()}


def _rows(trail: _Trail) -> Iterator[tuple[Any, ...]]:
    size = len(trail.entries)
    moment, at = trail.at.isoformat(), as_column(trail.at)
    transaction_id = as_column(trail.id)
    for ordinal, entry in enumerate(trail.entries, 1):
        content = canonical(
            {
                "transaction": str(trail.id),
                "ordinal": ordinal,
                "size": size,
                "at": moment,
                "actor": entry.actor.actor_id,
                "action": entry.action,
                "subject": [entry.subject.type, entry.subject.id],
                "before": entry.before,
                "after": entry.after,
            }
        )
        yield (
            transaction_id, ordinal, size, at, entry.actor.actor_id,
            entry.action, entry.subject.type, entry.subject.id, content, None,
        )  # fmt: skip


ENTRY_COLUMNS: Sequence[str] = (
    "transaction", "ordinal", "size", "at", "actor_id",
    "action", "subject_type", "subject_id", "content", "block_id",
)  # fmt: skip

_current: ContextVar[Work | None] = ContextVar("unit_of_work", default=None)


@contextmanager
def unit_of_work(actor: ActingUser) -> Iterator[Work]:
    """One transaction and its trail. An action called inside another joins the outer one, under its own actor;
    when it fails, what it wrote and recorded is taken back, whatever the outer one makes of the error."""
    outer = _current.get()
    if outer is not None:
        with _joined(outer, actor) as work:
            yield work
        return
    with transaction.atomic():
        work = Work(actor)
        token = _current.set(work)
        try:
            yield work
        finally:
            _current.reset(token)
        _write(work.trail)


@contextmanager
def _joined(outer: Work, actor: ActingUser) -> Iterator[Work]:
    trail = outer.trail
    entries, events = len(trail.entries), len(trail.events)
    try:
        with transaction.atomic():
            yield Work(actor, trail)
    except BaseException:
        del trail.entries[entries:], trail.events[events:]
        raise


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


def personal_value(commitment: str) -> str | None:
    """The value behind a commitment; None once it was erased or where it is not known."""
    kept = PersonalValue.objects.filter(commitment=commitment, erased_at=None).first()
    return kept.value if kept else None


def erase_personal(work: Work, commitment: str) -> None:
    """Erase a personal value by law (PIPL art. 47); the commitment stays, so every entry still verifies.

    Raises ``NotFound`` for an unknown commitment. Erasing twice changes nothing.
    """
    kept = PersonalValue.objects.filter(commitment=commitment).first()
    if kept is None:
        raise NotFound("personal_value", commitment=commitment)
    if PersonalValue.objects.filter(pk=kept.pk, erased_at=None).update(salt="", value="", erased_at=work.at):
        subject = Subject("core.personal", str(kept.public_id))
        work.record("core.erase_personal", subject, {"of": commitment}, None)
