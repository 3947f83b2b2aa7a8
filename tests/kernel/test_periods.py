from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.periods import (
    PUBLISHED_PLAN,
    Deadline,
    UpdatedPlan,
    add_months,
    add_years,
    deadline_after,
    roll_over,
    working_days_after,
)

any_day = st.dates(date(1985, 1, 1), date(2060, 12, 31))
lengths = st.integers(1, 400)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 8, 31), 3, date(2024, 11, 30)),
        (date(2024, 12, 31), 3, date(2025, 3, 31)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 1, 15), 1, date(2024, 2, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 1, 31), 0, date(2024, 1, 31)),
    ],
)
def test_corresponding_day_or_month_end(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_leap_day_after_years() -> None:
    assert add_years(date(2004, 2, 29), 20) == date(2024, 2, 29)
    assert add_years(date(2004, 2, 29), 10) == date(2014, 2, 28)


def test_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(Invalid):
        add_months(date(9999, 12, 1), 1)


@given(any_day, any_day, lengths)
def test_add_months_keeps_order(one: date, other: date, months: int) -> None:
    first, second = min(one, other), max(one, other)
    assert add_months(first, months) <= add_months(second, months)


@given(any_day, lengths)
def test_add_months_lands_in_the_right_month(day: date, months: int) -> None:
    end = add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2025, 7, 1), 3, date(2025, 10, 9)),  # 1 October; the holiday of 2025 ran to the 8th
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2024, 12, 31), 3, date(2025, 3, 31)),
        (date(2025, 10, 4), 2, date(2025, 12, 4)),
        (date(2025, 3, 28), 6, date(2025, 9, 28)),  # a Sunday, worked in exchange for the holiday
        (date(2025, 3, 20), 6, date(2025, 9, 22)),  # a Saturday
    ],
)
def test_period_ends_on_a_worked_day(start: date, months: int, end: date) -> None:
    assert deadline_after(start, months=months) == Deadline(end, provisional=False)


def test_first_day_is_not_counted() -> None:
    assert deadline_after(date(2025, 3, 3), days=1).day == date(2025, 3, 4)
    assert working_days_after(date(2025, 3, 3), 1).day == date(2025, 3, 4)


def test_unpublished_year_knows_weekends_only_and_says_so() -> None:
    assert deadline_after(date(2090, 1, 7), months=1) == Deadline(date(2090, 2, 7), provisional=True)
    assert deadline_after(date(2090, 9, 1), months=1) == Deadline(date(2090, 10, 2), provisional=True)


def test_a_roll_into_an_unpublished_year_is_provisional() -> None:
    plan = UpdatedPlan({date(2089, 12, 31): False}, frozenset({2089}))
    assert roll_over(date(2089, 12, 30), plan) == Deadline(date(2089, 12, 30), provisional=False)
    assert roll_over(date(2089, 12, 31), plan) == Deadline(date(2090, 1, 2), provisional=True)


def test_an_updated_plan_sets_days_right() -> None:
    plan = UpdatedPlan({date(2090, 10, 2): False, date(2090, 10, 7): True}, frozenset({2090}))
    assert deadline_after(date(2090, 9, 1), months=1, plan=plan) == Deadline(date(2090, 10, 3), provisional=False)
    assert plan.is_working_day(date(2090, 10, 7))
    assert not PUBLISHED_PLAN.is_published(2090)
    assert not plan.is_published(2091)


def test_working_days_skip_holidays_and_count_exchanged_days() -> None:
    assert working_days_after(date(2025, 9, 30), 1) == Deadline(date(2025, 10, 9))
    assert working_days_after(date(2025, 9, 26), 2) == Deadline(date(2025, 9, 29))


@pytest.mark.parametrize(("months", "days"), [(0, 0), (1, 1), (-1, 0), (-1, 2)])
def test_a_period_has_one_length(months: int, days: int) -> None:
    with pytest.raises(Invalid) as caught:
        deadline_after(date(2025, 1, 1), months=months, days=days)
    assert caught.value.reason == "period_length"


def test_working_days_begin_at_one() -> None:
    with pytest.raises(Invalid):
        working_days_after(date(2025, 1, 1), 0)


@given(st.dates(date(2010, 1, 1), date(2035, 1, 1)), st.integers(1, 40))
def test_roll_over_is_the_first_worked_day(start: date, months: int) -> None:
    end, nominal = deadline_after(start, months=months).day, add_months(start, months)
    assert end >= nominal
    assert PUBLISHED_PLAN.is_working_day(end)
    skipped = [nominal + timedelta(days=offset) for offset in range((end - nominal).days)]
    assert not any(PUBLISHED_PLAN.is_working_day(day) for day in skipped)
