"""A few journeys in a real Chromium, and every page looked at by axe-core: light and dark, desk and phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.chromium import follow, too_wide
from tests.web.browsing import DESK, PHONE, Visit, faults, visit
from tests.web.conftest import PASSWORD, City
from tests.web.sights import sights
from tests.web.world import build_world
from zhiqiao.core.models import ImportRun
from zhiqiao.inventory.models import InventoryEntry

__all__ = ["visit"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BLIND = ("account_logout", "gallery", "mfa_a")  # their own journeys, or for those who work on the look alone


@pytest.mark.parametrize(("theme", "size"), [("light", DESK), ("dark", DESK), ("dark", PHONE)])
def test_pages_are_accessible_and_never_wider_than_the_screen(
    city: City, visit: Visit, live_server: LiveServer, theme: str, size: dict[str, int]
) -> None:
    found: dict[str, Any] = {}
    tabs: dict[str, Page] = {}
    for each in sights(build_world(city), every_move=False):
        if each.name.startswith(BLIND):
            continue
        who = each.person.key
        tab = tabs.get(who) or visit(who, reverse("public_search"), size, theme)
        tabs[who] = tab
        tab.goto(live_server.url + each.where)
        if problems := faults(tab):
            found[each.name] = problems
        if too_wide(tab):
            found[f"{each.name} is too wide"] = size
    assert not found


def test_firm_owner_finishes_on_a_phone(city: City, visit: Visit) -> None:
    """Log in, state a need with a private part, and see it kept apart: by thumb alone."""
    page = visit("public", reverse("account_login"), PHONE)
    page.get_by_label("用户名").fill("firm")
    page.get_by_label("密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="登录"))
    follow(page.get_by_role("navigation", name="快捷导航").get_by_role("link", name="找专利", exact=True))
    page.get_by_label("您在找什么技术").fill("我们的压铸模具五万次就开裂，想找寿命翻倍的表面处理。")
    expect(page.locator("#counted")).to_have_text(re.compile("^26 "))
    follow(page.get_by_role("button", name="登记为需求"))
    page.wait_for_url("**/needs/new/**")
    assert page.get_by_role("main").count() == 1
    assert "五万次" in page.get_by_label("您在找什么技术").input_value()
    page.get_by_label("不对外的细节").fill("最高出价二十万元")
    follow(page.get_by_role("main").get_by_role("button", name="提出需求"))
    page.wait_for_url("**/needs/*-*/")
    private = page.locator(".private")
    assert "最高出价二十万元" in private.inner_text() and "仅本企业可见" in private.inner_text()


def test_going_back_from_a_patent_finds_the_answers(city: City, visit: Visit) -> None:
    page = visit("firm", reverse("need_say"))
    page.get_by_label("您在找什么技术").fill("一种第1号装置，寿命翻倍")
    page.get_by_role("button", name="找专利").click()
    follow(page.get_by_role("link", name="一种第1号装置").first)
    page.wait_for_url("**/patents/**")
    page.go_back()
    expect(page.get_by_role("link", name="一种第1号装置").first).to_be_visible()
    expect(page.get_by_label("您在找什么技术")).to_have_value(re.compile("寿命翻倍"))
    follow(page.get_by_role("link", name="提新问题"))
    expect(page.get_by_label("您在找什么技术")).to_have_value("")


def test_officer_filters_turns_and_opens_by_keyboard(
    city: City, visit: Visit, more_patents: Callable[[int], None]
) -> None:
    more_patents(60)
    page = visit("bureau", reverse("patent_list"))
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.insert_text("第1")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    expect(page.get_by_role("link", name="移除此条件")).to_have_count(1)
    follow(page.get_by_role("link", name="清除全部条件"))
    follow(page.get_by_role("link", name="下一页"))
    assert "at=" in page.url
    page.get_by_role("link", name="一种第1号装置").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("一种第1号装置")


def test_holder_decides_a_tier(city: City, visit: Visit) -> None:
    entry = city.records["own_entry"]
    page = visit("holder", reverse("entry_page", args=[entry.public_id]))
    page.get_by_role("link", name="确认分层").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("待观察").check()
    follow(dialog.get_by_role("button", name="确认分层"))
    page.get_by_role("alert").first.wait_for()
    expect(page.get_by_label("待观察")).to_be_checked()
    page.get_by_role("main").get_by_label("理由").fill("市场前景不明")
    page.get_by_role("button", name="确认分层").click()
    page.get_by_role("status").filter(has_text="分层已确认").wait_for()
    assert InventoryEntry.objects.get(pk=entry.pk).tier == "watch"


def test_holder_sends_a_file_and_is_told_that_it_waits(city: City, visit: Visit, tmp_path: Path) -> None:
    source = tmp_path / "专利清单.csv"
    source.write_text("专利名称,申请号,申请人\n一种装置,201810000001.X,示例学院\n", encoding="utf-8")
    page = visit("holder", reverse("import_new"))
    page.get_by_label("文件", exact=True).set_input_files(source)
    expect(page.locator("#chosen")).to_contain_text("专利清单.csv")
    page.get_by_label("报送单位").fill("示例学院科研处")
    page.get_by_role("button", name="开始导入").click()
    page.get_by_role("heading", name="排队等待处理").wait_for()
    assert ImportRun.objects.filter(sender="示例学院 · 科研处", organisation_id=city.houses["college"].pk).count() == 1
    expect(page.locator("#import-state")).to_have_attribute("hx-trigger", "every 2s")


def test_undo_asks_before_it_acts(city: City, visit: Visit) -> None:
    page = visit("holder", reverse("import_page", args=[city.records["own_run"].public_id]))
    page.get_by_role("link", name="撤销此次导入").click()
    page.get_by_role("dialog").get_by_role("link", name="取消").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert ImportRun.objects.get(pk=city.records["own_run"].pk).state == "done"
    page.get_by_role("link", name="撤销此次导入").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销此次导入").click()
    page.get_by_role("status").filter(has_text="已撤销").wait_for()
    assert ImportRun.objects.get(pk=city.records["own_run"].pk).state == "undone"
