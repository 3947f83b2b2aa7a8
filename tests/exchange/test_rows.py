"""Reading rows whatever they hold: values, skipped rows, breaks in the file, and no crash on any cell."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.exchange.cells import Row, Table
from zhiqiao.exchange.headings import read_headings
from zhiqiao.exchange.needs import read_needs
from zhiqiao.exchange.organisations import organisation_kind, read_organisations
from zhiqiao.exchange.patents import read_patents
from zhiqiao.exchange.rows import Reading, ReadOptions, ReadRow
from zhiqiao.exchange.tables import open_tables
from zhiqiao.exchange.vocabularies import NEEDS, ORGANISATIONS, PATENTS, Vocabulary
from zhiqiao.kernel.errors import Invalid

NUMBER = "CN201710601862.3"


def _reading(*rows: Row, kind: str = "xlsx", options: ReadOptions | None = None) -> Reading[Any]:
    table = Table("list", None, kind, iter(list(enumerate(rows, start=1))))
    mapping, body = read_headings(table, PATENTS)
    return read_patents(body, mapping, options or ReadOptions(today=date(2026, 6, 30)))


def _row(headings: Row, cells: Row) -> ReadRow[Any]:
    [row] = _reading(headings, cells)
    return row


def _record(row: ReadRow[Any]) -> Any:
    assert row.record is not None
    return row.record


def _code(row: ReadRow[Any]) -> str | None:
    return row.problem.code if row.problem else None


@pytest.mark.parametrize(
    ("heading", "cell", "field", "value"),
    [
        ("申请日", datetime(2017, 5, 1, 3), "filed_on", date(2017, 5, 1)),
        ("分类号", "E01B 3/32 (2006.01)I; B29C45/17", "classes", ("E01B3/32", "B29C45/17")),
        ("邮编", 10000.0, "postcode", "010000"),
        ("地址", "523000 广东省东莞市示例路1号", "postcode", "523000"),
        ("地址", "523000广东省东莞市示例路1号", "address", "广东省东莞市示例路1号"),
        ("地址", "100000号示例楼", "address", "100000号示例楼"),
        ("代理机构", "示例专利代理事务所(特殊普通合伙) 42222", "agency", "示例专利代理事务所(特殊普通合伙)"),
        ("一案双申", "是", "twin", True),
        ("一案双申", "2017207654328", "twin", None),
        ("是否财政资助", "国家级", "funding", True),
        ("是否财政资助", "非财政资助", "funding", None),
        ("是否财政资助", "否", "funding", False),
        ("被引证次数", 12.0, "citations_received", 12),
        ("权利要求数量", "10项", "claims_count", 10),
        ("申请人", "示例（东莞）有限公司、示例大学", "applicants", ("示例（东莞）有限公司", "示例大学")),
        ("申请人", "-", "applicants", ()),
        ("专利名称", "一种\u200b示例\n装置", "title", "一种示例 装置"),
        ("PCT国际申请号", "PCT/CN2017/000001", "pct_application", "PCT/CN2017/000001"),
    ],
)
def test_a_cell_is_read_by_its_heading(heading: str, cell: Any, field: str, value: Any) -> None:
    assert getattr(_row(("申请号", heading), (NUMBER, cell)).record, field) == value


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("申请日", "2017-13-01", "date_range"),
        ("申请日", "#N/A", "date_format"),
        ("专利名称", "#REF!", "cell_error"),
        ("专利名称", "坏\ufffd字", "text_damaged"),
        ("专利名称", "长" * 501, "text_too_long"),
        ("分类号", "E01B3/32;什么", "class_format"),
        ("授权公告日", "2099-01-01", "date_future"),
        ("专利类型", "外观设计", "kind_disagrees"),
        ("授权公告号", "CN206000001U", "publication_kind_disagrees"),
        ("法律状态", "某种情况", "status_unknown"),
        ("被引证次数", "很多", "count_format"),
        ("邮编", "东莞", "postcode_format"),
    ],
)
def test_a_wrong_optional_cell_is_said_and_the_row_stands(heading: str, cell: Any, code: str) -> None:
    row = _row(("申请号", heading), (NUMBER, cell))
    assert row.record is not None
    assert [(warning.code, warning.column) for warning in row.warnings] == [(code, heading)]
    assert row.warnings[0].value[:5] in {str(cell)[:5], ""}


@pytest.mark.parametrize(
    ("headings", "cells", "code", "column"),
    [
        (("申请号", "专利号"), (NUMBER, "ZL201921898050.0"), "numbers_disagree", "专利号"),
        (("申请号", "专利名称"), ("", "示例"), "number_missing", "申请号"),
        (("公开(公告)号", "专利名称"), ("CN101234567A", "示例"), "number_missing", None),
        (("申请号", "专利名称"), ("CN101234567A", "示例"), "number_publication", "申请号"),
        (("申请号", "专利名称"), ("US2017000001", "示例"), "number_foreign", "申请号"),
    ],
)
def test_a_wrong_identity_rejects_the_row(headings: Row, cells: Row, code: str, column: str | None) -> None:
    row = _row(headings, cells)
    assert row.record is None
    assert row.problem is not None
    assert (row.problem.code, row.problem.column, row.row_number, row.cells) == (code, column, 2, cells)


def test_the_second_number_column_helps_where_the_first_is_empty_or_lost() -> None:
    headings: Row = ("申请号", "专利号")
    assert _record(_row(headings, ("", "ZL201710601862.3"))).number == "2017106018623"
    lost = _row(headings, ("2.02E+11", "ZL201710601862.3"))
    assert _record(lost).number == "2017106018623"
    assert [warning.code for warning in lost.warnings] == ["number_scientific"]
    without_digit = _row(headings, ("201710601862", "ZL201710601862.3"))
    assert (_record(without_digit).check_filled, without_digit.warnings) == (False, ())


def test_rows_that_are_none_of_the_list_are_counted() -> None:
    headings: Row = ("序号", "申请号", "专利名称")
    reading = _reading(
        headings,
        ("1", NUMBER, "一"),
        (),
        ("合计：", 1, ""),
        headings,
        ("2", NUMBER, "二"),
        ("制表人：示例", "", ""),
        ("总计", "", ""),
    )
    assert [row.row_number for row in reading] == [2, 6]
    assert reading.skipped == {"row_blank": 1, "row_total": 2, "heading_repeated": 1, "row_footer": 1}
    assert reading.skipped_rows == {4: "row_total", 5: "heading_repeated", 7: "row_footer", 8: "row_total"}


def test_a_patent_named_like_a_total_is_no_total() -> None:
    assert [_record(row).title for row in _reading(("专利名称", "申请号"), ("合计", NUMBER))] == ["合计"]


def test_cells_that_have_shifted_reject_a_text_row_but_not_a_sheet_row() -> None:
    rows: tuple[Row, ...] = (("申请号", "专利名称"), (NUMBER, "一种", "示例"))
    [text], [sheet] = _reading(*rows, kind="csv"), _reading(*rows)
    assert (text.record, _code(text)) == (None, "cells_beyond_headings")
    assert [warning.code for warning in sheet.warnings] == ["cells_beyond_headings"]


def test_a_quote_left_open_ends_the_list_with_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f'申请号,专利名称\n{NUMBER},一\n{NUMBER},"二\n{NUMBER},三\n', encoding="utf-8")
    [table] = open_tables(path)
    mapping, body = read_headings(table, PATENTS)
    rows = list(read_patents(body, mapping))
    assert [(row.row_number, _code(row)) for row in rows] == [
        (2, None),
        (3, "quote_unclosed"),
    ]


def test_the_day_of_a_status_comes_from_the_row_then_the_user_then_the_file() -> None:
    headings: Row = ("申请号", "法律状态", "法律状态日期")
    title: Row = ("导出日期：2021-03-05",)
    given_by_user = ReadOptions(as_of=date(2022, 1, 1), today=date(2026, 1, 1))
    read = [*_reading(title, headings, (NUMBER, "授权", "2020-05-01"), (NUMBER, "授权", ""), options=given_by_user)]
    read += [*_reading(title, headings, (NUMBER, "授权", "")), *_reading(headings, (NUMBER, "授权", ""))]
    assert [(_record(row).status_as_of, _record(row).status_as_of_source) for row in read] == [
        (date(2020, 5, 1), "row"), (date(2022, 1, 1), "given"), (date(2021, 3, 5), "stated"), (None, None),
    ]  # fmt: skip
    assert _record(read[0]).legal_status.group == "alive"


def test_a_confirmed_unit_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Invalid, match="unit_unknown"):
        _reading(("申请号", "年费"), (NUMBER, 900), options=ReadOptions(units={"年费": "块"}))


def test_organisations_are_read() -> None:
    rows: tuple[Row, ...] = (
        ("单位名称", "统一社会信用代码", "单位类型", "镇街", "荣誉资质", "曾用名", "注册资本（万元）", "联系电话"),
        (
            "示例机械有限公司",
            "91441900MA5TE8T058",
            "国有企业",
            "松山湖",
            "高新技术企业、专精特新",
            "示例机械厂",
            500,
            1.38e10,
        ),
        ("", "91441900MA5TE8T058", "", "", "", "", "", ""),
    )
    table = Table("list", None, "xlsx", iter(list(enumerate(rows, start=1))))
    mapping, body = read_headings(table, ORGANISATIONS)
    good, bad = read_organisations(body, mapping)
    assert good.record is not None
    assert (good.record.credit_code, good.record.kind) == ("91441900MA5TE8T058", "state_owned")
    assert good.record.honours == ("高新技术企业", "专精特新")
    assert good.record.former_names == ("示例机械厂",)
    assert good.record.money == {"registered_capital": Decimal("5000000.00")}
    assert bad.problem is not None
    assert bad.problem.code == "name_missing"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("高等院校", "university"),
        ("大学附属医院", "hospital"),
        ("民营企业", "enterprise"),
        ("国有商业银行", "bank"),
        ("其他", None),
    ],
)
def test_the_kind_of_an_organisation_is_read_off_its_words(words: str, kind: str | None) -> None:
    assert organisation_kind(words) == kind


def test_real_needs_are_accounted_for(shared_data: Path) -> None:
    [table] = open_tables(shared_data / "demands" / "requirements.csv")
    mapping, body = read_headings(table, NEEDS)
    rows = list(read_needs(body, mapping))
    assert len(rows) == 371
    assert all(row.record is not None and row.record.external_id and not row.warnings for row in rows)


def test_a_need_without_a_title_takes_the_first_line_of_its_content() -> None:
    rows: tuple[Row, ...] = (
        ("需求名称", "需求内容", "截止日期", "预算"),
        ("", "要一种胶\n耐高温", "2026-12-31", "20万元"),
        ("", "", "", "1"),
    )
    table = Table("list", None, "xlsx", iter(list(enumerate(rows, start=1))))
    mapping, body = read_headings(table, NEEDS)
    good, bad = read_needs(body, mapping)
    assert good.record is not None
    assert (good.record.title, good.record.budget, good.record.deadline) == (
        "要一种胶",
        Decimal(200000),
        date(2026, 12, 31),
    )
    assert bad.problem is not None
    assert bad.problem.code == "title_missing"


CELLS = st.one_of(
    st.none(), st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times(),
    st.timedeltas(), st.sampled_from([NUMBER, "2.02E+12", "2021.3", 2021.1, "E01B3/32",
        "合计", "=1", "\ud800", "\x00", time(1), timedelta(1)]),
)  # fmt: skip


@pytest.mark.parametrize(
    ("vocabulary", "read"), [(PATENTS, read_patents), (ORGANISATIONS, read_organisations), (NEEDS, read_needs)]
)
def test_no_cell_whatever_breaks_the_reading(vocabulary: Vocabulary, read: Any) -> None:
    headings = tuple(names[0] for names in vocabulary.fields.values())

    @given(st.lists(st.lists(CELLS, max_size=len(headings) + 2), max_size=3))
    def check(rows: list[list[Any]]) -> None:
        table = Table("list", None, "xlsx", iter(list(enumerate([headings, *map(tuple, rows)], start=1))))
        mapping, body = read_headings(table, vocabulary)
        reading = read(body, mapping, ReadOptions(today=date(2026, 1, 1)))
        found = list(reading)
        assert len(found) + reading.skipped.total() == len(rows)
        assert all((row.record is None) != (row.problem is None) for row in found)

    check()
