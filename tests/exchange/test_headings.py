"""Which column is which field: every vendor's list, cousins of it, saved mappings, and what is not known."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from zhiqiao.exchange.cells import FileRefused, Row, Table
from zhiqiao.exchange.headings import HeadingMap, HeadingMissing, read_headings
from zhiqiao.exchange.vocabularies import NEEDS, ORGANISATIONS, PATENTS, Vocabulary, heading_key


def _table(*rows: Row, file: str = "list.xlsx") -> Table:
    return Table(file, "Sheet1", "xlsx", iter(list(enumerate(rows, start=1))))


def _map(*rows: Row, file: str = "list.xlsx", saved: dict[str, str | None] | None = None) -> HeadingMap:
    return read_headings(_table(*rows, file=file), PATENTS, saved)[0]


def test_every_heading_of_every_vendor_is_known(shared_data: Path) -> None:
    lists = json.loads((shared_data / "exports" / "headings.json").read_text(encoding="utf-8"))
    for name, entry in lists.items():
        if name.startswith("_"):
            continue
        mapping = _map(tuple(entry["columns"]))
        assert mapping.unmapped == (), name
        assert sorted(mapping.columns) == list(range(len(entry["columns"]))), name


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("申请（专利权）人", "申请(专利权)人"),
        (" 申 请\n号 ", "申请号"),
        ("*申请号（必填）", "申请号"),
        ("【标】当前权利人", "当前权利人"),
        ("（1）专利名称", "专利名称"),
        ("3、申请日：", "申请日"),
        ("预期价格（万元）", "预期价格"),
        ("Application Number", "applicationnumber"),
        ("申请人(英文)", "申请人(英文)"),
    ],
)
def test_a_heading_is_known_by_its_words(written: str, key: str) -> None:
    assert heading_key(written) == key


def test_an_unknown_heading_is_named() -> None:
    mapping = _map(("申请号", "幸运数字", "专利名称", "申请人(英文)"))
    assert mapping.unmapped == ("幸运数字", "申请人(英文)")
    assert mapping.columns == {0: "application_number", 2: "title"}


def test_scores_of_vendors_are_kept_beside_the_record() -> None:
    assert _map(("申请号", "合享价值度")).columns == {0: "application_number", 1: "extra.合享价值度"}


def test_the_printed_column_goes_before_the_standardised_one_and_both_are_kept() -> None:
    mapping = _map(("申请号", "[标]当前申请(专利权)人", "当前申请(专利权)人"))
    assert mapping.columns == {0: "application_number", 1: "extra.[标]当前申请(专利权)人", 2: "holders"}


def test_of_two_columns_of_one_field_the_better_heading_is_taken() -> None:
    mapping = _map(("申请号", "法律状态", "当前法律状态", "当前法律状态"))
    assert mapping.columns == {
        0: "application_number",
        1: "extra.法律状态",
        2: "status",
        3: "extra.当前法律状态",
    }


def test_headings_over_two_rows_are_put_together() -> None:
    mapping = _map(
        ("清单", "", "", "", ""),
        ("序号", "专利", "", "申请人信息", ""),
        ("", "名称", "申请号", "名称", "地址"),
        ("1", "示例", "x", "示例大学", "示例路"),
    )
    assert mapping.heading_rows == (2, 3)
    assert mapping.columns == {0: "extra.序号", 1: "title", 2: "application_number", 3: "applicants", 4: "address"}


def test_rows_go_on_below_the_headings_with_their_numbers() -> None:
    mapping, body = read_headings(_table(("清单",), ("申请号", "专利名称"), ("a", "b"), ("c", "d")), PATENTS)
    assert mapping.heading_row == 2
    assert list(body.rows) == [(3, ("a", "b")), (4, ("c", "d"))]


def test_one_column_of_numbers_is_a_list() -> None:
    assert _map(("申请号",), ("CN201710601862.3",)).columns == {0: "application_number"}


def test_a_saved_mapping_goes_before_the_vocabulary_and_survives_json() -> None:
    saved = {"幸运数字": "declared.self_grade", "备注": None, "编码": "application_number"}
    mapping = _map(("编码", "幸运数字", "备注", "名称"), saved=saved)
    assert mapping.columns == {0: "application_number", 1: "declared.self_grade", 3: "title"}
    assert (mapping.ignored, mapping.unmapped) == (("备注",), ())
    again = json.loads(json.dumps(mapping.saved()))
    assert _map(("编码", "幸运数字", "备注", "名称"), saved=again) == mapping
    json.dumps(mapping.as_json())


@pytest.mark.parametrize(
    ("title", "file", "as_of"),
    [
        ("导出日期：2021-03-05", "list.xlsx", date(2021, 3, 5)),
        ("截至2021年3月5日", "list.xlsx", date(2021, 3, 5)),
        ("截至2021年3月", "list.xlsx", date(2021, 3, 1)),
        ("某单位清单", "patents_20210305.xlsx", date(2021, 3, 5)),
        ("某单位清单", "导出2021-03-05/第1部分.csv", date(2021, 3, 5)),
        ("统计时间：2018-01-01至2020-12-31", "20180101-20201231.xlsx", None),
        ("某单位清单", "12345678.xlsx", None),
    ],
)
def test_the_day_of_the_export_is_read_where_it_is_stated(title: str, file: str, as_of: date | None) -> None:
    assert _map((title,), ("申请号", "专利名称"), file=file).as_of == as_of


def test_units_are_read_off_the_heading_or_left_to_be_confirmed() -> None:
    assert _map(("申请号", "转让价格（万元）", "年费")).units == {
        "money.expected_price": "万元",
        "money.annual_fee": None,
    }


def test_a_sheet_without_headings_says_what_it_saw() -> None:
    with pytest.raises(HeadingMissing) as caught:
        _map(("填表说明",), ("请逐行填写",))
    assert caught.value.facts["seen"] == ["填表说明"]
    with pytest.raises(FileRefused, match="sheet_empty"):
        _map((), ("", None))


@pytest.mark.parametrize(
    ("vocabulary", "headings", "fields"),
    [
        (
            ORGANISATIONS,
            ("单位名称", "统一社会信用代码", "所属镇街", "曾用名"),
            ["name", "credit_code", "town", "former_names"],
        ),
        (ORGANISATIONS, ("Company Name", "Credit Code", "Phone"), ["name", "credit_code", "phone"]),
        (NEEDS, ("rid", "title", "content"), ["external_id", "title", "content"]),
        (
            NEEDS,
            ("需求名称", "需求内容", "需求单位", "预算（万元）"),
            ["title", "content", "organisation", "money.budget"],
        ),
    ],
)
def test_other_lists_have_their_own_words(vocabulary: Vocabulary, headings: Row, fields: list[str]) -> None:
    mapping, _ = read_headings(_table(headings), vocabulary)
    assert list(mapping.columns.values()) == fields
