from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.core.models import AuditEntry, ReferenceEntry, ReferenceMove
from zhiqiao.core.reference import (
    OLDEST,
    EntryRow,
    Loaded,
    MoveRow,
    Successor,
    entry_on,
    holds,
    load_reference,
    names_for,
    successors,
)

NEW_YEAR = date(2026, 1, 1)
DAY = timedelta(days=1)
OLD = EntryRow("ipc", "H01L", None, "subclass", "半导体器件", "", "H01", "2026.01", NEW_YEAR - DAY)
NEW = EntryRow("ipc", "H10D", NEW_YEAR, "subclass", "无机电半导体器件", "Inorganic devices", "H10", "2026.01", None)
ENTRIES = [OLD, NEW]
MOVES = [
    MoveRow("ipc", "H01L", "H10", NEW_YEAR, False),
    MoveRow("ipc", "H01L29", "H10D", date(2025, 1, 1), True),
    MoveRow("ipc", "H01L27/11", "H10B10", date(2023, 1, 1), True),
    MoveRow("ipc", "H01L27/112", "H10B20", date(2023, 1, 1), True),
    MoveRow("ipc", "A23L1", "A23L5", date(2016, 1, 1), False),
    MoveRow("ipc", "A23L1", "A23L7", date(2016, 1, 1), False),
    MoveRow("ipc", "A23L7", "A23Z", NEW_YEAR, True),
]

pytestmark = pytest.mark.django_db


def moved(code: str, day: date = NEW_YEAR) -> list[tuple[str, bool]]:
    return [(each.code, each.wholly) for each in successors("ipc", code, day)]


def test_loading_again_changes_nothing_and_a_correction_changes_one_row() -> None:
    assert load_reference(ENTRIES, MOVES) == Loaded(added=9)
    assert load_reference(ENTRIES, MOVES) == Loaded(unchanged=9)
    assert AuditEntry.objects.count() == 1
    corrected = replace(NEW, name_zh="无机半导体器件")
    assert load_reference([OLD, corrected], [replace(MOVES[0], wholly=True)]) == Loaded(changed=2, unchanged=1)
    assert ReferenceEntry.objects.count() == 2
    assert ReferenceMove.objects.count() == len(MOVES)
    assert names_for("ipc", ["H10D"]) == {"H10D": "无机半导体器件"}
    assert AuditEntry.objects.order_by("-id")[0].subject_id == "ipc"


def test_a_row_twice_in_one_load_counts_once() -> None:
    assert load_reference([OLD, NEW, NEW]) == Loaded(added=2)


def test_large_schemes_load_whole() -> None:
    rows = [replace(OLD, scheme="big", code=f"C{number}") for number in range(1_300)]
    assert load_reference(rows) == Loaded(added=1_300)
    assert len(names_for("big", [row.code for row in rows])) == 1_300


def test_an_entry_is_found_on_the_days_it_is_in_force() -> None:
    load_reference(ENTRIES)
    last = entry_on("ipc", "H01L", NEW_YEAR - DAY)
    assert last is not None
    assert last.effective_from == OLDEST
    assert entry_on("ipc", "H01L", NEW_YEAR) is None
    assert entry_on("ipc", "H10D", NEW_YEAR - DAY) is None
    assert entry_on("ipc", "H10D", NEW_YEAR) is not None
    assert entry_on("town", "H10D", NEW_YEAR) is None


def test_a_reworded_entry_is_told_as_of_the_day() -> None:
    reworded = replace(OLD, effective_from=NEW_YEAR, effective_to=None, name_zh="新名称")
    load_reference([OLD, reworded])
    before, after = entry_on("ipc", "H01L", NEW_YEAR - DAY), entry_on("ipc", "H01L", NEW_YEAR)
    assert before is not None and after is not None
    assert (before.name_zh, after.name_zh) == ("半导体器件", "新名称")
    assert names_for("ipc", ["H01L"]) == {"H01L": "新名称"}


def test_names_come_in_english_where_the_standard_has_them() -> None:
    load_reference(ENTRIES)
    assert names_for("ipc", ["H01L", "H10D", "X"], "en-gb") == {"H01L": "半导体器件", "H10D": "Inorganic devices"}
    assert names_for("ipc", []) == {}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("H01L29/78", [("H10D", True)]),
        ("H01L21/02", [("H10", False)]),
        ("H01L27/1104", [("H10B10", True)]),
        ("H01L27/11206", [("H10B20", True)]),
        ("A23L1/29", [("A23L5", False), ("A23Z", False)]),
        ("A23L13/00", []),
        ("G06F17/30", []),
    ],
)
def test_a_code_is_followed_to_where_it_went(code: str, expected: list[tuple[str, bool]]) -> None:
    load_reference([], MOVES)
    assert moved(code) == expected


def test_only_moves_up_to_the_day_count() -> None:
    load_reference([], MOVES)
    assert moved("H01L29/78", date(2024, 12, 31)) == []
    assert moved("A23L1/29", date(2025, 12, 31)) == [("A23L5", False), ("A23L7", False)]


def test_moves_in_a_circle_end() -> None:
    circle = [MoveRow("x", "A", "B", NEW_YEAR, True), MoveRow("x", "B", "A", NEW_YEAR, True)]
    load_reference([], circle)
    assert successors("x", "A", NEW_YEAR) in ([], [Successor("B", wholly=True)])


@given(st.from_regex(r"[A-H][0-9]{2}[A-Z][0-9]{1,4}/[0-9]{2,6}", fullmatch=True))
def test_every_level_of_a_symbol_holds_it(symbol: str) -> None:
    group = symbol.partition("/")[0]
    assert all(holds(upper, symbol) for upper in (symbol[0], symbol[:3], symbol[:4], group, symbol))
    assert not holds(symbol[:4] + "1", symbol[:4] + "10/00")
    assert not holds(symbol, group)
