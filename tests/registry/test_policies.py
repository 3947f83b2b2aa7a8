"""Role × verb × own, foreign and withdrawn records."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.inventory.factories import actor, hold, organisation, patent
from zhiqiao.kit.actors import PUBLIC
from zhiqiao.kit.roles import Role
from zhiqiao.registry.models import Patent
from zhiqiao.registry.policies import IMPORTS, PATENTS

pytestmark = pytest.mark.django_db

CITY = {Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR}
OWNERS = {
    Role.HOLDER_MANAGER,
    Role.HOLDER_STAFF,
    Role.SOE_MANAGER,
    Role.ENTERPRISE_MEMBER,
    Role.BANK_MEMBER,
    Role.AGENCY_MEMBER,
}
PUSHERS = {Role.BUREAU_OFFICER, Role.CENTRE_OPERATOR}
EVERYBODY = set(Role)
# verb → (who on a published foreign one, who on an unpublished foreign one, who on an unpublished own one)
EXPECTED = {
    "view": (EVERYBODY, CITY, CITY | OWNERS),
    "view_statement": (CITY, CITY, CITY | OWNERS),
    "push": (PUSHERS, PUSHERS, PUSHERS | OWNERS - {Role.ENTERPRISE_MEMBER}),
}


@pytest.mark.parametrize("verb", EXPECTED)
@pytest.mark.parametrize("role", list(Role))
def test_who_may_what(verb: str, role: Role) -> None:
    mine, theirs = organisation("示例甲"), organisation("示例乙")
    records = [patent(public=True), patent(public=False), patent(public=False)]
    for record, owner in zip(records, (theirs, theirs, mine), strict=True):
        hold(record, owner)
    who = actor(role, mine)
    expected = [role in allowed for allowed in EXPECTED[verb]]
    assert [PATENTS.may(who, verb, record) for record in records] == expected
    listed = set(PATENTS.permitted(who, verb, Patent.objects.all()))
    assert [record in listed for record in records] == expected, "the list says the same"
    Patent.objects.update(withdrawn_at=timezone.now())
    assert not PATENTS.permitted(who, verb, Patent.objects.all()).exists()
    assert not PATENTS.may(who, verb, Patent.objects.get(pk=records[0].pk))


def test_the_public_sees_what_is_published() -> None:
    assert PATENTS.may(PUBLIC, "view", patent(public=True))
    assert not PATENTS.may(PUBLIC, "view", patent(public=False))
    assert not PATENTS.may(PUBLIC, "push", patent(public=True))


@pytest.mark.parametrize("role", list(Role))
def test_who_may_import(role: Role) -> None:
    importers = {Role.BUREAU_OFFICER, Role.HOLDER_MANAGER, Role.SOE_MANAGER, Role.CENTRE_OPERATOR}
    assert PATENTS.may(actor(role, organisation()), "import") == (role in importers)
    assert "undo" in IMPORTS.verbs
