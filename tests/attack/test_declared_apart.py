"""What one holder declares of a patent, where others hold it with them or after them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from tests.attack.conftest import City
from tests.importing.lists import row, stored, take, undo, write_list
from tests.web.conftest import make_person
from zhiqiao.core.models import ImportRun, Revision
from zhiqiao.inventory.actions import take_stock
from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.kit.roles import Role
from zhiqiao.matching.relinking import relink_merged
from zhiqiao.parties.actions import merge_organisations
from zhiqiao.parties.actors import operator
from zhiqiao.registry.models import HolderStatement

pytestmark = pytest.mark.django_db
BOTH = "示例学院；示例大学"
Declare = Callable[..., ImportRun]


@pytest.fixture
def declare(city: City, tmp_path: Any) -> Declare:
    """A house's own list names the holders and its price."""
    city.people["buyer"] = make_person("buyer", city.houses["rival"], Role.HOLDER_MANAGER)

    def send(house: str, price: str, holders: str = BOTH, **more: str) -> ImportRun:
        cells = {"申请人": holders, "当前权利人": holders, "预期价格（万元）": price, **more}
        place = write_list(tmp_path / f"{house}{price}.csv", [row(1, **cells)])
        sender = city.houses[house].pk if house != "bureau" else None
        return take(place, organisation_id=sender)

    return send


def prices_read(city: City, who: str) -> set[str]:
    """On the page and in the sheet."""
    patent = stored(1)
    page = city.client(who).get(reverse("patent_page", args=[patent.public_id])).content.decode()
    sheet = b"".join(city.client(who).get(reverse("patent_export", args=["csv"]))).decode("utf-8-sig")
    (line,) = [line for line in sheet.splitlines() if patent.shown_number in line]
    asked = {"11": ("110,000 元", "110000"), "22": ("220,000 元", "220000")}
    return {name for name, (shown, exported) in asked.items() if shown in page or exported in line}


def test_fellow_holders_read_each_their_own_price(city: City, declare: Declare) -> None:
    declare("college", "11")
    declare("rival", "22")
    assert prices_read(city, "holder") == {"11"} and prices_read(city, "buyer") == {"22"}
    assert prices_read(city, "bureau") == {"11", "22"} and prices_read(city, "firm") == set()


def test_new_holder_does_not_read_what_the_old_one_asked(city: City, declare: Declare) -> None:
    declare("college", "11", holders="示例学院")
    take_over = {"holders": "示例大学", "法律状态": "专利权转移", "法律状态日期": "2026-03-01"}
    declare("bureau", "", **take_over)
    assert set(stored(1).holdings.filter(superseded_at=None, role="holder").values_list("name", flat=True)) == {
        "示例大学"
    }
    assert prices_read(city, "buyer") == set() and prices_read(city, "bureau") == {"11"}
    declare("rival", "22", **take_over)
    assert prices_read(city, "buyer") == {"22"}


def test_list_of_the_city_tells_of_the_first_holder(city: City, declare: Declare) -> None:
    declare("bureau", "11")
    assert prices_read(city, "holder") == {"11"} and prices_read(city, "buyer") == set()


def test_one_holders_list_changes_and_takes_back_its_own_alone(city: City, declare: Declare) -> None:
    declare("college", "11")
    run = declare("rival", "22")
    undo(run)
    told = {each.organisation_id: each.money for each in HolderStatement.objects.all()}
    assert told[city.houses["college"].pk] == {"expected_price": "110000.00"}
    assert told[city.houses["rival"].pk] == {}


def test_undoing_finds_the_statement_of_a_house_absorbed_since(city: City, declare: Declare) -> None:
    declare("college", "11", holders="示例学院")
    run = declare("college", "22", holders="示例学院")
    college, rival = city.houses["college"], city.houses["rival"]
    merge_organisations(actor=operator("test"), absorbed=college, survivor=rival, reason="合并办学")
    relink_merged()
    assert prices_read(city, "buyer") == {"22"}
    undo(run)
    assert HolderStatement.objects.get().money == {"expected_price": "110000.00"}


def test_revision_of_an_earlier_version_is_taken_back(city: City, declare: Declare) -> None:
    declare("college", "11", holders="示例学院")
    run = declare("college", "22", holders="示例学院")
    for each in Revision.objects.filter(run=run, subject_type="registry.statement"):
        each.changes.pop("provenance")
        each.save()
    undo(run)
    assert HolderStatement.objects.get().money == {"expected_price": "110000.00"}


def test_stocktaking_takes_over_what_the_entrys_own_house_said(city: City, declare: Declare) -> None:
    declare("college", "11", 转化意愿="愿意")
    declare("rival", "22", 转化意愿="不愿意")
    inventory = city.records["own_entry"].inventory
    take_stock(
        actor=operator("test"), inventory_name=inventory.name, cutoff=inventory.cutoff_on, today=inventory.cutoff_on
    )
    entries = InventoryEntry.objects.filter(patent=stored(1), in_stock=True)
    willing = {each.organisation_id: each.willing for each in entries}
    assert willing and willing[city.houses["college"].pk] == "yes"
    assert willing.get(city.houses["rival"].pk, "no") == "no"


def test_statements_of_earlier_versions_become_the_tellers(city: City, declare: Declare) -> None:
    declare("college", "11")
    HolderStatement.objects.update(organisation=None)
    assert prices_read(city, "holder") == set()
    import_module("zhiqiao.registry.migrations.0006_whose_statements").tell_houses(apps, None)
    assert prices_read(city, "holder") == {"11"}
    HolderStatement.objects.update(organisation=None, run=None)
    import_module("zhiqiao.registry.migrations.0006_whose_statements").tell_houses(apps, None)
    assert HolderStatement.objects.get().organisation == city.houses["college"]
