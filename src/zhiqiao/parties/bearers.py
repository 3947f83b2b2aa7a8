"""Who a program is that shows a key: its owner, within the key's scopes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import ApiKey, KeyState
from zhiqiao.parties.scopes import allows

_TOKEN = re.compile(r"zq_([a-z0-9]{10})_([0-9a-f]{64})", re.ASCII)
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that people take for another
NOBODYS = "0" * 64
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Bearer:
    """Who shows a key. ``key_id`` is the key's public id, to count and name it by."""

    actor: Actor
    scopes: frozenset[str]
    key_id: str

    def allows(self, register_path: str, verb: str) -> bool:
        """``verb`` is "read" or "write". The policies decide on top of it."""
        return allows(self.scopes, register_path, verb)


def new_token() -> tuple[str, str, str]:
    """Prefix, secret of 256 bits, and both as one key."""
    prefix = "".join(secrets.choice(_LETTERS) for _ in range(10))
    secret = secrets.token_hex(32)
    return prefix, secret, f"zq_{prefix}_{secret}"


def hash_of(secret: str) -> str:
    """Plain SHA-256: nobody guesses 256 random bits, so a slow hash would only slow down every request."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_actor(token: str, now: datetime | None = None) -> Bearer | None:
    """The owner and the scopes of a key in force, their roles as they are today; None for every other text.

    A key that does not exist takes the same way as one that is expired, revoked, wrong in its secret or of a closed
    log-in: one query and one comparison, which takes as long wherever the two hashes differ.
    """
    now = now or timezone.now()
    read = _TOKEN.fullmatch(token)
    if read is None:
        return None
    prefix, secret = read.groups()
    key = ApiKey.objects.select_related("owner").filter(prefix=prefix).first()
    fits = hmac.compare_digest(key.secret_hash if key else NOBODYS, hash_of(secret))
    if key is None or not fits or key.state(now) != KeyState.LIVE or not key.owner.is_active:
        return None
    _note_use(key, now)
    return Bearer(actor_for(key.owner), frozenset(key.scopes), str(key.public_id))


def _note_use(key: ApiKey, now: datetime) -> None:
    before = now - USE_NOTED_EVERY
    if key.last_used_at is None or key.last_used_at <= before:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=before)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)
