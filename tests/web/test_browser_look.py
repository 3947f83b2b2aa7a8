"""Manners of the pages in a real Chromium: finding as one types, keys, ticked rows, dialogs, charts, paper."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.fixtures import Settings

from tests.chromium import at_rest, follow, too_wide
from tests.web.browsing import DESK, PHONE, Visit, faults, visit
from tests.web.conftest import City
from zhiqiao.needs.models import Need

__all__ = ["visit"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOO_SMALL = """() => [...document.querySelectorAll(
  'main .btn, main select, main input:not([type=hidden]):not([type=checkbox]), .todo a, .dock a, .dock summary, '
  + '.band a, .band button'
)].filter(each => { const box = each.getBoundingClientRect(); return box.width && box.height < 43.5; })
  .map(each => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_component_is_accessible(visit: Visit, settings: Settings, theme: str, size: dict[str, int]) -> None:
    settings.DEBUG = True
    page = visit("public", reverse("gallery"), size, theme)
    expect(page.locator("figure.drawn")).to_have_count(5)  # and the policy of the site is not broken by drawing
    assert faults(page) == []
    assert not too_wide(page)


def test_a_chart_drawn_for_a_wider_screen_widens_no_page(visit: Visit, settings: Settings) -> None:
    """As for the moment between turning a phone and drawing anew."""
    settings.DEBUG = True
    page = visit("public", reverse("gallery"), PHONE)
    expect(page.locator("figure.drawn")).to_have_count(5)
    page.evaluate("document.querySelectorAll('.chart-canvas > div').forEach((each) => (each.style.width = '3000px'))")
    assert page.evaluate("document.querySelector('.chart-canvas').scrollWidth") == 3000
    assert not too_wide(page)


@pytest.mark.parametrize("who", ["firm", "holder", "bureau", "admin"])
def test_first_page_can_be_worked_by_thumb(visit: Visit, who: str) -> None:
    page = visit(who, reverse("home"), PHONE)
    at_rest(page)
    assert page.evaluate(TOO_SMALL) == []
    assert faults(page) == []


def test_firm_asks_on_its_first_page(visit: Visit) -> None:
    page = visit("firm", reverse("home"), PHONE)
    page.get_by_label("您在找什么技术").fill("我们的压铸模具五万次就开裂，想找更耐磨的表面处理。")
    follow(page.get_by_role("button", name="找专利"))
    page.wait_for_url(f"**{reverse('need_say')}")
    expect(page.locator("#answers")).not_to_be_empty()


def test_list_answers_as_one_types_and_keeps_its_address(city: City, visit: Visit) -> None:
    page = visit("bureau", reverse("need_list"))
    expect(page.locator("#results .ledger tbody tr")).to_have_count(2)
    page.locator("form.finder input[name=q]").press_sequentially("模具", delay=20)
    expect(page.locator("#results .ledger tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=%E6%A8%A1%E5%85%B7$"))
    page.reload()
    expect(page.locator("#results .ledger tbody tr")).to_have_count(1)


def test_search_of_the_band_is_a_combobox(city: City, visit: Visit) -> None:
    page = visit("bureau", reverse("home"))
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    page.keyboard.insert_text("模具")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert faults(page) == []
    box.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    where = page.locator(f"#{active}").get_attribute("href") or ""
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url(f"**{where}")


def test_keys_walk_through_rows_and_pages_but_never_while_typing(city: City, visit: Visit) -> None:
    page = visit("bureau", reverse("need_list"))
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.href")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.href") != first
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(first)
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") + 1_000)  # or the second key may come too late
    page.keyboard.type("gn")
    page.wait_for_url(f"**{reverse('need_list')}")
    page.clock.resume()
    box = page.locator("form.finder input[name=q]")
    box.press_sequentially("gn?jk/", delay=10)
    expect(box).to_have_value("gn?jk/")
    expect(page.locator("#keys-help")).not_to_be_visible()


def test_ticked_rows_bring_the_bar_and_a_range_is_ticked_with_shift(city: City, visit: Visit) -> None:
    page = visit("bureau", reverse("need_list"))
    bar, ticks = page.locator("form[data-bulk]"), page.locator("input[data-tick]")
    expect(bar).to_be_hidden()
    ticks.first.click()
    ticks.last.click(modifiers=["Shift"])
    expect(bar).to_be_visible()
    expect(page.locator("[data-bulk-count]")).to_have_text(str(Need.objects.count()))
    expect(page.locator("[data-tick-all]")).to_be_checked()
    assert faults(page) == []
    page.locator("[data-tick-all]").click()
    expect(bar).to_be_hidden()


def test_move_is_asked_in_a_dialog_and_done_from_there(city: City, visit: Visit) -> None:
    need = city.records["own_need"]
    page = visit("firm", reverse("need_page", args=[need.public_id]))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.resource_type == "fetch" else None)
    page.locator("a[data-ask]").first.evaluate("(link) => { link.click(); link.click(); }")
    dialog = page.locator("#modal")
    expect(dialog).to_be_visible()
    assert len(asked) == 1, "two clicks would fill the dialog twice, the second time over what was typed"
    assert faults(page) == []
    dialog.get_by_role("link", name="取消").click()
    expect(dialog).to_be_hidden()
    assert page.url.endswith(reverse("need_page", args=[need.public_id]))
    page.locator("a[data-ask]").first.click()
    dialog.locator("button[type=submit]").click()
    expect(page.locator(".note-success")).to_be_visible()
    need.refresh_from_db()
    assert need.published


def test_without_script_everything_still_works(city: City, visit: Visit) -> None:
    page = visit("bureau", reverse("need_list"))
    context: Any = page.context.browser.new_context(  # type: ignore[union-attr]  # it has one
        java_script_enabled=False, storage_state=page.context.storage_state(), locale="zh-CN"
    )
    bare = context.new_page()
    bare.goto(page.url)
    expect(bare.locator("form[data-bulk]")).to_be_visible()
    bare.locator("form.finder input[name=q]").fill("模具")
    bare.locator("form.finder button[type=submit]").click()
    expect(bare.locator(".ledger tbody tr")).to_have_count(1)
    bare.goto(page.url.replace(reverse("need_list"), reverse("home")))
    bare.locator(".home-charts a").click()
    expect(bare.locator("figure.chart table").first).to_be_visible()
    context.close()


def test_paper_has_no_frame(visit: Visit) -> None:
    page = visit("bureau", reverse("patent_list"))
    page.emulate_media(media="print")
    for gone in (".band", ".side", "form.finder", ".listbar-tools"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".print-head")).to_be_visible()
    assert re.search(r"\d{4}-\d\d-\d\d", page.locator(".print-head").inner_text())
