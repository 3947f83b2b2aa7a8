"""Figures over a whole city are reckoned once in a while, for everybody who sees the same records."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from zhiqiao.kit.actors import Actor

KEPT: Final = 600  # seconds


def key_for(what: str, actor: Actor, *more: Any) -> str:
    """The same for people who may see the same: by what they see and the roles they see it in, never by name."""
    sight = [*sorted(actor.tokens), *sorted(actor.every_role), *map(str, more)]
    return f"home:{what}:{hashlib.sha256('|'.join(sight).encode()).hexdigest()[:32]}"
