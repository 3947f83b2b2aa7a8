from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.fees import (
    FEE_SCHEDULES,
    FeeBand,
    FeeBasis,
    FeeSchedule,
    Reduction,
    annual_fee,
    fee_in_grace,
    fee_of_year,
    fee_year,
    next_fee,
    next_fee_of,
    reduction_rate,
    surcharge_months,
    total_fees,
)
from zhiqiao.kernel.periods import add_years
from zhiqiao.kernel.terms import expiry_date, term_years

BASIS = FeeBasis("invention", date(2017, 5, 31), date(2020, 3, 3))


@pytest.mark.parametrize(
    ("kind", "filed_on", "expires_on"),
    [
        ("invention", date(2017, 7, 21), date(2037, 7, 21)),
        ("utility_model", date(2017, 7, 21), date(2027, 7, 21)),
        ("design", date(2021, 5, 31), date(2031, 5, 31)),
        ("design", date(2021, 6, 1), date(2036, 6, 1)),
        ("invention", date(2004, 2, 29), date(2024, 2, 29)),
        ("utility_model", date(2004, 2, 29), date(2014, 2, 28)),
        ("design", date(2024, 2, 29), date(2039, 2, 28)),
    ],
)
def test_term_ends_on_the_corresponding_day(kind: str, filed_on: date, expires_on: date) -> None:
    assert expiry_date(kind, filed_on) == expires_on


def test_compensation_lengthens_inventions_only() -> None:
    assert expiry_date("invention", date(2018, 1, 1), 31) == date(2038, 2, 1)
    for kind, granted in (("design", 31), ("invention", -1)):
        with pytest.raises(Invalid) as caught:
            expiry_date(kind, date(2022, 1, 1), granted)
        assert caught.value.reason == "compensation_days"


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        term_years("plant", date(2022, 1, 1))
    assert caught.value.reason == "patent_kind_unknown"


def test_totals_of_the_whole_term() -> None:
    assert total_fees("invention", 20) == 82300
    assert total_fees("utility_model", 10) == 11200
    assert total_fees("design", 10) == 11200


@pytest.mark.parametrize(
    ("kind", "amounts"),
    [
        ("invention", [900] * 3 + [1200] * 3 + [2000] * 3 + [4000] * 3 + [6000] * 3 + [8000] * 5),
        ("utility_model", [600] * 3 + [900] * 2 + [1200] * 3 + [2000] * 2),
        ("design", [600] * 3 + [900] * 2 + [1200] * 3 + [2000] * 2 + [3000] * 5),
    ],
)
def test_every_year_of_the_schedule(kind: str, amounts: list[int]) -> None:
    assert [annual_fee(kind, year).amount for year in range(1, len(amounts) + 1)] == amounts
    for beyond in (0, len(amounts) + 1):
        with pytest.raises(Invalid):
            annual_fee(kind, beyond)


def test_late_design_years_are_marked_uncertain() -> None:
    assert [annual_fee("design", year).certain for year in (10, 11, 15)] == [True, False, False]
    late = fee_of_year(FeeBasis("design", date(2021, 6, 1), date(2021, 12, 1)), 12, date(2026, 1, 1))
    assert not late.certain


@pytest.mark.parametrize(
    ("filed_on", "day", "number"),
    [
        (date(2017, 5, 31), date(2017, 5, 31), 1),
        (date(2017, 5, 31), date(2018, 5, 30), 1),
        (date(2017, 5, 31), date(2018, 5, 31), 2),
        (date(2020, 2, 29), date(2021, 2, 27), 1),
        (date(2020, 2, 29), date(2021, 2, 28), 2),
        (date(2020, 2, 29), date(2024, 2, 28), 4),
        (date(2020, 2, 29), date(2024, 2, 29), 5),
    ],
)
def test_patent_year_begins_on_the_anniversary(filed_on: date, day: date, number: int) -> None:
    assert fee_year(filed_on, day) == number


def test_no_patent_year_before_filing() -> None:
    with pytest.raises(Invalid):
        fee_year(date(2020, 1, 2), date(2020, 1, 1))


@given(st.dates(date(1985, 1, 1), date(2040, 1, 1)), st.integers(0, 8000))
def test_a_day_lies_in_its_patent_year(filed_on: date, after: int) -> None:
    day = filed_on + timedelta(days=after)
    number = fee_year(filed_on, day)
    assert add_years(filed_on, number - 1) <= day < add_years(filed_on, number)


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2023, 5, 31), 0),
        (date(2023, 6, 30), 0),
        (date(2023, 7, 1), 1),
        (date(2023, 7, 31), 1),
        (date(2023, 8, 1), 2),
        (date(2023, 8, 31), 2),
        (date(2023, 9, 1), 3),
        (date(2023, 10, 1), 4),
        (date(2023, 10, 31), 4),
        (date(2023, 11, 1), 5),
        (date(2023, 11, 30), 5),
    ],
)
def test_surcharge_steps(day: date, months: int) -> None:
    assert surcharge_months(date(2023, 5, 31), day) == months


def test_surcharge_is_of_the_full_fee() -> None:
    reduced = replace(BASIS, reductions=frozenset({Reduction.SINGLE_APPLICANT}))
    fee = fee_of_year(reduced, 7, date(2023, 8, 15))
    assert (fee.full_amount, fee.amount) == (Decimal(2000), Decimal("300.00"))
    assert fee.surcharge == Decimal("200.00")
    assert fee.total == Decimal("500.00")


def test_due_day_and_grace_roll_over() -> None:
    fee = fee_of_year(FeeBasis("invention", date(2016, 8, 30), date(2019, 1, 2)), 10, date(2025, 1, 1))
    assert fee.due_on == date(2025, 9, 1)  # 30 August 2025 is a Saturday
    assert fee.grace_until == date(2026, 2, 28)  # a Saturday, worked in exchange for the spring festival
    assert not fee.provisional
    on_time = fee_of_year(FeeBasis("invention", date(2016, 8, 30), date(2019, 1, 2)), 10, date(2025, 9, 1))
    assert on_time.surcharge == 0


def test_best_reduction_counts_and_reductions_do_not_add_up() -> None:
    due = date(2025, 1, 1)
    both = {Reduction.OPEN_LICENCE, Reduction.JOINT_APPLICANTS}
    assert reduction_rate(both, 9, due) == Decimal("0.70")
    assert reduction_rate(both, 10, due) == Decimal("0.15")
    assert reduction_rate({Reduction.SINGLE_APPLICANT}, 10, due) == 0
    assert reduction_rate({Reduction.OPEN_LICENCE}, 0, date(2024, 7, 14)) == 0
    assert reduction_rate((), 0, due) == 0


def test_reduction_runs_ten_years_from_the_grant_year() -> None:
    basis = replace(BASIS, reductions=frozenset({Reduction.SINGLE_APPLICANT}))
    assert fee_year(basis.filed_on, date(2020, 3, 3)) == 3
    assert fee_of_year(basis, 12, date(2026, 1, 1)).amount == Decimal("600.00")
    assert fee_of_year(basis, 13, date(2026, 1, 1)).amount == Decimal("6000.00")


def test_next_fee_is_the_first_not_yet_due() -> None:
    fee = next_fee("invention", BASIS.filed_on, BASIS.granted_on, date(2025, 5, 1))
    assert fee is not None
    # 31 May 2025 was a Saturday before the Dragon Boat holiday.
    assert (fee.year_number, fee.due_on, fee.amount) == (9, date(2025, 6, 3), Decimal("2000.00"))
    on_the_day = next_fee("invention", BASIS.filed_on, BASIS.granted_on, date(2025, 6, 3))
    assert on_the_day == fee
    day_after = next_fee("invention", BASIS.filed_on, BASIS.granted_on, date(2025, 6, 4))
    assert day_after is not None
    assert day_after.year_number == 10


def test_first_fee_follows_the_grant_year() -> None:
    fee = next_fee("invention", BASIS.filed_on, BASIS.granted_on, date(2018, 1, 1))
    assert fee is not None
    assert fee.year_number == 4


def test_no_fee_without_grant_or_after_the_last_year() -> None:
    assert next_fee("invention", BASIS.filed_on, None, date(2025, 1, 1)) is None
    assert next_fee("utility_model", date(2015, 1, 1), date(2016, 1, 1), date(2024, 6, 1)) is None
    for number in (3, 21):
        with pytest.raises(Invalid) as caught:
            fee_of_year(BASIS, number, date(2025, 1, 1))
        assert caught.value.reason == "fee_not_owed"


def test_a_newer_schedule_holds_from_its_day() -> None:
    old = replace(FEE_SCHEDULES[0], effective_to=date(2027, 5, 30))
    new = FeeSchedule("invention", (FeeBand(20, Decimal(1)),), "a new decree", effective_from=date(2027, 5, 31))
    assert annual_fee("invention", 11, date(2027, 5, 30), (old, new)).amount == 4000
    assert annual_fee("invention", 11, date(2027, 5, 31), (old, new)).source == "a new decree"
    assert annual_fee("invention", 11, None, (old, new)).amount == 1
    fee = next_fee_of(replace(BASIS, schedules=(old, new)), date(2026, 11, 23))
    assert fee is not None
    assert (fee.year_number, fee.amount) == (11, Decimal(1))
    with pytest.raises(Invalid) as caught:
        annual_fee("invention", 11, date(2027, 5, 31), (old,))
    assert caught.value.reason == "fee_not_scheduled"


def test_next_fee_on_an_unpublished_year_is_provisional() -> None:
    fee = next_fee("invention", date(2030, 3, 1), date(2031, 1, 1), date(2040, 1, 1))
    assert fee is not None
    assert fee.provisional


def test_fee_in_grace() -> None:
    assert fee_in_grace(BASIS, date(2025, 6, 3)) is None
    fee = fee_in_grace(BASIS, date(2025, 6, 4))
    assert fee is not None
    assert (fee.year_number, fee.surcharge) == (9, Decimal(0))
    last = fee_in_grace(BASIS, date(2025, 12, 1))
    assert last is not None  # 30 November 2025 is a Sunday
    assert last.surcharge == Decimal("500.00")
    assert fee_in_grace(BASIS, date(2025, 12, 2)) is None
    assert fee_in_grace(replace(BASIS, granted_on=None), date(2025, 6, 4)) is None
