"""The system administrator keeps log-ins, schedules and keys, and sees no records."""

from __future__ import annotations

import pytest

from tests.chromium import follow
from tests.journeys.conftest import Walker
from tests.journeys.walking import texts

pytestmark = pytest.mark.browser


def test_administrator_makes_a_log_in_that_works(walker: Walker) -> None:
    walk = walker("admin")
    page = walk.page
    walk.step("首页")
    walk.go("账号管理")
    follow(page.get_by_role("link", name="新建账号"))
    page.get_by_label("账号", exact=True).fill("new.colleague")
    page.locator("input[name=display_name]").fill("示例·新同事")
    page.get_by_label("角色").select_option("enterprise_member")
    page.locator("input[name=organisation]").fill("东莞示例注塑制品有限公司")
    walk.step("新建账号")
    follow(page.get_by_role("button", name="新建账号"))
    password = page.locator("#secret").inner_text()
    walk.step("一次性密码")
    follow(page.get_by_role("link", name="已保存"))
    assert password not in page.content()
    walk.step("新账号")

    # The picture of the password is of this run's own installation, which ends with it.
    other = walker("new.colleague", folder="new-colleague", password=password)
    other.step("首页")
    other.go("技术需求")
    follow(other.page.locator("tbody .main-link", has_text="风扇罩").first)
    assert other.page.locator(".private").count() == 1, "the firm's own private part"
    follow(other.page.get_by_role("button", name="找专利"))
    other.told()


def test_administrator_runs_a_schedule_to_its_end(walker: Walker) -> None:
    walk = walker("admin", folder="admin-schedule")
    page = walk.page
    walk.go("定时任务")
    walk.step("定时任务")
    follow(page.locator("tbody .main-link", has_text="审计").first)
    follow(page.get_by_role("button", name="立即执行"))
    walk.told()
    walk.step("已排队")
    walk.go("任务")
    walk.open_first()
    page.locator("#job-state .note-success").wait_for()
    walk.step("已完成")


def test_administrator_makes_a_key_and_sees_no_records(walker: Walker) -> None:
    walk = walker("admin", folder="admin-key")
    page = walk.page
    walk.go("程序密钥")
    follow(page.get_by_role("link", name="新建密钥").first)
    page.locator("input[name=name]").fill("值班大屏")
    page.get_by_label("读取全部").check()
    walk.step("新建密钥")
    follow(page.get_by_role("button", name="新建密钥"))
    key = page.locator("#secret").inner_text()
    walk.step("密钥")
    answer = page.request.get(walk.site.url + "/api/v1/jobs/", headers={"Authorization": f"Bearer {key}"})
    assert answer.status == 200
    follow(page.get_by_role("link", name="已保存"))
    assert key not in page.content()
    walk.step("密钥记录")
    for address in ("/patents/", "/needs/", "/organisations/", "/inventory/entries/", "/imports/", "/ask/"):
        assert page.request.get(walk.site.url + address).status == 404, address
    assert "专利" not in texts(walk, "nav.side a")
