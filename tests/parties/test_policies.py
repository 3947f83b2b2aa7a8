"""Role × verb, on one's own record and on another's: the whole table, written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.parties.conftest import user_of
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.permissions import Policy
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models import Membership, Organisation, User
from zhiqiao.parties.policies import MEMBERSHIPS, ORGANISATIONS, USERS
from zhiqiao.parties.roles import KINDS_OF_ROLE

pytestmark = pytest.mark.django_db

HOUSE = {"view", "view_contacts", "describe", "change_contacts", "add_alias", "view_history", "attach"}
BUREAU = HOUSE | {"register", "rename", "merge", "comment"}
READER = {"view", "view_contacts", "view_history"}
SELF = {"view", "set_password", "choose_pushes"}
MAKING = {"create", "grant_some"}
TOLD = {"view_history"}
# role → (verbs on the own organisation, verbs on another)
ON_ORGANISATIONS: dict[str, tuple[set[str], set[str]]] = {
    "bureau_officer": (BUREAU, BUREAU),
    "bureau_auditor": (READER, READER),
    "unit_officer": ({"view"}, {"view"}),
    "branch_officer": ({"view"}, {"view"}),
    "holder_manager": (HOUSE, {"view"}),
    "holder_staff": (READER, {"view"}),
    "soe_manager": (HOUSE, {"view"}),
    "enterprise_member": (HOUSE, {"view"}),
    "bank_member": (HOUSE, {"view"}),
    "agency_member": (HOUSE, {"view"}),
    "centre_operator": ({"view"}, {"view"}),
    "system_admin": ({"view"}, {"view"}),
}
# role → (verbs on oneself, on somebody of the own organisation, on somebody of another)
ON_USERS: dict[str, tuple[set[str], set[str], set[str]]] = {
    "bureau_officer": (SELF | MAKING | TOLD, {"view"} | MAKING | TOLD, {"view"} | MAKING | TOLD),
    "bureau_auditor": (SELF | TOLD, {"view"} | TOLD, {"view"} | TOLD),
    "holder_manager": (SELF | MAKING, {"view"} | MAKING, {"create"}),
    "soe_manager": (SELF | MAKING, {"view"} | MAKING, {"create"}),
    "system_admin": (
        SELF | MAKING | TOLD | {"close"},
        {"view", "close", "set_password"} | MAKING | TOLD,
        {"view", "close", "set_password"} | MAKING | TOLD,
    ),
}
ALL = {"view", "grant", "end"}
# role → (verbs on a colleague's role of the same name, on that role in another organisation)
ON_MEMBERSHIPS: dict[str, tuple[set[str], set[str]]] = {
    "bureau_officer": (ALL, ALL),
    "bureau_auditor": ({"view"}, {"view"}),
    "holder_manager": (ALL, set()),
    "soe_manager": (ALL, set()),
    "system_admin": (ALL, ALL),
}


def verbs(policy: Policy, actor: Actor, record: object) -> set[str]:
    return {verb for verb in policy.verbs if policy.may(actor, verb, record)}  # type: ignore[arg-type]  # any record


@pytest.mark.parametrize("role", Role.values)
def test_the_matrix(role: str, member: Callable[..., Actor], organisation: Callable[..., Organisation]) -> None:
    kind = min(KINDS_OF_ROLE[role])
    own, other = organisation("示例甲", kind), organisation("示例乙", kind)
    actor, colleague, stranger = member(role, own), member(role, own), member(role, other)

    assert (verbs(ORGANISATIONS, actor, own), verbs(ORGANISATIONS, actor, other)) == ON_ORGANISATIONS[role]
    users = [user_of(each) for each in (actor, colleague, stranger)]
    assert tuple(verbs(USERS, actor, user) for user in users) == ON_USERS.get(role, (SELF, set(), set()))
    near, far = (Membership.objects.get(user=user) for user in users[1:])
    assert (verbs(MEMBERSHIPS, actor, near), verbs(MEMBERSHIPS, actor, far)) == ON_MEMBERSHIPS.get(role, (set(), set()))
    assert "view" in verbs(MEMBERSHIPS, actor, Membership.objects.get(user=users[0]))


def test_the_public_sees_organisations_alone(
    member: Callable[..., Actor], organisation: Callable[..., Organisation]
) -> None:
    user = user_of(member("enterprise_member"))
    assert verbs(ORGANISATIONS, PUBLIC, organisation("示例甲")) == {"view"}
    assert verbs(USERS, PUBLIC, user) == verbs(MEMBERSHIPS, PUBLIC, user.memberships.get()) == set()
    assert not USERS.visible(PUBLIC, User.objects.all()).exists()


def test_no_verb_is_left_out_of_the_matrix() -> None:
    def named(table: Mapping[str, tuple[set[str], ...]]) -> set[str]:
        return {verb for row in table.values() for verbs in row for verb in verbs}

    assert set(ORGANISATIONS.verbs) == named(ON_ORGANISATIONS)
    assert set(USERS.verbs) == named(ON_USERS)
    assert set(MEMBERSHIPS.verbs) == named(ON_MEMBERSHIPS)


def test_whoever_left_the_role_lost_what_it_gave(member: Callable[..., Actor]) -> None:
    actor = member("holder_manager")
    from_before = Actor(actor.actor_id, actor.actor_name, actor.user_key, {})
    own = Organisation.objects.get(pk=next(iter(actor.roles)))
    assert verbs(ORGANISATIONS, from_before, own) == {"view"}
