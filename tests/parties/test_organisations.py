"""The register of organisations: each action, what it refuses, what it leaves in the trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.parties.conftest import credit_code, refuses, user_of
from zhiqiao.core import parts
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.models import AuditEntry, OutboxEvent
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.parties.actions import (
    MERGED,
    ContactDetails,
    OrganisationDetails,
    add_alias,
    add_contact,
    change_name,
    describe_organisation,
    merge_organisations,
    register_named,
    register_organisation,
    withdraw_contact,
)
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import Membership, Organisation, OrganisationName, User
from zhiqiao.parties.selectors import (
    contacts_of,
    living_organisations,
    names_of,
    organisation_by_public_id,
    organisations_like,
    organisations_of_kinds,
)

pytestmark = pytest.mark.django_db
Make = Callable[..., Organisation]
Recorded = Callable[[], list[str]]


def test_registering(bureau: Actor, towns: None, actions_recorded: Recorded) -> None:
    details = OrganisationDetails(
        name="示例精密（东莞）有限公司", kind="enterprise", credit_code=credit_code(1).lower(), town="长安",
        honours=("高新技术企业",), industries=("3911",), products="连接器",
    )  # fmt: skip
    firm = register_organisation(actor=bureau, details=details)
    firm.refresh_from_db()
    assert (firm.credit_code, firm.town_code, firm.pinyin[:7]) == (credit_code(1), "441900119", "shi li ")
    assert actions_recorded() == ["parties.register_organisation"]
    assert '"town_code":"441900119"' in AuditEntry.objects.get().content


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"name": " "}, "organisation_name_empty"),
        ({"name": "示" * 256}, "text_too_long"),
        ({"name": "示例", "kind": "castle"}, "organisation_kind_unknown"),
        ({"name": "示例", "credit_code": "91441900MA0000001X"}, "credit_code_check_digit"),
        ({"name": "示例", "town": "无此镇"}, "town_unknown"),
        ({"name": "示例", "park": "长安镇"}, "park_unknown"),
    ],
)
def test_what_cannot_be_registered(bureau: Actor, towns: None, details: dict[str, str], code: str) -> None:
    with refuses(Invalid, code):
        register_organisation(actor=bureau, details=OrganisationDetails(**details))  # type: ignore[arg-type]  # bad on purpose
    assert not Organisation.objects.exists() and not AuditEntry.objects.exists()


def test_an_unstated_kind_is_marked_as_a_suggestion(bureau: Actor) -> None:
    stated = OrganisationDetails(name="示例大学")
    university = register_organisation(actor=bureau, details=stated)
    assert (university.kind, university.kind_suggested) == ("university", True)
    describe_organisation(actor=bureau, organisation=university, details=OrganisationDetails("示例大学", "university"))
    university.refresh_from_db()
    assert not university.kind_suggested


def test_the_same_twice_is_refused_by_code_and_by_name(organisation: Make) -> None:
    organisation("示例甲有限公司", credit_code=credit_code(1))
    with refuses(Conflict, "organisation_exists"):
        organisation("示例乙有限公司", credit_code=credit_code(1))
    with refuses(Conflict, "organisation_exists"):
        organisation("示例甲有限责任公司")
    organisation("示例甲股份有限公司", credit_code=credit_code(2))


def test_describing_changes_what_differs_and_nothing_else(organisation: Make, bureau: Actor) -> None:
    firm = organisation("示例有限公司", address="旧址", credit_code=credit_code(1))
    stated = OrganisationDetails("ignored", "enterprise", credit_code(1), address="新址")
    describe_organisation(actor=bureau, organisation=firm, details=stated)
    describe_organisation(actor=bureau, organisation=firm, details=stated)
    entry = AuditEntry.objects.get(action="parties.describe_organisation")
    assert '"before":{"address":"旧址"}' in entry.content and '"after":{"address":"新址"}' in entry.content
    assert Organisation.objects.get().name == "示例有限公司"


def test_a_credit_code_of_another_is_refused(organisation: Make, bureau: Actor) -> None:
    organisation("示例甲有限公司", credit_code=credit_code(1))
    second = organisation("示例乙有限公司")
    with refuses(Conflict, "credit_code_taken"):
        stated = OrganisationDetails("示例乙有限公司", "enterprise", credit_code(1))
        describe_organisation(actor=bureau, organisation=second, details=stated)


def test_a_change_of_name_keeps_the_days_of_each(organisation: Make, bureau: Actor, actions_recorded: Recorded) -> None:
    school = organisation("示例甲学院", "university")
    for name, day in [
        ("示例乙学院", date(2010, 1, 1)),
        ("示例甲学院", date(2015, 1, 1)),
        ("示例大学", date(2020, 1, 1)),
    ]:
        change_name(actor=bureau, organisation=school, new_name=name, effective_on=day)
    school.refresh_from_db()
    days = [(former.name, former.valid_from, former.valid_to) for former in names_of(school)]
    assert school.name == "示例大学"
    assert days == [
        ("示例甲学院", None, date(2020, 1, 1)),
        ("示例乙学院", date(2010, 1, 1), date(2015, 1, 1)),
    ]
    assert actions_recorded()[1:] == ["parties.change_name"] * 3


def test_names_that_cannot_be_taken(organisation: Make, bureau: Actor) -> None:
    firm, other = organisation("示例甲有限公司"), organisation("示例乙有限公司")
    day = date(2020, 1, 1)
    change_name(actor=bureau, organisation=firm, new_name="示例丙有限公司", effective_on=day)
    with refuses(Invalid, "organisation_name_same"):
        change_name(actor=bureau, organisation=firm, new_name="示例丙有限公司 ", effective_on=day)
    with refuses(Conflict, "organisation_name_taken"):
        change_name(actor=bureau, organisation=other, new_name="示例丙有限责任公司", effective_on=day)
    with refuses(Invalid, "name_change_in_future"):
        tomorrow = timezone.localdate() + timedelta(days=1)
        change_name(actor=bureau, organisation=firm, new_name="示例丁有限公司", effective_on=tomorrow)
    with refuses(Invalid, "name_change_before_last"):
        change_name(actor=bureau, organisation=firm, new_name="示例丁有限公司", effective_on=date(2019, 1, 1))
    assert [each.name for each in names_of(firm)] == ["示例甲有限公司"]


def test_two_renamings_at_once_leave_one(organisation: Make, bureau: Actor) -> None:
    firm = organisation("示例甲有限公司")
    stale = Organisation.objects.get(pk=firm.pk)
    change_name(actor=bureau, organisation=firm, new_name="示例乙有限公司", effective_on=date(2020, 1, 1))
    with refuses(Conflict, "organisation_changed"):
        change_name(actor=bureau, organisation=stale, new_name="示例丙有限公司", effective_on=date(2020, 1, 1))
    assert [each.name for each in names_of(firm)] == ["示例甲有限公司"]


def test_aliases(organisation: Make, bureau: Actor) -> None:
    firm = organisation("示例甲有限公司")
    organisation("示例乙有限公司")
    add_alias(actor=bureau, organisation=firm, name="示例甲", source="名片")
    with refuses(Conflict, "alias_known"):
        add_alias(actor=bureau, organisation=firm, name="示例甲", source="名片")
    with refuses(Conflict, "alias_known"):
        add_alias(actor=bureau, organisation=firm, name="示例甲有限责任公司", source="")
    with refuses(Conflict, "organisation_name_taken"):
        add_alias(actor=bureau, organisation=firm, name="示例乙有限公司", source="")


def test_a_merge_carries_names_people_and_code(
    organisation: Make, person: Callable[[], User], bureau: Actor, member: Callable[..., Actor]
) -> None:
    absorbed = organisation("示例甲大学", "university", credit_code=credit_code(1))
    survivor = organisation("示例乙大学", "university")
    change_name(actor=bureau, organisation=absorbed, new_name="示例丙大学", effective_on=date(2020, 1, 1))
    manager = member("holder_manager", absorbed)
    in_both = user_of(member("holder_staff", absorbed))
    Membership.objects.create(user=in_both, organisation=survivor, role="holder_staff", started_on=date(2020, 1, 1))
    merge_organisations(actor=bureau, absorbed=absorbed, survivor=survivor, reason="两校合并")

    absorbed.refresh_from_db()
    assert (absorbed.merged_into_id, absorbed.name, absorbed.credit_code) == (survivor.pk, "示例丙大学", None)
    assert survivor.credit_code == credit_code(1)
    assert {(each.name, each.kind) for each in names_of(survivor)} == {
        ("示例甲大学", "former"),
        ("示例丙大学", "alias"),
    }
    assert actor_for(user_of(manager)).roles == {survivor.pk: frozenset({"holder_manager"})}
    assert Membership.objects.filter(user=in_both, ended_on=None).count() == 1
    assert Membership.objects.filter(organisation=absorbed).exclude(ended_on=None).count() == 2
    assert OutboxEvent.objects.get(queue=MERGED).payload == {"from": absorbed.pk, "to": survivor.pk}
    assert organisation_by_public_id(PUBLIC, absorbed.public_id) == survivor
    told = AuditEntry.objects.filter(subject_id=str(absorbed.public_id)).values_list("action", flat=True)
    assert {"parties.register_organisation", "parties.change_name", "parties.merge_organisations"} <= set(told)


def test_merges_that_are_refused(organisation: Make, bureau: Actor) -> None:
    first, second, third = organisation("示例甲"), organisation("示例乙"), organisation("示例丙")
    with refuses(Conflict, "merge_into_itself"):
        merge_organisations(actor=bureau, absorbed=first, survivor=first, reason="x")
    with refuses(Invalid, "merge_reason_missing"):
        merge_organisations(actor=bureau, absorbed=first, survivor=second, reason=" ")
    stale_first, stale_second = Organisation.objects.get(pk=first.pk), Organisation.objects.get(pk=second.pk)
    merge_organisations(actor=bureau, absorbed=first, survivor=second, reason="x")
    for absorbed, survivor in [(stale_second, stale_first), (stale_first, third), (third, stale_first)]:
        with refuses(Conflict, "already_merged"):
            merge_organisations(actor=bureau, absorbed=absorbed, survivor=survivor, reason="x")
    assert Organisation.objects.filter(merged_into=None).count() == 2
    assert OutboxEvent.objects.filter(queue=MERGED).count() == 1


def test_names_found_in_patents_enter_in_bulk(organisation: Make, bureau: Actor) -> None:
    known = organisation("示例大学", "university")
    names = ["示例大学", "示例科技有限公司", "示例科技有限责任公司", "王示例", "", *(f"示例{n}厂" for n in range(1200))]
    with unit_of_work(bureau) as work:
        found = register_named(work, names)
    assert found["示例大学"] == known.pk
    assert found["示例科技有限公司"] == found["示例科技有限责任公司"]
    assert "王示例" not in found and "" not in found
    assert Organisation.objects.filter(named_only=True, kind="enterprise", kind_suggested=True).count() == 1201
    assert Organisation.objects.get(pk=found["示例7厂"]).name == "示例7厂"
    assert AuditEntry.objects.filter(action="parties.register_named").count() == 1201
    with unit_of_work(bureau) as work:
        assert register_named(work, names) == found
    assert AuditEntry.objects.filter(action="parties.register_named").count() == 1201


def test_registering_one_known_from_patents_completes_it(organisation: Make, bureau: Actor) -> None:
    with unit_of_work(bureau) as work:
        key = register_named(work, ["示例科技有限公司"])["示例科技有限公司"]
    firm = organisation("示例科技有限公司", credit_code=credit_code(1))
    assert firm.pk == key
    firm.refresh_from_db()
    assert (firm.named_only, firm.kind_suggested, firm.credit_code) == (False, False, credit_code(1))


def test_contacts_are_for_the_house_and_the_bureau(
    organisation: Make, bureau: Actor, member: Callable[..., Actor], actions_recorded: Recorded
) -> None:
    firm = organisation("示例有限公司")
    details = ContactDetails(name="示例联系人", phone="13800000000")
    contact = add_contact(actor=member("enterprise_member", firm), organisation=firm, details=details)
    with refuses(Conflict, "contact_known"):
        add_contact(actor=bureau, organisation=firm, details=details)
    with refuses(Invalid, "contact_empty"):
        add_contact(actor=bureau, organisation=firm, details=ContactDetails(name=" "))
    assert [each.phone for each in contacts_of(bureau, firm)] == ["13800000000"]
    for stranger in (PUBLIC, member("enterprise_member"), member("system_admin")):
        with pytest.raises(Forbidden):
            contacts_of(stranger, firm)
    withdraw_contact(actor=bureau, contact=contact)
    with refuses(Conflict, "contact_withdrawn"):
        withdraw_contact(actor=bureau, contact=contact)
    assert not contacts_of(bureau, firm).exists()
    assert {"parties.add_contact", "parties.withdraw_contact"} <= set(actions_recorded())
    assert not any("13800000000" in text for text in AuditEntry.objects.values_list("content", flat=True))


def test_searching(organisation: Make, bureau: Actor) -> None:
    university = organisation("东莞示例大学", "university", credit_code=credit_code(1))
    firm = organisation("长安示例精密有限公司")
    change_name(actor=bureau, organisation=firm, new_name="长安示例智造有限公司", effective_on=date(2020, 1, 1))
    both = [firm, university]
    cases = {
        "示例": both, "精密": [firm], "智造有限责任公司": [firm], "没有": [], "": both, "%": [],
        "（东莞）": [university], "dongguan": [university], "changan": [firm], "DGSL": [university], "cas": [firm],
        credit_code(1).lower(): [university],
    }  # fmt: skip
    for words, expected in cases.items():
        assert list(organisations_like(PUBLIC, words)) == expected, words
    assert list(organisations_of_kinds(PUBLIC, ["university", "hospital"])) == [university]


@pytest.mark.parametrize("rare", [0, 1, parts.MOST_LIKELY])
def test_searching_finds_the_same_however_many_have_the_words(
    organisation: Make, bureau: Actor, monkeypatch: pytest.MonkeyPatch, rare: int
) -> None:
    monkeypatch.setattr(parts, "MOST_LIKELY", rare)
    made = [
        organisation(f"东莞市华{sign}示例有限公司", credit_code=credit_code(10 + at)) for at, sign in enumerate("甲乙")
    ]
    latin = organisation("Beijing Example 3D Technology Co., Ltd.")
    gone, absorbed = organisation("东莞市华丙示例有限公司"), organisation("旧华南示例厂")
    Organisation.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    merge_organisations(actor=bureau, absorbed=absorbed, survivor=made[1], reason="x")
    cases = {
        "东莞市华": made, "华甲": made[:1], "华南": made[1:], "dongguanshihua": made, "dgshj": made[:1],
        "Beijing Example 3D Technology Co., Ltd.": [latin], "example3d": [latin], "3D": [latin],
        credit_code(11)[:17]: made[1:], "9144": [], "东莞市华丙": [],
    }  # fmt: skip
    for words, expected in cases.items():
        assert list(organisations_like(PUBLIC, words)) == expected, words


def test_signposts_and_withdrawn_ones_are_in_no_list(organisation: Make, bureau: Actor) -> None:
    first, second, third = organisation("示例甲"), organisation("示例乙"), organisation("示例丙")
    merge_organisations(actor=bureau, absorbed=first, survivor=second, reason="x")
    Organisation.objects.filter(pk=third.pk).update(withdrawn_at=timezone.now())
    assert list(living_organisations(PUBLIC)) == [second]
    assert not list(organisations_like(PUBLIC, "丙"))
    with pytest.raises(NotFound):
        organisation_by_public_id(PUBLIC, third.public_id)


def test_an_alias_taken_back_can_be_given_again(organisation: Make, bureau: Actor) -> None:
    firm = organisation("示例甲有限公司")
    alias = add_alias(actor=bureau, organisation=firm, name="示例甲", source="名片")
    OrganisationName.objects.filter(pk=alias.pk).update(withdrawn_at=timezone.now())
    assert add_alias(actor=bureau, organisation=firm, name="示例甲", source="官网").pk == alias.pk
    assert [each.source for each in names_of(firm)] == ["官网"]
