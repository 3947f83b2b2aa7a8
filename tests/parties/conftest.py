from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection

from zhiqiao.core.models import AuditEntry, ReferenceEntry
from zhiqiao.kernel.credit_codes import credit_check_digit
from zhiqiao.kernel.errors import Conflict, ZhiqiaoError
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actions import NewPerson, OrganisationDetails, create_user, grant_role, register_organisation
from zhiqiao.parties.actors import actor_for, operator
from zhiqiao.parties.models import Organisation, User
from zhiqiao.parties.roles import KINDS_OF_ROLE

PASSWORD = "correct-horse-battery"
_numbers = itertools.count(1)


@contextmanager
def refuses(kind: type[ZhiqiaoError], code: str) -> Iterator[None]:
    with pytest.raises(kind) as refusal:
        yield
    assert refusal.value.reason == code


def credit_code(number: int) -> str:
    """A valid credit code of an invented firm."""
    body = f"91441900MA{number:07d}"
    return body + credit_check_digit(body)


def user_of(actor: Actor) -> User:
    assert actor.user_key is not None, "nobody's log-in"
    return User.objects.get(pk=actor.user_key)


def at_once(*doings: Callable[[], object]) -> list[str]:
    """What became of each, started together: ``done`` or the code of the refusal."""
    start = Barrier(len(doings))
    results: list[str] = []

    def run(doing: Callable[[], object]) -> None:
        start.wait()
        try:
            doing()
            results.append("done")
        except Conflict as refusal:
            results.append(refusal.reason)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(doing,)) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


@pytest.fixture
def bureau() -> Actor:
    return operator("test")


@pytest.fixture
def organisation(db: None, bureau: Actor) -> Callable[..., Organisation]:
    def make(name: str, kind: str = "enterprise", **details: object) -> Organisation:
        stated = OrganisationDetails(name=name, kind=kind, **details)  # type: ignore[arg-type]  # a shorthand
        return register_organisation(actor=bureau, details=stated)

    return make


@pytest.fixture
def person(db: None, bureau: Actor) -> Callable[..., User]:
    def make(display_name: str = "示例人") -> User:
        new = NewPerson(f"person{next(_numbers)}", display_name, password=PASSWORD)
        return create_user(actor=bureau, person=new)

    return make


@pytest.fixture
def member(
    organisation: Callable[..., Organisation], person: Callable[..., User], bureau: Actor
) -> Callable[..., Actor]:
    """Somebody with the role, in the organisation given or in a new one of a kind that fits."""

    def make(role: str, place: Organisation | None = None) -> Actor:
        if place is None:
            kind = min(KINDS_OF_ROLE[Role(role)])
            place = organisation(f"示例{role}{next(_numbers)}", kind)
        user = person()
        grant_role(actor=bureau, user=user, organisation=place, role=role)
        return actor_for(user)

    return make


@pytest.fixture
def towns(db: None) -> None:
    entries = [
        ("441900119", "town", "长安镇"),
        ("441900004", "subdistrict", "南城街道"),
        ("441900401", "park", "松山湖"),
    ]
    for code, level, name in entries:
        ReferenceEntry.objects.create(
            scheme="town", code=code, level=level, name_zh=name, edition="2024", effective_from=date(2024, 1, 1)
        )


@pytest.fixture
def actions_recorded(db: None) -> Callable[[], list[str]]:
    def read() -> list[str]:
        return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))

    return read
