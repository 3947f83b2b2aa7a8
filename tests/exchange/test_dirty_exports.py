"""Every row of every dirty export is accounted for, and every trap handled as the issue says."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.dirty import EXPORTS, inventory_2025, office_2021, pss_2020
from tests.exchange.drafts import Export
from zhiqiao.exchange.headings import read_headings
from zhiqiao.exchange.merge import merge_records
from zhiqiao.exchange.patents import PatentRecord, read_patents
from zhiqiao.exchange.rows import Reading, ReadOptions
from zhiqiao.exchange.tables import open_tables
from zhiqiao.exchange.vocabularies import PATENTS

TODAY = ReadOptions(today=date(2026, 6, 30))


Read = list[tuple[Reading[PatentRecord], list[Any]]]  # rows of any outcome


def _read(path: Path, options: ReadOptions = TODAY) -> Read:
    found: Read = []
    for table in open_tables(path):
        mapping, body = read_headings(table, PATENTS)
        reading = read_patents(body, mapping, options)
        found.append((reading, list(reading)))
    return found


@pytest.fixture(scope="module", params=EXPORTS, ids=lambda make: make.__name__)
def export(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Export, Read]:
    """A dirty export with what was read of it, once for all tests that look at it."""
    made: Export = request.param(tmp_path_factory.mktemp("export"))
    return made, _read(made.path)


def test_each_row_comes_out_as_it_must(export: tuple[Export, Read]) -> None:
    made, read = export
    assert len(read) == len(made.sheets)
    for (reading, rows), sheet in zip(read, made.sheets, strict=True):
        assert reading.mapping.dialect == made.dialect
        assert reading.mapping.unmapped == made.unmapped
        outcomes = [
            (
                row.sheet,
                row.row_number,
                row.record.number if row.record else None,
                row.problem.code if row.problem else None,
            )
            for row in rows
        ]
        assert outcomes == [(each.sheet, each.row_number, each.number, each.code) for each in sheet.expected]
        assert reading.skipped == sheet.skipped


def test_each_trap_is_read_as_it_must(export: tuple[Export, Read]) -> None:
    made, read = export
    for (_, rows), sheet in zip(read, made.sheets, strict=True):
        for row, expected in zip(rows, sheet.expected, strict=True):
            for name, value in expected.values.items():
                assert getattr(row.record, name) == value, (row.row_number, name)
            if expected.number is not None:
                assert tuple(warning.code for warning in row.warnings) == expected.warnings, row.row_number


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    [table] = open_tables(office_2021(tmp_path).path)
    assert [(note.code, note.facts["count"]) for note in table.notes] == [("rows_hidden", 2)]


def test_publications_of_one_patent_merge_into_one(tmp_path: Path) -> None:
    [(_, rows)] = _read(pss_2020(tmp_path).path)
    merged = merge_records(rows[0].record, rows[1].record)
    assert (merged.publication_number, merged.grant_number) == ("CN105000041A", "CN105000041B")
    assert (merged.published_on, merged.granted_on) == (date(2015, 11, 25), date(2018, 5, 8))
    assert merged.applicants == ("示例学院", "示例大学")


def test_a_confirmed_unit_is_used_and_one_in_the_heading_goes_before(tmp_path: Path) -> None:
    options = ReadOptions(units={"money.annual_fee": "元", "money.expected_price": "元"}, today=date(2026, 1, 1))
    [(reading, rows)] = _read(inventory_2025(tmp_path).path, options)
    assert reading.mapping.units == {"money.expected_price": "万元", "money.annual_fee": None}
    assert {name: int(amount) for name, amount in rows[0].record.money.items()} == {
        "expected_price": 125_000,
        "annual_fee": 900,
    }
    assert not rows[0].warnings


def test_real_list_of_an_office_is_accounted_for(shared_data: Path) -> None:
    [(reading, rows)] = _read(shared_data / "patents" / "专利信息.xlsx")
    assert [row.row_number for row in rows] == list(range(2, 7386))
    assert all(row.problem is None for row in rows)
    assert Counter(warning.code for row in rows for warning in row.warnings) == {
        "check_digit_filled": 9,
        "filed_on_after_number": 2,
    }
    designs = [row.record for row in rows if row.record.kind == "design"]
    assert len(designs) == 140
    assert all(design.main_class[:2].isdigit() and design.main_class[2] == "-" for design in designs)
    assert reading.mapping.unmapped == ()
