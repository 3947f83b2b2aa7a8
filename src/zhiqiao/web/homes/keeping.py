"""Figures over a whole city are reckoned once in a while, for everybody who sees the same records."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.db.models import QuerySet

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.paging import COUNT_BOUND, count_up_to

KEPT: Final = 600  # seconds
MINUTE: Final = 60


def is_large(records: QuerySet[Any]) -> bool:
    """Whether they are too many to look through all of them for a page."""
    return count_up_to(records) > COUNT_BOUND


def key_for(what: str, actor: Actor, *more: Any) -> str:
    """The same for people who may see the same: by which role they hold where, never by name."""
    held = sorted(f"{house}:{role}" for house, roles in actor.roles.items() for role in roles)
    sight = [*held, *map(str, more)]
    return f"home:{what}:{hashlib.sha256('|'.join(sight).encode()).hexdigest()[:32]}"
