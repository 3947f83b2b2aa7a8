"""Keys of programs: made once, good for a while and for some things, ended with the person."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.parties.conftest import refuses, user_of
from zhiqiao.core.models import AuditEntry
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.parties import bearers
from zhiqiao.parties.actions import NewKey, close_login, end_role, make_key, revoke_key
from zhiqiao.parties.actors import actor_for, operator_for
from zhiqiao.parties.bearers import key_actor
from zhiqiao.parties.models import ApiKey, KeyState, Membership, User
from zhiqiao.parties.scopes import allows, is_scope
from zhiqiao.parties.selectors import keys_visible_to

pytestmark = pytest.mark.django_db
Member = Callable[..., Actor]
Person = Callable[[], User]
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as frozen:
        yield frozen


def new_key(name: str = "报表程序", scopes: tuple[str, ...] = ("read",), days: int = 30) -> NewKey:
    return NewKey(name, scopes, TODAY + timedelta(days=days))


def made_for(user: User, **said: Any) -> ApiKey:
    return make_key(actor=actor_for(user), owner=user, key=new_key(**said))


def test_a_key_is_shown_once_and_kept_as_a_hash(person: Person) -> None:
    user = person()
    key = made_for(user, scopes=("write", "read", "read"))
    _, prefix, secret = key.secret_once.split("_")
    kept = ApiKey.objects.get()
    assert kept.secret_once == "" and kept.prefix == prefix and kept.scopes == ["read", "write"]
    assert kept.secret_hash == hashlib.sha256(secret.encode()).hexdigest() and len(secret) == 64
    assert kept.expires_at == datetime(2026, 4, 1, 16, 0, tzinfo=UTC)  # midnight after 1 April, city time
    entry = AuditEntry.objects.get(action="parties.make_key")
    assert entry.subject_id == str(key.public_id) and secret not in entry.content and prefix in entry.content
    assert kept.secret_hash not in entry.content
    assert made_for(user).secret_once != key.secret_once


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": " \n"}, "key_name_empty"),
        ({"scopes": ()}, "key_scopes_empty"),
        ({"scopes": ("read", "admin")}, "scope_unknown"),
        ({"scopes": ("nothing:read",)}, "scope_unknown"),
        ({"scopes": (":read",)}, "scope_unknown"),
        ({"days": -1}, "key_expiry_past"),
        ({"days": 367}, "key_expiry_far"),
    ],
)
def test_keys_that_cannot_be_made(person: Person, said: dict[str, Any], code: str) -> None:
    with refuses(Invalid, code):
        made_for(person(), **said)
    assert not ApiKey.objects.exists()


def test_a_person_has_so_many_keys_in_force(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhiqiao.parties.actions.keys.MOST_LIVE", 2)
    user = person()
    first = made_for(user)
    made_for(user)
    with refuses(Conflict, "too_many_keys"):
        made_for(user)
    revoke_key(actor=actor_for(user), key=first)
    made_for(user)


def test_nobody_makes_keys_for_somebody_else(member: Member, person: Person) -> None:
    user = person()
    for actor in (member("system_admin"), member("bureau_officer"), PUBLIC):
        with pytest.raises((Forbidden, NotFound)):
            make_key(actor=actor, owner=user, key=new_key())
    assert not ApiKey.objects.exists()


def test_the_command_line_makes_them_with_that_persons_rights(person: Person) -> None:
    user = person()
    key = make_key(actor=operator_for(user, "wang"), owner=user, key=new_key())
    assert AuditEntry.objects.get(subject_id=str(key.public_id)).actor_id == "console:wang"


def test_a_key_stands_for_its_owner_with_todays_roles(member: Member, bureau: Actor) -> None:
    owner = member("enterprise_member")
    key = made_for(user_of(owner), scopes=("needs:write",))
    bearer = key_actor(key.secret_once)
    assert bearer is not None and bearer.actor == owner and bearer.scopes == {"needs:write"}
    assert bearer.key_id == str(key.public_id)
    assert bearer.allows("needs", "write") and not bearer.allows("patents", "read")
    end_role(actor=bureau, membership=Membership.objects.get(user=user_of(owner)))
    later = key_actor(key.secret_once)
    assert later is not None and later.actor.roles == {}


def test_a_key_is_good_until_its_moment(person: Person, clock: Any) -> None:
    key = made_for(person(), days=0)
    clock.move_to(datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC))
    assert key_actor(key.secret_once) is not None
    clock.move_to(datetime(2026, 3, 2, 16, 0, 0, tzinfo=UTC))
    assert key_actor(key.secret_once) is None and key.state() is KeyState.EXPIRED


def test_a_revoked_key(person: Person, member: Member) -> None:
    user = person()
    key, other = made_for(user), made_for(user)
    with pytest.raises(NotFound):
        revoke_key(actor=member("bureau_officer"), key=key)
    assert revoke_key(actor=member("system_admin"), key=key).state() is KeyState.REVOKED
    assert key_actor(key.secret_once) is None and key_actor(other.secret_once) is not None
    with refuses(Conflict, "key_revoked"):
        revoke_key(actor=actor_for(user), key=key)


def test_with_the_log_in_end_its_keys(person: Person, member: Member) -> None:
    user, bystander = person(), person()
    key, kept = made_for(user), made_for(bystander)
    close_login(actor=member("system_admin"), user=user)
    key.refresh_from_db()
    assert key.revoked_at == NOW and AuditEntry.objects.filter(action="parties.revoke_key").count() == 1
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=None)  # even if it were not revoked
    assert key_actor(key.secret_once) is None and key_actor(kept.secret_once) is not None
    with refuses(Conflict, "user_closed"):
        make_key(actor=actor_for(user), owner=User.objects.get(pk=user.pk), key=new_key())


def test_what_is_no_key_takes_the_same_way(person: Person, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent, wrong, expired, revoked: one query and one comparison of whole hashes each."""
    compared: list[int] = []

    def counting(one: str, other: str) -> bool:
        compared.append(len(one) + len(other))
        return hmac.compare_digest(one, other)

    class Watched:
        compare_digest = staticmethod(counting)

    monkeypatch.setattr(bearers, "hmac", Watched)
    user = person()
    good, revoked, expired = made_for(user), made_for(user), made_for(user)
    revoke_key(actor=actor_for(user), key=revoked)
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=NOW)
    wrong = f"zq_{good.prefix}_{'f' * 64}"
    absent = f"zq_{'a' * 10}_{'f' * 64}"
    for token in (wrong, absent, revoked.secret_once, expired.secret_once):
        with CaptureQueriesContext(connection) as asked:
            assert key_actor(token) is None
        assert len(asked) == 1
    assert compared == [128] * 4


@pytest.mark.parametrize("token", ["", "zq_", "zq_a_b", "Bearer x", "zq_" + "a" * 10 + "_" + "é" * 64, "x" * 100_000])
def test_other_texts_ask_nothing_of_the_database(token: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert key_actor(token) is None
    assert len(asked) == 0


def test_use_is_noted_once_a_minute(person: Person, clock: Any) -> None:
    key = made_for(person())

    def used() -> datetime | None:
        assert key_actor(key.secret_once) is not None
        key.refresh_from_db()
        return key.last_used_at

    assert used() == NOW
    clock.shift(59)
    assert used() == NOW
    clock.shift(1)
    assert used() == NOW + timedelta(minutes=1)


def test_who_sees_keys(person: Person, member: Member) -> None:
    user = person()
    key = made_for(user)
    admin = member("system_admin")
    made_for(user_of(admin))
    assert list(keys_visible_to(actor_for(user))) == [key]
    assert keys_visible_to(admin).count() == 2
    assert not keys_visible_to(member("bureau_officer")).exists() and not keys_visible_to(PUBLIC).exists()


@pytest.mark.parametrize(
    ("scopes", "path", "verb", "expected"),
    [
        (["read"], "needs", "read", True),
        (["read"], "needs", "write", False),
        (["write"], "needs", "write", True),
        (["write"], "needs", "read", True),
        (["needs:read"], "needs", "read", True),
        (["needs:read"], "patents", "read", False),
        (["needs:write"], "needs", "read", True),
        (["needs:write"], "needs", "write", True),
        (["needs:write"], "need", "write", False),
        (["needs:read", "write"], "patents", "write", True),
        ([], "needs", "read", False),
        (["write"], "keys", "write", False),
        (["keys:write"], "keys", "write", False),
        (["write"], "keys", "read", True),
        (["read"], "needs", "delete", False),
        (["delete"], "needs", "delete", False),
    ],
)
def test_how_far_scopes_reach(scopes: list[str], path: str, verb: str, expected: bool) -> None:
    assert allows(scopes, path, verb) is expected


def test_what_is_a_scope() -> None:
    paths = {"needs", "patents", "keys"}
    assert all(is_scope(each, paths) for each in ("read", "write", "needs:read", "patents:write"))
    assert not any(
        is_scope(each, paths)
        for each in ("", "all", ":read", "keys:write", "needs:", "needs:all", "x:read", "a:needs:read")
    )
