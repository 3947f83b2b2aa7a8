"""A push from the officer's desk to the firm owner's phone and back."""

from __future__ import annotations

import pytest

from tests.chromium import follow
from tests.journeys.conftest import Walker
from tests.journeys.walking import Manner

pytestmark = pytest.mark.browser
FIRM = "东莞示例精密模具有限公司"
PATENT = "一种具有热关断功能的隔膜"


def test_owner_answers_on_a_phone_what_the_officer_pushed(walker: Walker) -> None:
    """By hand to the owner's firm; found on the first page, answered in one tap, changed by another, seen by the
    officer; then the owner looks at what the ranking holds and switches it off."""
    officer = walker("bureau", folder="bureau-pushes")
    desk = officer.page
    officer.go("专利")
    officer.search(PATENT)
    officer.open_first()
    follow(desk.get_by_role("button", name="查找意向单位"))
    desk.wait_for_url("**/push/")
    officer.step("推送建议")
    follow(desk.get_by_role("link", name="推送给其他单位"))
    desk.wait_for_url("**/pushes/new/**")
    desk.get_by_label("推送对象").fill(FIRM)
    officer.step("推送给")
    follow(desk.get_by_role("main").get_by_role("button", name="推送专利"))
    desk.wait_for_url("**/pushes/*-*/")
    officer.step("已推送")
    place = desk.url.removeprefix(officer.site.url)

    owner = walker("enterprise", folder="enterprise-pushes", manner=Manner(phone=True))
    page = owner.page
    owner.step("首页")
    follow(page.get_by_role("link", name="等待答复"))
    page.wait_for_url("**/pushes/**")
    owner.step("待答复")
    owner.open(place)
    owner.step("推送的专利")
    follow(page.get_by_role("button", name="看价格"))
    owner.told()
    owner.step("已答复")
    follow(page.get_by_role("button", name="感兴趣"))
    page.get_by_role("button", name="感兴趣", pressed=True).wait_for()
    officer.open(place)
    officer.step("对方的答复")
    assert "感兴趣" in desk.locator("main").inner_text()

    owner.open("/pushes/")
    follow(page.get_by_role("link", name="排序如何看待本单位"))
    page.wait_for_url("**/ranking/")
    owner.step("排序依据")
    page.get_by_label("关键词，或国际专利分类号").fill("隔膜")
    follow(page.get_by_role("button", name="不适合本单位", exact=True))
    owner.told()
    follow(page.get_by_role("button", name="为本单位关闭"))
    owner.told()
    owner.step("已关闭")
    follow(page.get_by_role("button", name="为本单位开启"))
    page.get_by_role("button", name="为本单位关闭").wait_for()


def test_anybody_reads_how_well_pushes_fit(walker: Walker) -> None:
    """In English, on a phone, from the hall."""
    walk = walker("public", folder="public-quality", manner=Manner(language="en", phone=True))
    walk.open("/search/")
    follow(walk.page.get_by_role("link", name="Match quality"))
    walk.page.wait_for_url("**/quality/")
    walk.step("quality")
