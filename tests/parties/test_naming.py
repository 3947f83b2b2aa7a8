"""Names as people and files write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.parties.conftest import credit_code
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actions import add_alias, change_name, merge_organisations
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.naming import (
    OrganisationFinder,
    initials,
    names_an_organisation,
    sort_key,
    suggested_kind,
)
from zhiqiao.parties.places import Places

Make = Callable[..., Organisation]


@pytest.mark.parametrize(
    "written",
    [
        "示例科技(东莞)有限公司",
        "示例科技（东莞）有限公司",
        "示例科技〔东莞〕有限责任公司",
        "示例科技东莞有限公司",
        " 示例科技 （东莞）  有限公司\n",
        "示例科技（东莞）股份有限公司",
        "示例科技(东莞)有限责任公司\u200b",
    ],
)
def test_writings_of_one_firm_find_it(organisation: Make, written: str) -> None:
    firm = organisation("示例科技(东莞)有限公司")
    organisation("示例科技(深圳)有限公司")
    assert OrganisationFinder.load().find(written) == firm.pk


def test_full_width_letters_and_company_forms_in_english(organisation: Make) -> None:
    firm = organisation("SHILI Electronics Co., Ltd.")
    found = OrganisationFinder.load()
    assert found.find("ＳＨＩＬＩ　ｅｌｅｃｔｒｏｎｉｃｓ") == firm.pk
    assert found.find("Shili Electronics Limited") == firm.pk


def test_every_name_a_university_ever_bore_finds_it(organisation: Make, bureau: Actor) -> None:
    university = organisation("示例工学院", "university")
    for name, day in [
        ("示例大学筹备处", date(2010, 1, 1)),
        ("示例理工学院", date(2012, 4, 1)),
        ("示例理工大学", date(2020, 9, 1)),
    ]:
        change_name(actor=bureau, organisation=university, new_name=name, effective_on=day)
    add_alias(actor=bureau, organisation=university, name="Shili University of Technology", source="官网")
    found = OrganisationFinder.load()
    for name in ["示例工学院", "示例大学筹备处", "示例理工学院", "示例理工大学", "SHILI UNIVERSITY OF TECHNOLOGY"]:
        assert found.find(name) == university.pk


def test_a_present_name_goes_before_a_former_one_of_another(organisation: Make, bureau: Actor) -> None:
    first = organisation("示例甲有限公司")
    change_name(actor=bureau, organisation=first, new_name="示例乙有限公司", effective_on=date(2020, 1, 1))
    second = organisation("示例甲有限公司")
    assert OrganisationFinder.load().find("示例甲有限公司") == second.pk


def test_a_name_of_two_finds_none_and_the_code_decides(organisation: Make) -> None:
    first = organisation("示例同名有限公司", credit_code=credit_code(1))
    second = organisation("示例同名股份有限公司", credit_code=credit_code(2))
    found = OrganisationFinder.load()
    assert found.find("示例同名有限公司") is None
    assert found.candidates("示例同名有限公司") == {first.pk, second.pk}
    assert found.find_by_credit_code(credit_code(2)) == second.pk


def test_names_and_codes_of_merged_ones_lead_to_the_living(organisation: Make, bureau: Actor) -> None:
    first = organisation("示例甲研究所", "institute", credit_code=credit_code(1))
    second = organisation("示例乙研究所", "institute", credit_code=credit_code(2))
    third = organisation("示例丙研究院", "institute")
    merge_organisations(actor=bureau, absorbed=first, survivor=second, reason="合并")
    merge_organisations(actor=bureau, absorbed=second, survivor=third, reason="合并")
    found = OrganisationFinder.load()
    assert {found.find(name) for name in ("示例甲研究所", "示例乙研究所", "示例丙研究院")} == {third.pk}
    assert found.find_by_credit_code(credit_code(1)) == third.pk


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", " ", "（）", "查无此名"])
def test_no_name_and_an_unknown_name_find_nothing(organisation: Make, name: str) -> None:
    organisation("示例科技有限公司")
    assert OrganisationFinder.load().find(name) is None


def test_a_finder_can_be_told(organisation: Make) -> None:
    found = OrganisationFinder()
    found.add(7, "示例科技有限公司", credit_code(7))
    found.rename(7, "示例科技有限公司", "示例智造有限公司")
    found.add(8, "示例科技有限公司")
    assert (found.find("示例科技有限公司"), found.find("示例智造有限公司")) == (8, 7)
    assert found.find_by_credit_code(credit_code(7)) == 7
    assert found.find_by_credit_code(None) is None


@pytest.mark.parametrize(
    ("name", "key", "letters"),
    [
        ("东莞理工学院", "dong guan li gong xue yuan", "dglgxy"),
        ("长安镇", "chang an zhen", "caz"),
        ("重庆ABC（中国）公司", "chong qing abc zhong guo gong si", "cqazggs"),
    ],
)
def test_pinyin(name: str, key: str, letters: str) -> None:
    assert (sort_key(name), initials(name)) == (key, letters)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("示例理工大学", "university"),
        ("示例大学（保定）", "university"),
        ("示例大学深圳研究生院", "university"),
        ("示例大学附属第一医院", "hospital"),
        ("示例大学科技园有限公司", "enterprise"),
        ("示例大学东莞研究院", "institute"),
        ("示例农村商业银行股份有限公司", "bank"),
        ("示例知识产权代理事务所", "agency"),
        ("示例专利代理事务所(普通合伙企业)", "agency"),
        ("示例市市场监督管理局", "authority"),
        ("示例产业知识产权运营中心", "centre"),
        ("株式会社示例", "enterprise"),
        ("Shili Semiconductors Inc.", "enterprise"),
        ("University of Shili", "university"),
        ("示例中心", None),
        ("张三", None),
    ],
)
def test_kinds_that_a_name_suggests(name: str, kind: str | None) -> None:
    assert suggested_kind(name) == kind


@pytest.mark.parametrize(
    ("name", "is_body"),
    [
        ("示例科技有限公司", True),
        ("示例市农科所", True),
        ("示例县广告设计部", True),
        ("示例局八三二处", True),
        ("中国人民解放军00000部队", True),
        ("张三", False),
        ("欧阳示例", False),
        ("亓示例", False),
        ("示例·阿不都", False),
        ("S·示例尔特", False),
        ("John Smith", False),
        ("Coleman Agnes", False),
    ],
)
def test_bodies_are_told_from_persons(name: str, is_body: bool) -> None:
    assert names_an_organisation(name) is is_body


@pytest.mark.usefixtures("towns")
class TestPlaces:
    @pytest.mark.parametrize(
        "written", ["长安镇", "长安", "东莞市长安镇", "广东省东莞市长安镇", "441900119", " 长 安 镇"]
    )
    def test_towns_by_code_and_name(self, written: str) -> None:
        assert Places.load().town(written) == "441900119"

    def test_a_column_of_both_kinds(self) -> None:
        places = Places.load()
        assert places.either("松山湖园区") == ("", "441900401")
        assert places.either("南城街道办事处") == ("441900004", "")
        assert places.either("") == ("", "")

    @pytest.mark.parametrize("written", ["无此镇", "长", "松山湖", "441900999"])
    def test_what_is_no_town_is_refused(self, written: str) -> None:
        with pytest.raises(Invalid) as refusal:
            Places.load().town(written)
        assert refusal.value.reason == "town_unknown"
