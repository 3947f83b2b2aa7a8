from __future__ import annotations

import contextlib
import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.classes import (
    SUBCLASS_MOVES,
    BadClass,
    SubclassMove,
    class_distance,
    parse_class,
    parse_ipc,
    parse_locarno,
    split_classes,
)

symbols = st.builds(
    lambda section, number, letter, group, sub: f"{section}{number:02d}{letter}{group}/{sub}",
    st.sampled_from("ABCDEFGH"),
    st.integers(1, 99),
    st.sampled_from("ABCDEFGHKLMNPQRSTVWXY"),
    st.integers(1, 9999),
    st.from_regex(r"\A[0-9]{1,5}[1-9]\Z|\A00\Z"),
)


@pytest.mark.parametrize(
    "raw",
    [
        "E01B3/32",
        "E01B 3/32",
        " e01b3 / 32 ",
        "E01B003/32",
        "E01B-003/32",
        "E01B0003320000",
        "Ｅ０１Ｂ３／３２",
        "E01B3/32(2006.01)I",
        "E01B3/32（2006.01）I",
        "E01B3/32 (2006.01) N",
        "E01B3/32[2006.01]",
        "E01B3/32(7)",
        "Int.Cl.7 E01B3/32",
        "Int. Cl. E01B 3/32",
        "E01B 3/32 20060101AFI20051220BHCN",
        "E01B3/32;",
    ],
)
def test_every_writing_of_one_symbol(raw: str) -> None:
    symbol = parse_ipc(raw)
    assert symbol.key == "E01B3/32"
    assert (symbol.section, symbol.ipc_class, symbol.subclass) == ("E", "E01", "E01B")
    assert (symbol.main_group, symbol.subgroup) == ("3", "32")
    assert symbol.group_key == "E01B3/00"


def test_bare_subclass_and_fixed_forms() -> None:
    assert parse_ipc("E01B").key == "E01B"
    assert parse_ipc("E01B").main_group is None
    assert parse_ipc("E01B0000000000") == parse_ipc("E01B")
    assert parse_ipc("B03C0003090000").key == "B03C3/09"
    assert parse_ipc("A61K0009000000").key == "A61K9/00"
    assert parse_ipc("H01M0010052500").key == "H01M10/0525"


@pytest.mark.parametrize("raw", ["E01", "I01B3/32", "E01B0/32", "E01B3/3", "Y02E10/50", "10-05", "E01B3", "电池"])
def test_what_is_not_ipc(raw: str) -> None:
    with pytest.raises(BadClass) as caught:
        parse_ipc(raw)
    assert caught.value.reason == "class_format"


@pytest.mark.parametrize("raw", [None, "", "  ", float("nan")])
def test_empty_is_its_own_reason(raw: object) -> None:
    for parse in (parse_ipc, parse_locarno, parse_class):
        with pytest.raises(BadClass) as caught:
            parse(raw)
        assert caught.value.reason == "class_empty"


@pytest.mark.parametrize(
    "raw",
    [
        "10-05",
        "10-05-H0274",
        "(13) 10-05",
        "（13）10-05",
        "LOC(12)CL.10-05",
        "LOC (12) Cl. 10-05",
        "１０－０５",
        "10–05",
    ],
)
def test_every_writing_of_one_locarno_class(raw: str) -> None:
    assert parse_locarno(raw) == "10-05"


@pytest.mark.parametrize(
    ("raw", "key"), [("6-01", "06-01"), ("1-01", "01-01"), ("99-00", None), ("32-00", "32-00"), ("31-00", "31-00")]
)
def test_locarno_edges(raw: str, key: str | None) -> None:
    if key is None:
        with pytest.raises(BadClass):
            parse_locarno(raw)
    else:
        assert parse_locarno(raw) == key


@pytest.mark.parametrize("raw", ["33-01", "00-01", "10-00", "10/05", "2020-10-05", date(2020, 10, 5), "E01B3/32"])
def test_what_is_not_locarno(raw: object) -> None:
    with pytest.raises(BadClass):
        parse_locarno(raw)


def test_parse_class_tells_the_scheme() -> None:
    assert (parse_class("E01B 3/32").scheme, parse_class("E01B 3/32").key) == ("ipc", "E01B3/32")
    assert (parse_class("10-05-H0274").scheme, parse_class("10-05-H0274").key) == ("locarno", "10-05")


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("E01B3/32(2006.01)I; H01M10/0525", ["E01B3/32(2006.01)I", "H01M10/0525"]),
        ("E01B3/32；H01M10/0525|A01B1/00、A01C1/02,B01D1/00，B02C1/00", 6),
        ("E01B 3/32 H01M 10/0525", ["E01B3/32", "H01M10/0525"]),
        ("E01B3/32 (2006.01) I E01B9/00 (2006.01)N", ["E01B3/32(2006.01)I", "E01B9/00(2006.01)N"]),
        ("LOC (12) Cl. 10-05 10-06", ["10-05", "10-06"]),
        ("(13) 10-05", ["10-05"]),
        ("E01B H01M", ["E01B", "H01M"]),
        ("E01B3/32\nE01B9/00", 2),
        ("", []),
        (None, []),
    ],
)
def test_splitting_a_cell(raw: object, found: list[str] | int) -> None:
    parts = split_classes(raw)
    if isinstance(found, int):
        assert len(parts) == found
    else:
        assert parts == found
    for part in parts:
        parse_class(part)


@pytest.mark.parametrize(
    ("other", "distance"),
    [("E01B3/34", 0), ("E01B9/32", 1), ("E01B", 1), ("E01C3/32", 2), ("E02B3/32", 3), ("A01B3/32", 4), ("10-05", 4)],
)
def test_distance_grows_with_the_level(other: str, distance: int) -> None:
    assert class_distance("E01B3/32", other) == distance
    assert class_distance(other, "E01B3/32") == distance


def test_moves_are_dated_and_sourced() -> None:
    moved = {move.new: move.effective for move in SUBCLASS_MOVES if move.old == "H01L"}
    assert {new: day.year for new, day in moved.items()} == {
        "H10B": 2023,
        "H10K": 2023,
        "H10N": 2023,
        "H10D": 2025,
        "H10F": 2025,
        "H10H": 2025,
        "H10P": 2026,
        "H10W": 2026,
    }
    assert {(day.month, day.day) for day in moved.values()} == {(1, 1)}
    assert all(move.source for move in SUBCLASS_MOVES)


def test_distance_of_designs() -> None:
    assert [class_distance("10-05", other) for other in ("10-05-H0274", "10-06", "11-05")] == [0, 2, 4]


def test_distance_sees_through_a_move() -> None:
    assert class_distance("H01L21/02", "H10P14/00") == 1
    assert class_distance("H01L21/02", "H10P14/00", moves=()) == 3
    assert class_distance("H10D1/00", "H10P1/00") == 2
    moves = [SubclassMove("A01B", "A01C", date(2030, 1, 1), "test")]
    assert class_distance("A01B1/00", "A01C1/00", moves=moves) == 1


@given(symbols)
def test_round_trip(key: str) -> None:
    symbol = parse_ipc(key)
    assert symbol.key == key
    fixed = f"{symbol.subclass}{int(symbol.main_group or 0):04d}{(symbol.subgroup or '').ljust(6, '0')}"
    assert parse_ipc(fixed).group_key == symbol.group_key
    assert class_distance(symbol, key) == 0


@given(st.text())
def test_never_crashes(raw: str) -> None:
    for part in [raw, *split_classes(raw)]:
        with contextlib.suppress(BadClass):
            parse_class(part)


def test_real_classes(shared_data: Path) -> None:
    with (shared_data / "patents" / "city_patents.csv").open(encoding="utf-8-sig", newline="") as file:
        schemes = Counter(parse_class(row["主分类号"]).scheme for row in csv.DictReader(file))
    assert schemes == {"ipc": 7244, "locarno": 140}


def test_reference_symbols_round_trip(shared_data: Path) -> None:
    with (shared_data / "reference" / "ipc_2026_zh.csv").open(encoding="utf-8-sig", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file) if row["level"] in {"subclass", "main_group", "subgroup"}]
    assert codes
    assert [code for code in codes if parse_ipc(code).key != code] == []
