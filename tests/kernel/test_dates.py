from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.dates import BadDate, ParsedDate, parse_date

FIFTH_OF_MARCH = date(2021, 3, 5)
days = st.dates(date(1985, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    "raw",
    [
        FIFTH_OF_MARCH,
        datetime(2021, 3, 5, 23, 59),
        datetime(2021, 3, 4, 16, 0, tzinfo=UTC),
        "2021-03-05",
        "2021-3-5",
        "2021/3/5",
        "2021.03.05",
        "2021. 3. 5",
        "20210305",
        20210305,
        20210305.0,
        "2021年3月5日",
        "2021年03月05",
        "2021 年 3 月 5 日",
        "２０２１．３．５",
        "2021－03－05",
        "2021-03-05 12:30:00",
        "2021-03-05T12:30:00Z",
        "2021/3/5 0:00",
        "'2021-03-05",
        "\ufeff2021-03-05 ",
        44260,
        44260.0,
        44260.75,
        Decimal("44260"),
        "44260",
        "44260.5",
    ],
)
def test_every_writing_of_one_day(raw: object) -> None:
    assert parse_date(raw) == ParsedDate(FIFTH_OF_MARCH, "day")


def test_unambiguous_day_and_month_are_read() -> None:
    assert parse_date("25/03/2021").day == date(2021, 3, 25)
    assert parse_date("03/25/2021").day == date(2021, 3, 25)
    assert parse_date("03.03.2021").day == date(2021, 3, 3)


@pytest.mark.parametrize(
    ("raw", "day", "precision"),
    [
        ("2021.3", date(2021, 3, 1), "month"),
        ("2021.10", date(2021, 10, 1), "month"),
        (2021.3, date(2021, 3, 1), "month"),
        (2021.12, date(2021, 12, 1), "month"),
        ("2021-03", date(2021, 3, 1), "month"),
        ("2021年3月", date(2021, 3, 1), "month"),
        ("202103", date(2021, 3, 1), "month"),
        ("2021年", date(2021, 1, 1), "year"),
        ("2021", date(2021, 1, 1), "year"),
        (2021, date(2021, 1, 1), "year"),
    ],
)
def test_less_than_a_day_keeps_its_precision(raw: object, day: date, precision: str) -> None:
    parsed = parse_date(raw)
    assert (parsed.day, parsed.precision) == (day, precision)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "date_empty"),
        ("", "date_empty"),
        ("--", "date_empty"),
        (float("nan"), "date_empty"),
        ("03/05/2021", "date_ambiguous"),
        ("3-5-2021", "date_ambiguous"),
        (2021.1, "date_ambiguous"),
        ("2021-02-29", "date_range"),
        ("2021-13-01", "date_range"),
        ("20211301", "date_range"),
        ("0000-00-00", "date_range"),
        ("1899-12-31", "date_range"),
        ("2101-01-01", "date_range"),
        (date(2101, 1, 1), "date_range"),
        ("99999", "date_range"),
        ("12345", "date_range"),
        ("31047", "date_range"),
        ("2021.3/5", "date_format"),
        ("2021年3-5", "date_format"),
        ("21-3-5", "date_format"),
        ("210305", "date_range"),
        ("今天", "date_format"),
        (5, "date_format"),
        (-44260, "date_format"),
        (float("inf"), "date_format"),
        (True, "date_format"),
        (b"2021-03-05", "date_format"),
    ],
)
def test_refusals_name_their_reason(raw: object, reason: str) -> None:
    with pytest.raises(BadDate) as caught:
        parse_date(raw)
    assert caught.value.reason == reason


def test_serials_are_those_of_the_1900_system() -> None:
    assert parse_date(31048).day == date(1985, 1, 1)
    assert parse_date(36526).day == date(2000, 1, 1)
    assert parse_date(73415).day == date(2100, 12, 31)


@given(days)
def test_round_trip(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for written in (day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", serial, str(serial)):
        assert parse_date(written) == ParsedDate(day)


@given(days, st.floats(0, 0.99))
def test_time_of_day_does_not_move_a_serial(day: date, part: float) -> None:
    assert parse_date((day - date(1899, 12, 30)).days + part).day == day


@given(st.text() | st.floats() | st.integers() | st.decimals() | st.datetimes(timezones=st.none() | st.just(UTC)))
def test_anything_is_read_or_refused(raw: object) -> None:
    try:
        assert date(1900, 1, 1) <= parse_date(raw).day < date(2101, 1, 1) + timedelta(days=1)
    except BadDate as error:
        assert error.reason.startswith("date_")
