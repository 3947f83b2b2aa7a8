"""The first page of each role: what waits, what changed, what to do next, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.web.conftest import City, make_entry, make_match, make_need, make_patent, make_person, make_run
from zhiqiao.core.models import AuditEntry, Job
from zhiqiao.inventory.models import Inventory, InventoryEntry
from zhiqiao.kit.roles import Role
from zhiqiao.matching.models import Match
from zhiqiao.registry.models import Patent
from zhiqiao.web.logins import came_in

EVERY_ROLE = [role.value for role in Role]
CHARTED = {
    Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR, Role.HOLDER_MANAGER, Role.HOLDER_STAFF, Role.SOE_MANAGER,
    Role.UNIT_OFFICER, Role.BRANCH_OFFICER, Role.CENTRE_OPERATOR,
}  # fmt: skip


def as_role(city: City, role: str) -> Client:
    client = Client()
    client.force_login(make_person(f"one-{role}", city.houses["college"], role))
    return client


def home(client: Client) -> Any:
    return client.get(reverse("home")).context


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_every_role_is_told_what_to_do_next_and_each_way_is_open(city: City, role: str) -> None:
    client = as_role(city, role)
    shown = home(client)
    assert len(shown["steps"]) >= 3
    ways = [each.address for each in (*shown["steps"], *shown["tasks"], *shown["figures"], *shown["changes"])]
    assert {way: client.get(way, follow=True).status_code for way in ways} == dict.fromkeys(ways, 200)


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_charts_are_for_those_who_look_over_many_records(city: City, role: str) -> None:
    client = as_role(city, role)
    answer = client.get(reverse("home_charts"))
    assert answer.status_code == (200 if role in CHARTED else 404)
    assert home(client)["charted"] is (role in CHARTED)
    ways = [way for chart in answer.context["charts"] for way in chart.addresses] if role in CHARTED else []
    assert {client.get(way).status_code for way in ways} <= {200}


def test_what_registers_say_waits_is_counted_as_in_their_lists(city: City) -> None:
    """The task's count is what its address shows."""
    client = city.client("holder")
    tasks = {task.address: str(task.text) for task in home(client)["tasks"]}
    where = f"{reverse('entry_list')}?look=waiting"
    assert tasks[where] == "1 件专利的分层待人工确认"
    assert client.get(where).context["count"] == 1
    InventoryEntry.objects.update(suggested_tier="base")
    assert where not in {task.address for task in home(client)["tasks"]}


def test_firm_is_told_of_its_own_needs_alone(city: City) -> None:
    make_match(city.records["foreign_need"], city.records["open_patent"])
    shown = home(city.client("firm"))
    texts = {str(change.text) for change in shown["changes"]}
    assert "模具开裂" in texts and "玩具掉色" not in texts
    assert shown["asks"] is True
    asked = f"{reverse('need_list')}?state=open&shown=own"
    assert [task.address for task in shown["tasks"]] == [asked, f"{reverse('push_list')}?waiting=us"]


def test_only_the_last_seven_days_count_as_changed(city: City) -> None:
    old = timezone.now() - timedelta(days=8)
    Match.objects.update(computed_at=old)
    for record in ("own_need", "foreign_need", "own_run", "foreign_run"):
        type(city.records[record]).objects.update(created_at=old)
    assert home(city.client("holder"))["changes"] == []
    make_run("IMP-NEW", city.houses["college"])
    assert [str(change.text) for change in home(city.client("holder"))["changes"]] == ["专利 · 示例"]


def test_what_is_newer_than_the_last_visit_is_marked(city: City) -> None:
    client = city.client("bureau")
    assert home(client)["last_visit"] is None
    assert not any(change.fresh for change in home(client)["changes"])
    for _time in range(2):  # the second is this visit, the first the last one
        came_in(city.people["bureau"])
    visit = home(client)["last_visit"]
    assert visit is not None
    run = make_run("IMP-NEW", None)
    fresh = [change.address for change in home(client)["changes"] if change.fresh]
    assert fresh == [reverse("import_page", args=[run.public_id])]


def test_administrator_sees_work_and_no_records(city: City) -> None:
    Job.objects.create(
        kind="stock", idempotency_key="stock:9", actor_id="x", actor_name="示例", state=Job.State.FAILED,
        finished_at=timezone.now(), failure={"code": "unexpected"},
    )  # fmt: skip
    answer = city.client("admin").get(reverse("home"))
    figures = {str(each.name): each.count for each in answer.context["figures"]}
    assert figures["失败的任务"] == 1
    page = answer.content.decode()
    assert city.records["open_patent"].title not in page and "模具开裂" not in page


@pytest.mark.parametrize("who", ["bureau", "holder", "firm", "admin"])
def test_first_page_takes_as_many_queries_for_many_records(
    city: City, who: str, more_patents: Callable[[int], None]
) -> None:
    client = city.client(who)
    client.get(reverse("home"))  # what is reckoned once in a while
    few = counted(client)
    more_patents(12)
    inventory = Inventory.objects.get()
    for number in range(12):
        patent = make_patent(200 + number, city.houses["college"])
        make_entry(inventory, patent, city.houses["college"])
        need = make_need(f"需求{number}", city.houses["firm"], published=True)
        make_match(need, patent)
        make_run(f"IMP-MANY-{number}", city.houses["college"])
    assert counted(client) == few


def test_fees_of_a_large_stock_are_reckoned_after_the_page(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhiqiao.web.homes.keeping.COUNT_BOUND", 1)
    client = city.client("bureau")
    today = timezone.localdate()
    due = {"filed_on": today.replace(year=today.year - 8), "anniversary": today.month * 100 + today.day}
    Patent.objects.filter(pk=city.records["open_patent"].pk).update(**due, granted_on=date(2020, 5, 1))
    fees = reverse("inventory_fees")
    texts = {task.address: str(task.text) for task in home(client)["tasks"]}
    assert texts[fees] == "近 90 天应缴年费"
    assert client.get(reverse("home_charts"), {"reckon": "1"}).status_code == 204
    texts = {task.address: str(task.text) for task in home(client)["tasks"]}
    assert texts[fees] == "1 笔年费将在 90 天内到期"


def counted(client: Client) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(reverse("home")).status_code == 200
    return len(queries)


@time_machine.travel(datetime(2026, 11, 20, 4, tzinfo=UTC))
def test_figures_of_a_chart_are_the_records(city: City) -> None:
    client = city.client("bureau")
    charts = {chart.key: chart for chart in client.get(reverse("home_charts")).context["charts"]}
    tiers = dict(zip(charts["tiers"].addresses, charts["tiers"].series[0].values, strict=True))
    base = f"{reverse('entry_list')}?inside=True&tier=base"
    assert tiers[base] == client.get(base).context["count"] == 2
    years = charts["years"]
    assert sum(years.series[0].values) == 3 and years.categories[-1] == str(timezone.localdate().year)
    assert date(2018, 1, 1).year in {int(year) for year in years.categories}


def test_trail_of_decisions_is_told_in_one_line_a_kind(city: City) -> None:
    entry = {"actor_id": "console:root", "subject_type": "parties.user", "at": timezone.now(), "content": "{}"}
    for number in range(3):
        AuditEntry.objects.create(
            transaction=f"00000000-0000-7000-8000-00000000000{number}", ordinal=0, size=1, action="parties.grant_role",
            subject_id=str(number), **entry,
        )  # fmt: skip
    told = [str(change.text) for change in home(city.client("auditor"))["changes"]]
    assert told.count("授予角色 × 3") == 1
