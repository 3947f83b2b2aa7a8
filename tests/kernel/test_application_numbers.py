from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.application_numbers import (
    KIND_OF_DIGIT,
    ApplicationNumber,
    BadApplicationNumber,
    check_digit,
    parse_application_number,
)

TODAY = date(2026, 11, 23)

PUBLISHED = ["201710601862.3", "201921898050.0", "201921897980.4", "201921897855.3", "97101765.4", "95115608.X"]
COMPUTED = ["202310123456.6", "202220123457.1", "202130012345.X", "202480000123.7", "202310000002.X"]


def read(raw: object) -> ApplicationNumber:
    return parse_application_number(raw, today=TODAY)


def refusal(raw: object) -> BadApplicationNumber:
    with pytest.raises(BadApplicationNumber) as caught:
        read(raw)
    return caught.value


long_bodies = st.builds(
    lambda year, kind, serial: f"{year}{kind}{serial:07d}",
    st.integers(2003, 2026),
    st.sampled_from(sorted(KIND_OF_DIGIT)),
    st.integers(1, 9_999_999),
)
short_bodies = st.builds(
    lambda year, kind, serial: f"{year % 100:02d}{kind}{serial:05d}",
    st.integers(1985, 2003),
    st.sampled_from(sorted(KIND_OF_DIGIT)),
    st.integers(1, 99_999),
)
bodies = long_bodies | short_bodies


@pytest.mark.parametrize("shown", PUBLISHED + COMPUTED)
def test_vectors_of_both_eras_read_and_show_unchanged(shown: str) -> None:
    number = read(shown)
    assert number.shown == shown
    assert number.key == shown.replace(".", "")
    assert number.patent_number == f"ZL{shown}"
    assert not number.check_filled
    assert not number.repaired


@pytest.mark.parametrize(
    ("raw", "kind", "year", "pct"),
    [
        ("201710601862.3", "invention", 2017, False),
        ("202220123457.1", "utility_model", 2022, False),
        ("202130012345.X", "design", 2021, False),
        ("202480000123.7", "invention", 2024, True),
        ("97101765.4", "invention", 1997, False),
        ("958156080", "invention", 1995, True),
        ("02293456", "utility_model", 2002, False),
        ("03912345", "utility_model", 2003, True),
    ],
)
def test_kind_year_and_pct_come_from_the_digits(raw: str, kind: str, year: int, pct: bool) -> None:
    body = raw if len(raw) == 8 else raw.replace(".", "")[:-1]
    number = read(body)
    assert (number.kind, number.year, number.pct) == (kind, year, pct)


@pytest.mark.parametrize(
    "raw",
    [
        "ZL201710601862.3",
        "zl 201710601862.3",
        "CN201710601862.3",
        "CN ZL 2017 1 0601862 . 3",
        "ZLCN2017106018623",
        "ZL.201710601862.3",
        "２０１７１０６０１８６２．３",
        "ＺＬ２０１７１０６０１８６２．３",
        "201710601862-3",
        "201710601862–3",
        "201710601862－3",
        "201710601862·3",
        "201710601862。3",
        "'201710601862.3",
        "\ufeff201710601862.3\u200b",
        "201710601862.3\t\n",
        2017106018623,
        2017106018623.0,
        201710601862.3,
        Decimal("201710601862.3"),
        "2017106018623.0",
        "2.017106018623E+12",
    ],
)
def test_every_writing_of_one_number_is_equal(raw: object) -> None:
    number = read(raw)
    assert number == read("201710601862.3")
    assert hash(number) == hash(read("201710601862.3"))
    assert not number.check_filled


def test_lower_case_check_letter() -> None:
    assert read("95115608.x").key == "95115608X"


@pytest.mark.parametrize(
    ("raw", "repaired"),
    [
        ("202310123456", False),
        ("CN202310123456", False),
        ("202310123456.", False),
        (202310123456, False),
        (202310123456.0, False),
        ("202310123456.0", True),
    ],
)
def test_missing_check_digit_is_computed_and_said(raw: object, repaired: bool) -> None:
    number = read(raw)
    assert number.key == "2023101234566"
    assert number.check_filled
    assert number.repaired is repaired


def test_check_letter_lost_behind_the_dot() -> None:
    assert read("95115608.").key == "95115608X"


def test_nought_is_kept_where_it_is_the_check_digit() -> None:
    for raw in ("201921898050.0", 201921898050.0):
        number = read(raw)
        assert number.key == "2019218980500"
        assert not number.check_filled
        assert not number.repaired


def test_whole_number_with_its_check_digit_written_as_a_float() -> None:
    number = read("2023101234566.0")
    assert (number.key, number.repaired, number.check_filled) == ("2023101234566", True, False)


@pytest.mark.parametrize("raw", ["CN202310123456.0", "95115608.0", "2023 1012 3457.0x"])
def test_wrong_nought_is_not_repaired_elsewhere(raw: str) -> None:
    assert refusal(raw).reason in {"number_check_digit", "number_format"}


def test_wrong_check_digit_tells_the_right_one() -> None:
    error = refusal("201710601862.4")
    assert error.reason == "number_check_digit"
    assert (error.facts["given"], error.facts["expected"]) == ("4", "3")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "number_empty"),
        ("", "number_empty"),
        ("  　", "number_empty"),
        ("--", "number_empty"),
        (float("nan"), "number_empty"),
        (float("inf"), "number_format"),
        (True, "number_format"),
        (b"201710601862.3", "number_format"),
        (date(2020, 1, 1), "number_format"),
        ("abc", "number_format"),
        ("20171060186.3", "number_format"),
        ("20171060186234", "number_format"),
        ("201710601862.3;201921898050.0", "number_format"),
        ("201710000000.1", "number_format"),
        ("申请号", "number_format"),
        ("201740601862.3", "number_kind"),
        ("201700601862.3", "number_kind"),
        ("200210601862.3", "number_year"),
        ("202710601862.3", "number_year"),
        ("84101765.4", "number_year"),
        ("04101765.4", "number_year"),
        ("2.02E+12", "number_scientific"),
        ("2.02e12", "number_scientific"),
        ("2.02310123456E+11", "number_scientific"),
        ("2.02310123456E+12", "number_scientific"),
        ("2.023101234567E+12", "number_scientific"),
        ("２．０２Ｅ＋１２", "number_scientific"),
        (2.02e12, "number_scientific"),
        ("202000000000.0", "number_scientific"),
        ("PCT/CN2020/123456", "number_foreign"),
        ("US2020123456A1", "number_foreign"),
        ("US 16/123,456", "number_foreign"),
        ("EP12345678.9", "number_foreign"),
        ("WO2020/123456", "number_foreign"),
        ("JP2019-123456", "number_foreign"),
        ("CN101234567B", "number_publication"),
        ("CN 1234567 C", "number_publication"),
        ("cn209876543u", "number_publication"),
        ("101234567B", "number_publication"),
        ("CN101234567", "number_publication"),
        ("101234567", "number_publication"),
        ("CN85102475A", "number_publication"),
    ],
)
def test_refusals_name_their_reason(raw: object, reason: str) -> None:
    assert refusal(raw).reason == reason


def test_year_is_bounded_by_the_day_given() -> None:
    assert parse_application_number("202310123456.6", today=date(2023, 1, 1)).year == 2023
    with pytest.raises(BadApplicationNumber):
        parse_application_number("202310123456.6", today=date(2022, 12, 31))


@given(bodies)
def test_round_trip(body: str) -> None:
    number = read(body)
    assert number.check_filled
    for written in (number.key, number.shown, number.patent_number, f"CN{number.shown}"):
        again = read(written)
        assert again == number
        assert not again.check_filled


@given(bodies, st.data())
def test_each_single_changed_digit_is_detected(body: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != body[place]]))
    changed = body[:place] + other + body[place + 1 :]
    assert check_digit(changed) != check_digit(body)
    with pytest.raises(BadApplicationNumber):
        read(changed + check_digit(body))


@given(long_bodies.filter(lambda body: len(body.rstrip("0")) > 6))
def test_a_number_cell_loses_nothing(body: str) -> None:
    check = check_digit(body)
    assert read(float(body)).key == body + check
    if check != "X":
        assert read(float(f"{body}.{check}")).key == body + check
        assert read(float(body + check)).key == body + check


@given(st.text() | st.floats() | st.integers() | st.decimals() | st.none() | st.booleans())
def test_anything_else_is_refused_and_never_crashes(raw: object) -> None:
    try:
        number = read(raw)
    except BadApplicationNumber as error:
        assert error.reason.startswith("number_")
    else:
        assert number.key[-1] == check_digit(number.key[:-1])


@pytest.mark.parametrize("body", ["", "123", "20231012345X", "２０２３１０１２３４５６"])
def test_check_digit_wants_eight_or_twelve_digits(body: str) -> None:
    with pytest.raises(BadApplicationNumber):
        check_digit(body)


def test_real_numbers(shared_data: Path) -> None:
    with (shared_data / "patents" / "city_patents.csv").open(encoding="utf-8-sig", newline="") as file:
        numbers = [read(row["申请号"]) for row in csv.DictReader(file)]
    assert len(numbers) == 7384
    assert sum(number.check_filled for number in numbers) == 9
    assert Counter(number.kind for number in numbers)["design"] == 140
