"""The sheet to fill in: what stands in its cells, what it checks, and that it comes back without its example."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.kit.conftest import ActorOf
from tests.web.conftest import City
from zhiqiao.exchange.rows import ReadOptions
from zhiqiao.exchange.tables import open_tables
from zhiqiao.exchange.templates import CHOICES_SHEET, GUIDE_SHEETS, Asked, Shape, without_guides
from zhiqiao.kit.intake import write_sheet
from zhiqiao.registry.sending import importable, intake_of

MANY = tuple(f"第{number}类，含其他" for number in range(60))
COLUMNS = (
    Asked("name", "名称", required=True, meaning="全称", example="示例", longest=20),
    Asked("kind", "类型", Shape.CHOICE, choices=("甲", "乙"), example="甲"),
    Asked("field", "领域", Shape.CHOICE, choices=MANY, example=MANY[0]),
    Asked("day", "日期", Shape.DAY, example=date(2025, 3, 18)),
    Asked("count", "件数", Shape.WHOLE, least=1, most=9, example=3),
    Asked("sum", "金额", Shape.NUMBER, least=0, example=1.5),
    Asked("ways", "方式", Shape.CHOICES, choices=("转让", "许可"), example="转让；许可"),
)


def book_of(columns: tuple[Asked, ...]) -> Any:
    out = io.BytesIO()
    write_sheet(out, "示例", columns)
    return openpyxl.load_workbook(out)


def checks(sheet: Any) -> dict[str, Any]:
    return {str(each.sqref).partition(":")[0]: each for each in sheet.data_validations.dataValidation}


def test_headings_say_what_must_be_filled_in_and_stay_in_sight() -> None:
    sheet = book_of(COLUMNS).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["名称*", "类型", "领域", "日期", "件数", "金额", "方式"]
    assert sheet.freeze_panes == "A2" and not sheet.protection.sheet
    assert sheet["A1"].fill.fgColor.rgb != sheet["B1"].fill.fgColor.rgb
    assert sheet["D2"].value.date() == date(2025, 3, 18) and sheet["E2"].value == 3 and sheet["F2"].value == 1.5


def test_cells_are_checked_while_they_are_filled_in() -> None:
    book = book_of(COLUMNS)
    found = checks(book.worksheets[0])
    assert (found["A2"].type, found["A2"].formula1, found["A2"].operator) == ("textLength", "20", "lessThanOrEqual")
    assert not found["A2"].allowBlank and found["B2"].allowBlank
    assert found["A2"].promptTitle == "名称" and found["A2"].prompt == "全称"
    assert found["B2"].formula1 == '"甲,乙"'
    assert found["D2"].type == "date"
    assert (found["E2"].type, found["E2"].formula1, found["E2"].formula2) == ("whole", "1", "9")
    assert found["F2"].type == "decimal"
    assert str(found["A2"].sqref) == "A2:A5001"
    assert "G2" not in found or found["G2"].type is None  # several of a list cannot be checked


def test_a_long_list_of_choices_stands_on_a_sheet_that_nobody_sees() -> None:
    book = book_of(COLUMNS)
    found = checks(book.worksheets[0])["C2"]
    assert found.formula1 == f"{CHOICES_SHEET}!$A$1:$A$60"
    assert [cell.value for cell in book[CHOICES_SHEET]["A"]] == list(MANY)
    assert book[CHOICES_SHEET].sheet_state == "veryHidden"


def test_text_cells_keep_the_digits_that_are_typed() -> None:
    sheet = book_of(COLUMNS).worksheets[0]
    assert (sheet.column_dimensions["A"].width or 0) >= 12 and sheet["A2"].number_format == "@"


@pytest.mark.parametrize(
    ("language", "title", "yes"), [("zh-hans", GUIDE_SHEETS[0], "是"), ("en", GUIDE_SHEETS[1], "Yes")]
)
def test_the_guide_explains_each_column_in_the_readers_language(language: str, title: str, yes: str) -> None:
    with override(language):
        guide = book_of(COLUMNS)[title]
    rows = {row[0]: row for row in guide.iter_rows(values_only=True)}
    assert guide["A1"].value == title
    assert rows["名称"][1].lower() == yes.lower() and rows["名称"][4] == "全称" and "20" in rows["名称"][2]
    assert "甲、乙" in rows["类型"][2] and "…" in rows["领域"][2] and "1–9" in rows["件数"][2]


def test_what_looks_like_a_formula_is_text() -> None:
    sheet = book_of((Asked("name", "名称", example='=HYPERLINK("http://example.org")'),)).worksheets[0]
    assert sheet["A2"].data_type == "s"


def test_our_own_sheets_are_no_lists(tmp_path: Path) -> None:
    place = tmp_path / "表.xlsx"
    book = book_of(COLUMNS)
    book.save(place)
    assert [table.sheet for table in without_guides(open_tables(place, shown="表.xlsx"))] == ["示例"]


def test_anybody_elses_sheet_of_that_name_is_read(tmp_path: Path) -> None:
    place = tmp_path / "表.xlsx"
    book = openpyxl.Workbook()
    book.active.title = GUIDE_SHEETS[0]
    book.active.append(["需求名称", "需求内容"])
    book.active.append(["模具开裂", "要更耐用"])
    book.save(place)
    (table,) = without_guides(open_tables(place, shown="表.xlsx"))
    assert [row[0] for _, row in table.rows] == ["需求名称", "模具开裂"]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["patents", "needs", "organisations"])
def test_every_heading_of_a_template_is_understood_and_its_example_is_skipped(
    kind: str, city: City, actor: ActorOf, tmp_path: Path
) -> None:
    storer = intake_of(kind)
    place = tmp_path / "模板.xlsx"
    with place.open("wb") as out:
        write_sheet(out, "模板", storer.asked(actor("bureau")))
    table = next(iter(without_guides(open_tables(place, shown="模板.xlsx"))))
    mapping, body = storer.headings(table, {})
    assert not mapping.unmapped and not [name for name in mapping.columns.values() if name.startswith("extra.")]
    assert sorted(mapping.columns.values()) == sorted(each.field for each in storer.asked(actor("bureau")))
    assert None not in (mapping.units or {}).values()
    assert list(storer.rows(body, mapping, options())) == []


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["patents", "needs", "organisations"])
def test_an_example_that_was_written_over_is_a_row(kind: str, city: City, actor: ActorOf, tmp_path: Path) -> None:
    storer = intake_of(kind)
    place = tmp_path / "模板.xlsx"
    with place.open("wb") as out:
        write_sheet(out, "模板", storer.asked(actor("bureau")))
    book = openpyxl.load_workbook(place)
    changed = {"patents": "B2", "needs": "B2", "organisations": "A2"}[kind]
    book.worksheets[0][changed] = "真实的名称"
    book.save(place)
    table = next(iter(without_guides(open_tables(place, shown="模板.xlsx"))))
    mapping, body = storer.headings(table, {})
    (row,) = storer.rows(body, mapping, options())
    assert row.problem is None and row.record is not None, row.problem


def options() -> Any:
    return ReadOptions(today=date(2026, 7, 1))


@pytest.mark.django_db
def test_the_template_is_for_those_who_may_send_such_a_list(city: City, actor: ActorOf) -> None:
    for who, kinds in (("bureau", {"patents", "needs", "organisations"}), ("holder", {"patents"}), ("firm", set())):
        assert set(importable(actor(who))) == kinds
        for name, kind in (("patent", "patents"), ("need", "needs"), ("organisation", "organisations")):
            answer = city.client(who).get(reverse(f"{name}_template"))
            assert answer.status_code == (200 if kind in kinds else 404), (who, name)
    assert b"".join(city.client("bureau").get(reverse("need_template"))).startswith(b"PK")


@pytest.mark.django_db
def test_the_list_offers_its_template(city: City) -> None:
    where = reverse("patent_template")
    for who, offered in (("bureau", True), ("holder", True), ("firm", False)):
        assert (where in city.client(who).get(reverse("patent_list")).content.decode()) is offered
    assert where in city.client("holder").get(reverse("import_new")).content.decode()
