"""Keys of people's programs: made, shown once, revoked, never erased."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from zhiqiao.core.audit import Subject, Work, unit_of_work
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kernel.text import clean_line
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.parties.bearers import hash_of, new_token
from zhiqiao.parties.models import ApiKey, KeyState, User
from zhiqiao.parties.policies import KEYS
from zhiqiao.parties.scopes import is_scope

LONGEST_LIFE = timedelta(days=366)
MOST_LIVE = 20  # keys of one person


@dataclass(frozen=True)
class NewKey:
    """``last_day`` is the last day on which the key is good."""

    name: str
    scopes: tuple[str, ...]
    last_day: date


def make_key(*, actor: Actor, owner: User, key: NewKey) -> ApiKey:
    """A key in one's own name. What programs send stands in ``secret_once``, this once.

    Raises ``key_name_empty``, ``key_scopes_empty``, ``scope_unknown``, ``key_expiry_past``, ``key_expiry_far``,
    ``too_many_keys``, ``user_closed``.
    """
    name, scopes = clean_line(key.name, 100), _scopes(key.scopes)
    if not name:
        raise Invalid("key_name_empty")
    with unit_of_work(actor) as work:
        prefix, secret, token = new_token()
        made = ApiKey(owner=owner, name=name, prefix=prefix, secret_hash=hash_of(secret), scopes=scopes)
        made.created_at, made.expires_at = work.at, _end_of(key.last_day)
        KEYS.require(actor, "make", made)
        _refuse_too_many(owner, work.at)
        made.save(force_insert=True)
        after = {
            "owner": str(owner.public_id), "name": name, "prefix": prefix, "scopes": scopes,
            "expires_at": made.expires_at,
        }  # fmt: skip
        work.record("parties.make_key", key_subject(made), None, after)
    made.secret_once = token
    return made


def _scopes(given: Iterable[str]) -> list[str]:
    scopes = sorted({clean_line(each) for each in given} - {""})
    if not scopes:
        raise Invalid("key_scopes_empty")
    paths = {register.path for register in registers()}
    if unknown := [each for each in scopes if not is_scope(each, paths)]:
        raise Invalid("scope_unknown", scope=unknown[0][:64])
    return scopes


def _end_of(last_day: date) -> datetime:
    """The first moment after that day, by the city's clock."""
    today = timezone.localdate()
    if last_day < today:
        raise Invalid("key_expiry_past")
    if last_day - today > LONGEST_LIFE:
        raise Invalid("key_expiry_far", latest=today + LONGEST_LIFE)
    return timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))


def _refuse_too_many(owner: User, now: datetime) -> None:
    if not owner.is_active:
        raise Conflict("user_closed")
    if owner.api_keys.filter(revoked_at=None, expires_at__gt=now).count() >= MOST_LIVE:
        raise Conflict("too_many_keys", most=MOST_LIVE)


def revoke_key(*, actor: Actor, key: ApiKey) -> ApiKey:
    """The key is no good from now on. Raises ``key_revoked`` where it was revoked before."""
    with unit_of_work(actor) as work:
        KEYS.require(actor, "revoke", key)
        if not _revoke(work, key):
            raise Conflict("key_revoked")
    key.refresh_from_db()
    return key


def revoke_keys_of(work: Work, user: User) -> None:
    """With the log-in end its keys."""
    for key in user.api_keys.filter(revoked_at=None):
        _revoke(work, key)


def _revoke(work: Work, key: ApiKey) -> bool:
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=work.at) != 1:
        return False
    before: dict[str, Any] = {"state": key.state(work.at)}
    work.record("parties.revoke_key", key_subject(key), before, {"state": KeyState.REVOKED})
    return True


def key_subject(key: ApiKey) -> Subject:
    return Subject("parties.key", str(key.public_id))
