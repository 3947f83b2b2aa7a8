"""Those who hold patents: a university's manager and staff, a state-owned enterprise."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.chromium import follow
from tests.importing.lists import number, write_list
from tests.journeys.conftest import Walker
from tests.journeys.walking import PHONE, Manner, Walk, texts

pytestmark = pytest.mark.browser
COLLEGE = "示例理工学院"


def send(walk: Walk, path: Path) -> None:
    page = walk.page
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_label("报送单位").fill("成果转化处")
    follow(page.get_by_role("button", name="开始导入"))
    page.get_by_role("heading", name="退回的行").wait_for()
    page.locator("#import-state .note-success").wait_for()


def figure(walk: Walk, name: str) -> str:
    box = walk.page.locator(".figure-box", has_text=name)
    return box.locator(".figure").inner_text().strip()


def corrected(report: Path, good: dict[str, str]) -> Path:
    """The report as it came, with what was missing filled in."""
    book = load_workbook(report)
    sheet = book.worksheets[0]
    heads = next(row for row in sheet.iter_rows() if any(cell.value == "专利名称" for cell in row))
    at = {str(cell.value): cell.column for cell in heads}
    wrong = [row for row in sheet.iter_rows(min_row=heads[0].row + 1) if row[at["专利名称"] - 1].value]
    for row in wrong:
        title = str(row[at["专利名称"] - 1].value)
        sheet.cell(row[0].row, at["申请号"], good[title])
    path = report.with_name("更正.xlsx")
    book.save(path)
    return path


def test_university_manager_imports_corrects_and_files(walker: Walker, tmp_path: Path) -> None:
    walk = walker("university")
    page = walk.page
    walk.step("首页")
    follow(page.get_by_role("link", name="导入清单").first)
    walk.step("导入")
    held = {"申请人": COLLEGE, "当前权利人": COLLEGE, "法律状态": "有效", "授权公告日": "2022-05-06"}
    rows = [
        {"申请号": number(9101), "专利名称": "一种旅程示例泵", "申请日": "2020-03-02", **held},
        {"申请号": "2.0201E+12", "专利名称": "一种旅程示例阀", "申请日": "2020-03-02", **held},
        {"申请号": "", "专利名称": "一种旅程示例管", "申请日": "2020-03-02", **held},
    ]
    send(walk, write_list(tmp_path / "学院清单.xlsx", rows))
    walk.step("两行退回")
    assert figure(walk, "新增") == "1" and figure(walk, "退回") == "2"
    report = walk.download("下载退回报告", tmp_path)
    good = {"一种旅程示例阀": number(9102), "一种旅程示例管": number(9103)}
    walk.open("/imports/new/")
    send(walk, corrected(report, good))
    walk.step("更正后")
    assert figure(walk, "新增") == "2" and figure(walk, "退回") == "0"


def test_university_manager_sends_a_file_through_the_states(walker: Walker, tmp_path: Path) -> None:
    """On a phone, from the list to the register: tier, note, file, and every step to the end of the review."""
    walk = walker("university", folder="university-file", manner=Manner(phone=True))
    page = walk.page
    walk.go("盘点清单")
    walk.search("一种具有热关断功能的隔膜")
    walk.step("清单")
    walk.open_first()
    entry = page.url
    follow(page.get_by_role("link", name="单位申报意见"))
    page.wait_for_url("**/change/")
    page.get_by_label("转化意愿").select_option(index=1)
    page.get_by_label("技术成熟度").select_option("6")
    walk.step("申报意见")
    follow(page.get_by_role("button", name="保存"))
    walk.told()
    follow(page.get_by_role("button", name="开始建档"))
    walk.told()
    walk.step("建档")
    page.get_by_label("写留言").fill("请学院补一份中试报告。")
    follow(page.get_by_role("button", name="发布"))
    page.locator("#comments .thread").get_by_text("请学院补一份中试报告。").wait_for()
    attached = tmp_path / "中试报告.pdf"
    attached.write_bytes(b"%PDF-1.4\n%%EOF\n")
    page.get_by_label("添加文件（不超过 50 MB）").set_input_files(attached)
    follow(page.locator("#files").get_by_role("button", name="添加", exact=True))
    page.locator("#files").get_by_role("link", name="中试报告.pdf").wait_for()
    walk.step("留言和文件")
    for button in ("提交学院审核", "学院审核通过", "终审通过并入库", "完成分层", "开始推广"):
        follow(page.get_by_role("button", name=button))
        walk.told()
        assert page.url.split("#")[0] == entry.split("#")[0]
    walk.step("推广中")
    assert "开始推广" in page.locator("#history").inner_text()
    assert page.viewport_size == PHONE


def test_university_staff_fills_in_a_statement_and_submits_it(walker: Walker) -> None:
    walk = walker("staff")
    page = walk.page
    walk.step("首页")
    walk.go("盘点清单")
    walk.search("一种电池包低温自加热控制方法")
    walk.open_first()
    assert not page.get_by_role("link", name="确认分层").count(), "staff decides no tier"
    follow(page.get_by_role("button", name="开始建档"))
    walk.told()
    follow(page.get_by_role("button", name="提交学院审核"))
    walk.step("缺转化意愿")
    assert "意愿" in page.locator("main").inner_text()
    walk.page.go_back()
    follow(page.get_by_role("link", name="单位申报意见"))
    page.get_by_label("转化意愿").select_option(index=1)
    page.get_by_label("备注").fill("样机已试用半年。")
    walk.step("申报意见")
    follow(page.get_by_role("button", name="保存"))
    walk.told()
    follow(page.get_by_role("button", name="提交学院审核"))
    walk.told()
    walk.step("已提交")
    assert "学院" in page.locator(".pills, .facts").first.inner_text() or "学院" in page.locator("main").inner_text()


def test_soe_manager_looks_at_fees_and_exports_them(walker: Walker, tmp_path: Path) -> None:
    walk = walker("soe")
    walk.step("首页")
    walk.go("应缴年费")
    walk.step("应缴年费")
    if shown := walk.rows.count():  # in some weeks of summer nothing of theirs falls due
        sheet = load_workbook(walk.download("导出 Excel", tmp_path), read_only=True).worksheets[0]
        rows = [row for row in sheet.iter_rows(values_only=True) if any("水务" in str(cell) for cell in row)]
        assert len(rows) == shown
        assert "水务" in walk.rows.first.inner_text()
    walk.go("盘点清单")
    walk.step("盘点清单")
    assert set(texts(walk, "tbody [data-label=单位]")) == {"东莞示例水务集团有限公司"}
