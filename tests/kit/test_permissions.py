"""One rule, asked of a record and of a list, gives one answer."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pytest
from django.db.models import QuerySet
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from zhiqiao.kernel.errors import Forbidden, NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.permissions import ANY, EVERYONE, SIGNED_IN, Policy, Rule, Scope, having, oneself, only, own
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models import Membership, Organisation, User

ROLES = [Role.HOLDER_MANAGER, Role.HOLDER_STAFF, Role.BUREAU_OFFICER]

# Paths through a key, a relation to one, a nullable relation, and a relation to many.
OF_MEMBERSHIPS = [
    ANY,
    own("organisation_id"),
    own("organisation__merged_into_id"),
    own("user__memberships__organisation_id"),
    oneself("user_id"),
    having(role=Role.HOLDER_STAFF),
    having(ended_on=None),
    having(organisation__merged_into__name=None),
    having(organisation__names__name=None),
    having(organisation__kind={"university", "hospital"}),
    own("organisation_id").having(ended_on=None, role=(Role.HOLDER_STAFF, Role.BUREAU_OFFICER)),
    own("user__memberships__organisation_id").having(user__memberships__ended_on=None),
]
OF_USERS = [
    own("memberships__organisation_id"),
    own("memberships__organisation_id").having(memberships__ended_on=None),
    own("memberships__organisation_id").having(memberships__ended_on=None, memberships__role=Role.HOLDER_STAFF),
    own("memberships__organisation_id").having(memberships__organisation__kind="hospital", is_active=True),
    having(memberships__ended_on=None, memberships__role=(None, Role.HOLDER_STAFF)),
    having(memberships=None),
]
ROLE_SETS = st.one_of(
    st.just(EVERYONE), st.just(SIGNED_IN), st.lists(st.sampled_from(ROLES), min_size=1).map(lambda r: only(*r))
)


@st.composite
def policies(draw: st.DrawFn, scopes: list[Scope]) -> Policy:
    rules = st.builds(Rule, st.just("view"), ROLE_SETS, st.sampled_from(scopes))
    return Policy(*draw(st.lists(rules, max_size=3)))


class ListAndRecordAgree(TestCase):
    organisations: ClassVar[list[Organisation]]
    users: ClassVar[list[User]]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.organisations = [_organisation(n, kind) for n, kind in enumerate(["university", "hospital", "authority"])]
        first, second, third = cls.organisations
        Organisation.objects.filter(pk=third.pk).update(merged_into=first)
        second.names.create(name="旧名", name_key="旧名", kind="former")
        second.names.create(name="简称", name_key="简称", kind="alias")
        cls.users = [User.objects.create(username=f"u{n}", display_name="示例") for n in range(4)]
        for n, (user, organisation) in enumerate([(0, 0), (0, 1), (1, 1), (1, 2), (2, 0), (2, 2), (0, 2)]):
            Membership.objects.create(
                user=cls.users[user],
                organisation=cls.organisations[organisation],
                role=ROLES[n % 3],
                started_on=date(2026, 1, 1),
                ended_on=date(2026, 2, 1) if n % 2 else None,
            )

    @settings(max_examples=150)
    @given(policy=policies(OF_MEMBERSHIPS), draw=st.data())
    def test_every_policy(self, policy: Policy, draw: st.DataObject) -> None:
        self._agree(policy, draw.draw(self._actors()), Membership.objects.all())

    @settings(max_examples=150)
    @given(policy=policies(OF_USERS), draw=st.data())
    def test_every_policy_over_many_rows(self, policy: Policy, draw: st.DataObject) -> None:
        self._agree(policy, draw.draw(self._actors()), User.objects.all())

    def _agree(self, policy: Policy, actor: Actor, records: QuerySet[Any]) -> None:
        one_by_one = sorted(record.pk for record in records if policy.may(actor, "view", record))
        assert sorted(record.pk for record in policy.visible(actor, records)) == one_by_one

    def test_conditions_on_one_relation_hold_for_the_same_row(self) -> None:
        rule = Rule("view", only(Role.HOLDER_STAFF), OF_USERS[1])
        for house in self.organisations:
            manager = Actor("x", "x", None, {house.pk: frozenset({"holder_staff"})})
            there = Membership.objects.filter(organisation=house, ended_on=None)
            seen = Policy(rule).visible(manager, User.objects.all())
            assert set(seen.values_list("pk", flat=True)) == set(there.values_list("user_id", flat=True))

    def _actors(self) -> st.SearchStrategy[Actor]:
        keys = st.sampled_from([organisation.pk for organisation in self.organisations])
        held = st.dictionaries(keys, st.frozensets(st.sampled_from([str(role) for role in ROLES]), min_size=1))
        users = st.sampled_from([None, *(user.pk for user in self.users)])
        return st.builds(Actor, st.just("x"), st.just("x"), users, held)


def _organisation(number: int, kind: str) -> Organisation:
    name = f"示例{number}"
    return Organisation.objects.create(name=name, name_key=name, pinyin=name, initials=name, kind=kind)


MANAGER = Actor("m", "m", 7, {1: frozenset({"holder_manager"}), 2: frozenset({"holder_staff"})})
ONES_OWN = Policy(
    Rule("view", only(Role.HOLDER_MANAGER, Role.HOLDER_STAFF), own("pk")),
    Rule("change", only(Role.HOLDER_MANAGER), own("pk")),
    Rule("create", only(Role.HOLDER_MANAGER)),
)


def test_a_role_counts_only_in_the_organisation_in_which_it_is_held() -> None:
    assert ONES_OWN.may(MANAGER, "change", Organisation(pk=1))
    assert not ONES_OWN.may(MANAGER, "change", Organisation(pk=2))


def test_hidden_is_not_found_and_seen_but_not_theirs_is_forbidden() -> None:
    ONES_OWN.require(MANAGER, "change", Organisation(pk=1))
    with pytest.raises(Forbidden) as refusal:
        ONES_OWN.require(MANAGER, "change", Organisation(pk=2))
    assert refusal.value.facts == {"verb": "change"}
    with pytest.raises(NotFound) as absence:
        ONES_OWN.require(MANAGER, "change", Organisation(pk=3))
    assert absence.value.facts == {}


def test_a_verb_without_a_record_needs_a_rule_over_any_record() -> None:
    assert ONES_OWN.may(MANAGER, "create")
    assert not ONES_OWN.may(MANAGER, "change")
    with pytest.raises(Forbidden):
        ONES_OWN.require(PUBLIC, "create")


def test_what_no_rule_names_is_forbidden() -> None:
    assert not ONES_OWN.may(MANAGER, "burn", Organisation(pk=1))
    assert Policy().may(MANAGER, "view", Organisation(pk=1)) is False


def test_the_rule_that_permits_can_be_asked_for() -> None:
    assert ONES_OWN.permitting(MANAGER, "change", Organisation(pk=1)) is ONES_OWN.rules[1]
    assert ONES_OWN.verbs == ("view", "change", "create")


def test_the_public_has_no_person_of_its_own() -> None:
    rule = Rule("view", EVERYONE, oneself("user_id"))
    assert not rule.permits(PUBLIC, Membership())


def test_scopes_are_joined_not_replaced() -> None:
    scope = own("pk").having(kind="university").having(named_only=False)
    assert scope == Scope("pk", "", (("kind", frozenset({"university"})), ("named_only", frozenset({False}))))
