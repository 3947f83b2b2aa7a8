"""Firms and those who serve them: an enterprise's owner, a bank, an agency, an operating centre; and the public."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chromium import follow
from tests.importing.lists import write_list
from tests.journeys.conftest import Walker
from tests.journeys.walking import Manner, texts

pytestmark = pytest.mark.browser
ASKED = "我们的注塑模具冷却太慢，产品出模后翘曲变形。想找能顺着产品形状走水路的模具做法。"
OWN_SECRET = "最高愿付四十五万元"


def test_enterprise_owner_does_it_all_on_a_phone(walker: Walker) -> None:
    """Asks, reads the reasons, puts the need on record, changes it, publishes it, closes it: by thumb alone."""
    walk = walker("enterprise", manner=Manner(phone=True))
    page = walk.page
    walk.step("首页")
    page.get_by_label("您在找什么技术").fill(ASKED)
    follow(page.get_by_role("button", name="找专利"))
    page.locator(".match .reasons li").first.wait_for()
    walk.step("答案和理由")
    assert "随形冷却" in page.locator(".matches").inner_text()
    follow(page.get_by_role("button", name="登记为需求"))
    page.wait_for_url("**/needs/new/**")
    assert ASKED in page.get_by_label("您在找什么技术").input_value()
    page.get_by_label("不对外的细节").fill(OWN_SECRET)
    walk.step("登记")
    follow(page.get_by_role("button", name="提出需求"))
    page.wait_for_url("**/needs/*-*/")
    walk.step("需求")
    assert OWN_SECRET in page.locator(".private").inner_text()
    address = page.url.removeprefix(walk.site.url)

    follow(page.get_by_role("link", name="修改"))
    page.locator("input[name=title]").fill("注塑模具冷却慢、产品翘曲")
    follow(page.get_by_role("button", name="保存"))
    page.get_by_role("heading", level=1, name="注塑模具冷却慢、产品翘曲").wait_for()
    page.get_by_role("link", name="公开").click()
    page.get_by_role("dialog").wait_for()
    walk.step("确认公开")
    follow(page.get_by_role("dialog").get_by_role("button", name="公开"))
    walk.told()
    walk.step("已公开")
    reader = walker("unit", folder="enterprise-read-by-others")
    reader.open(address)
    reader.step("别的单位看到的需求")
    assert "注塑模具冷却慢" in reader.page.locator("h1").inner_text()
    assert OWN_SECRET not in reader.page.content()

    page.get_by_role("link", name="关闭需求").click()
    follow(page.get_by_role("dialog").get_by_role("button", name="关闭需求"))
    walk.told()
    walk.step("已关闭")
    assert not page.get_by_role("link", name="关闭需求").count()


def test_bank_member_searches_what_is_on_offer(walker: Walker) -> None:
    """On a phone."""
    walk = walker("bank", manner=Manner(phone=True, theme="dark"))
    page = walk.page
    walk.step("首页")
    walk.go("专利")
    walk.search("模具")
    walk.step("检索结果")
    assert walk.rows.count() > 3
    walk.open_first()
    walk.step("专利")
    assert not page.locator("#history").count() and not page.locator("#comments").count()


def test_agency_member_reads_what_concerns_its_clients(walker: Walker) -> None:
    """In English: finds a patent by its number as one types, and who holds it."""
    walk = walker("agency", manner=Manner(language="en"))
    page = walk.page
    walk.step("home")
    page.keyboard.press("/")
    page.keyboard.insert_text("热关断")  # at once, as input methods do
    hit = page.get_by_role("option").first
    hit.wait_for()
    walk.step("finding")
    follow(hit)
    page.wait_for_url("**/patents/**")
    assert "热关断" in page.locator("h1").inner_text()
    walk.step("patent")


def test_centre_operator_imports_matches_and_pushes(walker: Walker, tmp_path: Path) -> None:
    walk = walker("centre")
    page = walk.page
    walk.step("首页")
    walk.open("/imports/new/")
    page.get_by_label("技术需求").check()
    need = "锂电池隔膜一过一百三十度就收缩，想找耐热涂覆的隔膜。"
    firm = "东莞示例电池有限公司"
    rows = [{"需求编号": "JN-1", "需求名称": "电池隔膜怕热", "需求内容": need, "企业名称": firm}]
    page.get_by_label("文件", exact=True).set_input_files(write_list(tmp_path / "需求.xlsx", rows))
    page.get_by_label("报送单位").fill("示例运营中心")
    follow(page.get_by_role("button", name="开始导入"))
    page.locator("#import-state .note-success").wait_for()
    walk.step("导入完成")
    walk.go("技术需求")
    follow(page.get_by_role("link", name="电池隔膜怕热"))
    follow(page.get_by_role("button", name="找专利"))
    page.locator(".match").first.wait_for()
    walk.step("匹配结果")
    follow(page.locator(".match-title a").first)
    follow(page.get_by_role("button", name="查找意向单位"))
    page.wait_for_url("**/push/")
    walk.step("推送建议")
    assert page.locator(".reasons li").count()


def test_public_searches_opens_and_is_asked_to_log_in(walker: Walker) -> None:
    walk = walker("public", manner=Manner(phone=True))
    page = walk.page
    walk.open("/search/")
    walk.step("大厅")
    page.get_by_role("searchbox", name="检索专利").fill("模具")
    page.locator("form.hero-search").get_by_role("button", name="检索").click()
    page.wait_for_url("**q=*")
    walk.step("检索结果")
    assert len(texts(walk, "tbody .main-link")) > 3
    walk.open_first()
    walk.step("专利")
    assert not page.locator("#history").count()
    walk.open("/needs/")
    page.get_by_label("密码").wait_for()
    walk.step("请登录")
