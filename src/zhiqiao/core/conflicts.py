"""What the database refuses because somebody else was first, said as a conflict."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction

from zhiqiao.kernel.errors import Conflict


@contextmanager
def taken_means(code: str, **facts: Any) -> Iterator[None]:
    """Write inside: a row that breaks a uniqueness raises ``Conflict`` with this code, and only what was written in
    here is lost, so that the caller's transaction can go on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as taken:
        raise Conflict(code, **facts) from taken
