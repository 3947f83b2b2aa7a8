"""What is sent of something that happened: what kind it was, when, and which record to ask for, nothing of its
contents."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings

from zhiqiao.core.audit import Subject
from zhiqiao.core.canonical import canonical
from zhiqiao.hooks.models import Message


def new_message(kind: str, register: str, path: str, subject: Subject, at: datetime) -> Message:
    """Not saved yet. ``path`` is the register's in addresses."""
    told = {"register": path, "id": subject.id, "address": address_of(path, subject.id)}
    body = canonical({"type": kind, "timestamp": moment(at), "data": told})
    return Message(kind=kind, register=register, subject_type=subject.type, subject_id=subject.id, at=at, body=body)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def address_of(path: str, public_id: str) -> str:
    """Where programs read the record; whole where the installation knows its own origin."""
    origin = settings.CSRF_TRUSTED_ORIGINS[0] if settings.CSRF_TRUSTED_ORIGINS else ""
    return origin + settings.ZHIQIAO_RECORD_ADDRESS.format(path=path, id=public_id)
