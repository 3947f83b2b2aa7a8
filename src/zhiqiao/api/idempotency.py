"""Writes that may be sent twice: the second time with the same key is answered as the first was, and writes nothing."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, connection
from django.http import QueryDict
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from zhiqiao.api.models import IdempotentAnswer
from zhiqiao.api.problems import IdempotencyKeyUnusable, lock_not_had
from zhiqiao.api.represent import ONCE
from zhiqiao.core.audit import unit_of_work
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kit.actors import Actor

HEADER: Final = "Idempotency-Key"
USABLE: Final = re.compile(r"[!-~]{1,255}", re.ASCII)
KEPT_FOR: Final = timedelta(hours=24)
LONGEST_WAIT: Final = "10s"  # for the first request with the key; then the second is told to come again


@dataclass(frozen=True)
class Answer:
    """What a write answers. ``body`` None: nothing, as for a record that the caller may not see any more."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    replayed: bool = False


def write_once(actor: Actor, request: Request, write: Callable[[], Answer]) -> Answer:
    """Call ``write``; where the request carries a key, in one transaction with what is kept for a second request.

    Raises ``Invalid`` ``idempotency_key_reused`` where the key came with another request before, ``Conflict``
    ``idempotency_in_progress`` where the first is still at work after ten seconds.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return write()
    if not USABLE.fullmatch(key):
        raise IdempotencyKeyUnusable
    digest = digest_of(request)
    try:
        with unit_of_work(actor):
            return _answered(actor, key, digest, write)
    except OperationalError as error:
        if lock_not_had(error):
            raise Conflict("idempotency_in_progress") from error
        raise


def _answered(actor: Actor, key: str, digest: str, write: Callable[[], Answer]) -> Answer:
    _wait_no_longer_than()
    rows = IdempotentAnswer.objects.filter(actor_id=actor.actor_id, key=key)
    rows.filter(created_at__lte=timezone.now() - KEPT_FOR).delete()
    # Whoever comes second waits here until the first has committed, and then reads its answer.
    kept, first = IdempotentAnswer.objects.get_or_create(actor_id=actor.actor_id, key=key, defaults={"digest": digest})
    if kept.digest != digest:
        raise Invalid("idempotency_key_reused")
    if not first:
        return Answer(kept.status, json.loads(kept.body) if kept.body else None, kept.headers, replayed=True)
    answer = write()
    kept.status, kept.headers = answer.status, dict(answer.headers)
    kept.body = "" if answer.body is None else json.dumps(without_secret(answer.body), cls=JSONEncoder)
    kept.save()
    return answer


def without_secret(body: Any) -> Any:
    """What is shown once is kept nowhere, so a replay does not tell it again."""
    return {name: value for name, value in body.items() if name != ONCE} if isinstance(body, dict) else body


def _wait_no_longer_than() -> None:
    """SQLite has its busy timeout; PostgreSQL would wait for the other transaction as long as that takes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")


def digest_of(request: Request) -> str:
    """Of method, path and what was sent: files by their content, however the parts were cut."""
    said = [request.method, request.get_full_path(), _plain(request.data)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")).hexdigest()


def _plain(data: Any) -> Any:
    if isinstance(data, QueryDict):
        return {name: [_content(each) for each in values] for name, values in data.lists()}
    return data


def _content(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [value.name, digest.hexdigest()]


def forget_old_answers() -> int:
    """Run by the worker; looks before it writes, so that it rarely asks for the lock."""
    old = IdempotentAnswer.objects.filter(created_at__lte=timezone.now() - KEPT_FOR)
    return old.delete()[0] if old.exists() else 0
