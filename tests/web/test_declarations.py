"""What a holder's list declared: shown and exported to the holder and the city, to nobody else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.web.conftest import City
from zhiqiao.registry.models import HolderStatement, Patent


@pytest.fixture
def declared(city: City) -> Patent:
    patent: Patent = city.records["open_patent"]
    Patent.objects.filter(pk=patent.pk).update(filed_on=None, extra={"partial.filed_on": "2021-06"})
    HolderStatement.objects.create(
        patent=patent,
        organisation=city.houses["college"],
        said={"willingness": "愿意", "ways": "许可；转让", "department": "材料学院"},
        money={"expected_price": "300000"},
    )
    return patent


def test_those_who_may_read_what_was_declared(city: City, declared: Patent) -> None:
    where = reverse("patent_page", args=[declared.public_id])
    for who, reads in {"holder": True, "bureau": True, "auditor": True, "firm": False, "public": False}.items():
        page = city.client(who).get(where).content.decode()
        told = ["300,000 元" in page, "材料学院" in page, "许可；转让" in page]
        assert told == [reads] * 3, who


@pytest.mark.parametrize(("who", "reads"), [("holder", True), ("bureau", True), ("firm", False)])
def test_export_holds_it_for_them(city: City, declared: Patent, who: str, reads: bool) -> None:
    sheet = b"".join(city.client(who).get(reverse("patent_export", args=["csv"]))).decode("utf-8-sig")
    lines = [line for line in sheet.splitlines() if declared.shown_number in line]
    assert ("期望价格（元）" in sheet) is reads and ("300000" in lines[0] and "材料学院" in lines[0]) is reads


def test_institution_reads_no_price_of_another(city: City) -> None:
    foreign = city.records["foreign_patent"]
    Patent.objects.filter(pk=foreign.pk).update(public=True)
    HolderStatement.objects.create(
        patent=foreign,
        organisation=city.houses["rival"],
        said={"department": "材料学院"},
        money={"expected_price": "300000"},
    )
    sheet = b"".join(city.client("holder").get(reverse("patent_export", args=["csv"]))).decode("utf-8-sig")
    assert foreign.shown_number in sheet and "材料学院" not in sheet


def test_day_known_to_the_month(city: City, declared: Patent) -> None:
    client = city.client("bureau")
    shown = [
        client.get(reverse("patent_page", args=[declared.public_id])).content.decode(),
        client.get(reverse("patent_list")).content.decode(),
        b"".join(client.get(reverse("patent_export", args=["csv"]))).decode("utf-8-sig"),
    ]
    assert ["2021-06（仅到月）" in each for each in shown] == [True] * 3
