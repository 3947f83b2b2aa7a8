"""The bureau at its desk: its officer decides for the city, its auditor reads after everybody."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook

from tests.chromium import follow
from tests.journeys.conftest import Walker
from tests.journeys.walking import Manner, texts

pytestmark = pytest.mark.browser
INSTITUTE = "示例新材料研究院"


def test_officer_works_through_what_waits(walker: Walker, tmp_path: Path) -> None:
    walk = walker("bureau")
    page = walk.page
    walk.step("首页")
    waiting = page.locator("section", has=page.get_by_role("heading", name="待办事项"))
    follow(waiting.get_by_role("link", name="沉睡"))
    walk.step("沉睡专利")
    assert walk.rows.count() == min(walk.counted, 50) > 0

    walk.go("盘点清单")
    page.locator("form.finder").get_by_label("现行分层").select_option(label="层0 · 基础库")
    walk.find()
    page.wait_for_url("**tier=base*")
    walk.step("筛选")
    walk.open_first()
    page.get_by_role("link", name="确认分层").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("待观察").check()
    walk.step("确认分层")
    follow(dialog.get_by_role("button", name="确认分层"))
    assert page.locator(".errorlist").count(), "a negative tier without a reason was taken"
    walk.step("没有理由")
    page.locator("main").get_by_label("理由").fill("市场前景不明，先观察一年。")
    follow(page.get_by_role("button", name="确认分层"))
    walk.told()
    walk.step("已确认")
    history = page.locator("#history")
    assert "确认分层" in history.inner_text() and "示例·局科长" in history.inner_text()
    assert "市场前景不明，先观察一年。" in page.locator("main").inner_text()


def test_officer_confirms_several_at_once(walker: Walker) -> None:
    walk = walker("bureau", folder="bureau-many")
    page = walk.page
    walk.open("/inventory/entries/?inside=True&suggested=convertible")
    boxes = page.locator("tbody input[data-tick]")
    for place in range(3):
        boxes.nth(place).check()
    names = [text.splitlines()[0] for text in texts(walk, "tbody .main-link")[:3]]
    walk.step("选中三件")
    follow(page.locator("form.bulkbar").get_by_role("button", name="按建议确认"))
    page.wait_for_url("**/many/as_suggested/")
    walk.step("预览")
    assert "尚未" in page.locator("main").inner_text() and "3" in page.locator(".figures").inner_text()
    page.locator("main").get_by_label("理由").fill("与系统建议一致")
    follow(page.get_by_role("button", name="按建议确认"))
    page.get_by_role("link", name="返回列表").wait_for()
    walk.step("完成")
    assert "3" in page.get_by_role("heading", level=1).inner_text()
    follow(page.get_by_role("link", name="返回列表"))
    follow(page.get_by_role("link", name=names[0]).first)
    assert "示例·局科长" in page.locator("#history").inner_text()
    walk.step("办理记录")


def test_officer_exports_exactly_what_is_filtered_and_keeps_the_view(walker: Walker, tmp_path: Path) -> None:
    walk = walker("bureau", folder="bureau-view")
    page = walk.page
    walk.go("专利")
    page.get_by_label("法律状态", exact=True).select_option(label="有效")
    page.get_by_text("更多条件").click()
    page.get_by_label("权利人或申请人").fill(INSTITUTE)
    walk.find()
    page.wait_for_url("**holder=*")
    counted = walk.counted
    assert 0 < counted < 593
    walk.step("筛选结果")
    sheet = load_workbook(walk.download("导出 Excel", tmp_path), read_only=True).worksheets[0]
    rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    found = [row for row in rows if any(INSTITUTE in cell for cell in row)]
    assert len(found) == counted
    assert all("有效" in row for row in found)

    page.get_by_text("保存视图").click()
    page.get_by_label("视图名称").fill("研究院有效专利")
    follow(page.get_by_role("button", name="保存", exact=True))
    assert "研究院有效专利" in walk.told()
    walk.step("视图已保存")
    walk.go("首页")
    walk.go("专利")
    follow(page.get_by_role("navigation", name="列表视图").get_by_role("link", name="研究院有效专利"))
    page.wait_for_url("**holder=*")
    assert walk.counted == counted
    assert parse_qs(urlsplit(page.url).query)["holder"] == [INSTITUTE]
    walk.step("再次打开")


def test_auditor_reads_and_cannot_write(walker: Walker) -> None:
    """In English, dark: the trail, one record's history, and no button anywhere that changes a record."""
    walk = walker("auditor", manner=Manner(language="en", theme="dark"))
    page = walk.page
    walk.step("home")
    walk.go("Audit trail")
    assert walk.rows.count() > 10
    walk.step("trail")
    walk.go("Patents of the stocktaking")
    walk.open_first()
    page.locator("#history").wait_for()
    walk.step("history")
    assert not page.locator("main form[method=post]").count()
    assert not page.locator("a[data-ask]").count()
    assert not page.get_by_role("link", name="The institution's words").count()
    address = page.url.removeprefix(walk.site.url)
    for place in ("do/confirm/", "change/"):
        assert page.request.get(walk.site.url + address + place).status in {403, 404}
    walk.go("Needs")
    assert not page.locator("input[data-tick]").count() and not page.get_by_role("link", name="State a need").count()
    walk.step("needs")


@pytest.mark.parametrize("who", ["unit", "branch"])
def test_officers_of_units_and_branches_are_told_what_there_is_for_them(walker: Walker, who: str) -> None:
    walk = walker(who)
    page = walk.page
    walk.step("首页")
    offered = {link.get_attribute("href") or "" for link in page.locator("main a").all()}
    for address in offered:
        assert page.request.get(walk.site.url + address).status == 200, address
    assert not page.get_by_role("link", name="导入清单").count()
    walk.go("专利")
    walk.open_first()
    assert not page.locator("main form[method=post]").count()
    walk.step("专利")
