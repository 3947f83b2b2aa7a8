"""Log-ins and roles: each action, allowed and forbidden, and its trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from tests.parties.conftest import PASSWORD, refuses, user_of
from zhiqiao.core.models import AuditEntry, PersonalValue
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actions import (
    NewPerson,
    accept_personalised_pushes,
    close_login,
    create_user,
    end_role,
    grant_role,
    refuse_personalised_pushes,
    set_password,
)
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import Membership, Organisation, User
from zhiqiao.parties.selectors import log_ins, people_of

pytestmark = pytest.mark.django_db
Make = Callable[..., Organisation]
Member = Callable[..., Actor]


def test_a_log_in_enters_the_trail_without_its_personal_values(bureau: Actor) -> None:
    person = NewPerson("Zhang.San", "张示例", "zhang@example.org", PASSWORD)
    user = create_user(actor=bureau, person=person)
    content = AuditEntry.objects.get(action="parties.create_user").content
    assert not any(value in content for value in ("zhang", "张示例", PASSWORD))
    kept = set(PersonalValue.objects.values_list("value", flat=True))
    assert kept == {"zhang.san", "张示例", "zhang@example.org"}
    assert user.check_password(PASSWORD) and PASSWORD not in repr(person)


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (NewPerson("ab", "示例"), "username_format"),
        (NewPerson("has blank", "示例"), "username_format"),
        (NewPerson("abc", "  "), "display_name_empty"),
        (NewPerson("abc", "示例", "nowhere"), "email_format"),
        (NewPerson("abc", "示例", password="short"), "password_weak"),
        (NewPerson("abc", "示例", password="password1234"), "password_weak"),
    ],
)
def test_log_ins_that_cannot_be_made(bureau: Actor, person: NewPerson, code: str) -> None:
    with refuses(Invalid, code):
        create_user(actor=bureau, person=person)
    assert not User.objects.exists() and not PersonalValue.objects.exists()


def test_a_user_name_is_taken_whatever_its_case(bureau: Actor) -> None:
    create_user(actor=bureau, person=NewPerson("abc", "示例"))
    with refuses(Conflict, "username_taken"):
        create_user(actor=bureau, person=NewPerson("ABC", "示例"))


def test_without_a_password_nobody_signs_in(bureau: Actor) -> None:
    assert not create_user(actor=bureau, person=NewPerson("abc", "示例")).has_usable_password()


def test_passwords_are_set_by_oneself_and_the_administrator(member: Member, person: Callable[[], User]) -> None:
    user = person()
    set_password(actor=actor_for(user), user=user, password="another-good-one")
    set_password(actor=member("system_admin"), user=user, password="a-third-good-one")
    user.refresh_from_db()
    assert user.check_password("a-third-good-one")
    contents = AuditEntry.objects.filter(action="parties.set_password").values_list("content", flat=True)
    assert len(contents) == 2 and not any("good-one" in content for content in contents)
    with pytest.raises(Forbidden):
        set_password(actor=member("bureau_officer"), user=user, password=PASSWORD)
    with pytest.raises(NotFound):
        set_password(actor=member("holder_manager"), user=user, password=PASSWORD)


def test_a_closed_log_in(member: Member, person: Callable[[], User], organisation: Make) -> None:
    admin, user = member("system_admin"), person()
    close_login(actor=admin, user=user)
    with refuses(Conflict, "user_closed"):
        close_login(actor=admin, user=user)
    with refuses(Conflict, "close_oneself"):
        close_login(actor=admin, user=user_of(admin))
    with refuses(Conflict, "user_closed"):
        grant_role(actor=admin, user=user, organisation=organisation("示例"), role="enterprise_member")


def test_personalised_pushes_are_each_persons_own_choice(bureau: Actor, person: Callable[[], User]) -> None:
    user = person()
    refuse_personalised_pushes(actor=actor_for(user), user=user)
    refuse_personalised_pushes(actor=actor_for(user), user=user)
    user.refresh_from_db()
    assert not user.personalised
    assert AuditEntry.objects.filter(action="parties.choose_pushes").count() == 1
    with pytest.raises(Forbidden):
        accept_personalised_pushes(actor=bureau, user=user)
    accept_personalised_pushes(actor=actor_for(user), user=user)
    user.refresh_from_db()
    assert user.personalised


def test_a_role_granted_ended_and_granted_again(bureau: Actor, organisation: Make, person: Callable[[], User]) -> None:
    firm, user = organisation("示例有限公司"), person()
    membership = grant_role(actor=bureau, user=user, organisation=firm, role="enterprise_member")
    assert actor_for(user).roles == {firm.pk: frozenset({"enterprise_member"})}
    with refuses(Conflict, "role_held"):
        grant_role(actor=bureau, user=user, organisation=firm, role="enterprise_member")
    stale = Membership.objects.get(pk=membership.pk)
    end_role(actor=bureau, membership=membership)
    assert actor_for(user).roles == {}
    with refuses(Conflict, "role_ended"):
        end_role(actor=bureau, membership=stale)
    grant_role(actor=bureau, user=user, organisation=firm, role="enterprise_member")
    assert actor_for(user).organisations == {firm.pk}
    told = AuditEntry.objects.filter(subject_id=str(user.public_id)).order_by("id").values_list("action", flat=True)
    assert list(told) == ["parties.create_user", "parties.grant_role", "parties.end_role", "parties.grant_role"]


def test_an_earlier_time_in_a_role_is_kept(bureau: Actor, organisation: Make, person: Callable[[], User]) -> None:
    firm, user = organisation("示例有限公司"), person()
    earlier = Membership.objects.create(
        user=user, organisation=firm, role="enterprise_member", started_on=date(2020, 1, 1), ended_on=date(2021, 1, 1)
    )
    grant_role(actor=bureau, user=user, organisation=firm, role="enterprise_member")
    earlier.refresh_from_db()
    assert earlier.ended_on == date(2021, 1, 1)
    assert Membership.objects.filter(user=user, ended_on=None, started_on=timezone.localdate()).exists()


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("bureau_officer", "enterprise"),
        ("holder_manager", "enterprise"),
        ("bank_member", "agency"),
        ("soe_manager", "university"),
    ],
)
def test_a_role_needs_its_kind_of_organisation(
    bureau: Actor, organisation: Make, person: Callable[[], User], role: str, kind: str
) -> None:
    with refuses(Invalid, "role_not_for_kind"):
        grant_role(actor=bureau, user=person(), organisation=organisation("示例", kind), role=role)


def test_no_role_in_an_organisation_that_is_gone(bureau: Actor, organisation: Make, person: Callable[[], User]) -> None:
    gone, survivor = organisation("示例甲"), organisation("示例乙")
    Organisation.objects.filter(pk=gone.pk).update(merged_into=survivor)
    gone.refresh_from_db()
    with refuses(Conflict, "organisation_gone"):
        grant_role(actor=bureau, user=person(), organisation=gone, role="enterprise_member")
    with refuses(Invalid, "role_unknown"):
        grant_role(actor=bureau, user=person(), organisation=survivor, role="emperor")


def test_nobody_raises_themself(member: Member, organisation: Make) -> None:
    admin = member("system_admin")
    bureau_house = organisation("示例局", "authority")
    with refuses(Forbidden, "grant_to_oneself"):
        grant_role(actor=admin, user=user_of(admin), organisation=bureau_house, role="bureau_officer")


def test_a_manager_grants_in_the_own_house_and_to_newcomers_only(
    member: Member, organisation: Make, person: Callable[[], User]
) -> None:
    own_house, other = organisation("示例甲大学", "university"), organisation("示例乙大学", "university")
    manager = member("holder_manager", own_house)
    newcomer = create_user(actor=manager, person=NewPerson("newcomer", "示例"))
    grant_role(actor=manager, user=newcomer, organisation=own_house, role="holder_staff")
    with pytest.raises(Forbidden):
        grant_role(actor=manager, user=newcomer, organisation=other, role="holder_staff")
    stranger = user_of(member("holder_staff", other))
    with pytest.raises(NotFound):
        grant_role(actor=manager, user=stranger, organisation=own_house, role="holder_staff")
    with pytest.raises(Forbidden):
        grant_role(actor=member("holder_staff", own_house), user=person(), organisation=own_house, role="holder_staff")


def test_the_bureau_makes_no_administrators(member: Member, organisation: Make, person: Callable[[], User]) -> None:
    house = organisation("示例局", "authority")
    officer, admin = member("bureau_officer"), member("system_admin", house)
    with pytest.raises(Forbidden):
        grant_role(actor=officer, user=person(), organisation=house, role="system_admin")
    membership = Membership.objects.get(user=user_of(admin))
    with pytest.raises(Forbidden):
        end_role(actor=officer, membership=membership)
    with refuses(Conflict, "last_administrator"):
        end_role(actor=admin, membership=membership)
    grant_role(actor=admin, user=person(), organisation=house, role="system_admin")
    end_role(actor=admin, membership=membership)
    assert not actor_for(user_of(admin)).holds(Role.SYSTEM_ADMIN)


def test_people_of_a_house_and_log_ins(member: Member, organisation: Make) -> None:
    house = organisation("示例甲大学", "university")
    manager, staff = member("holder_manager", house), member("holder_staff", house)
    elsewhere = member("enterprise_member")
    assert {each.user_id for each in people_of(manager, house)} == {manager.user_key, staff.user_key}
    assert {each.user_id for each in people_of(staff, house)} == {staff.user_key}
    assert not people_of(elsewhere, house).exists() and not people_of(PUBLIC, house).exists()
    assert {user.pk for user in log_ins(manager)} == {manager.user_key, staff.user_key}
    seen = log_ins(member("bureau_auditor"))
    assert {elsewhere.user_key, staff.user_key} <= {user.pk for user in seen}
    with_roles = seen.get(pk=user_of(staff).pk)
    assert [held.role for held in vars(with_roles)["in_force"]] == ["holder_staff"]
