"""The audit trail's search box: by what was done, as a code or in words, by whom, and on what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from zhiqiao.core import keysets
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.trailcodes import codes_told
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.lists import reading
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.registers.audit import AUDIT

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(member: Callable[..., Actor], organisation: Callable[..., Organisation]) -> Actor:
    for at in range(4):
        organisation(f"示例机械{at}")
    return member(Role.BUREAU_AUDITOR)


def found(auditor: Actor, words: str, **asked: str) -> list[int]:
    with override("zh-hans"):
        return [entry.pk for entry in reading(AUDIT, auditor, {"q": words, **asked}).page.rows]


def told(**known: object) -> list[int]:
    return list(AuditEntry.objects.filter(**known).order_by("-at", "-id").values_list("pk", flat=True))


@pytest.mark.parametrize("rare", [0, 5_000])
def test_the_box_finds_what_was_done_by_whom_and_on_what(
    auditor: Actor, monkeypatch: pytest.MonkeyPatch, rare: int
) -> None:
    monkeypatch.setattr(keysets, "RARE", rare)
    house = Organisation.objects.earliest("id")
    grants = told(action="parties.grant_role")
    assert grants and found(auditor, "Grant_Role") == found(auditor, "授予角色") == grants
    assert found(auditor, str(house.public_id)) == told(subject_id=str(house.public_id)) != []
    assert found(auditor, "system:nobody") == found(auditor, "犇犇") == []
    who = AuditEntry.objects.earliest("id").actor_id
    assert found(auditor, who) == told(actor_id=who) != []
    every = list(AuditEntry.objects.filter(Q(action__contains="organisation")).order_by("at", "id"))
    assert found(auditor, "organisation", sort="new") == [each.pk for each in every] != []


def test_pages_of_entries_of_one_moment_follow_each_other(auditor: Actor) -> None:
    # As an import leaves them: everything in one transaction has the same moment.
    moment = AuditEntry.objects.earliest("id").at
    AuditEntry.objects.update(at=moment)
    first = AuditEntry.objects.earliest("id")
    for at in range(120):
        first.pk, first.ordinal, first.size = None, at + 1_000, 2_000
        first.save(force_insert=True)
    for sort in ("new", "-new"):
        whole, cursor = [], ""
        while True:
            page = reading(AUDIT, auditor, {"sort": sort, "at": cursor}).page
            whole += [entry.pk for entry in page.rows]
            if not (cursor := page.next):
                break
        direction = "id" if sort == "new" else "-id"
        assert whole == list(AuditEntry.objects.order_by(direction).values_list("pk", flat=True))


def test_codes_are_told_once_each_in_one_question(auditor: Actor) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert codes_told("action") == sorted(set(AuditEntry.objects.values_list("action", flat=True)))
        assert codes_told("subject_type") == sorted(set(AuditEntry.objects.values_list("subject_type", flat=True)))
    assert len(queries) == 4
