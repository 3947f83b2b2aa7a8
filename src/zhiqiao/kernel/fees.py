"""Annual fees: what is due when, what lateness costs, what reductions take off (domain.md §11.5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.periods import PUBLISHED_PLAN, HolidayPlan, add_months, add_years, roll_over
from zhiqiao.kernel.terms import term_years

GRACE_MONTHS: Final = 6
SURCHARGE_PER_MONTH: Final = Decimal("0.05")
"""Implementing Rules art. 115: of the full fee, for every month beyond the first."""

_CENT: Final = Decimal("0.01")


class Reduction(StrEnum):
    """Grounds on which less is paid. They do not add up: the best one counts."""

    SINGLE_APPLICANT = "single_applicant"
    JOINT_APPLICANTS = "joint_applicants"
    OPEN_LICENCE = "open_licence"


@dataclass(frozen=True, slots=True)
class ReductionRule:
    """``rate`` taken off fees due from ``effective_from`` to ``effective_to``; ``fee_years`` from the grant year."""

    reduction: Reduction
    rate: Decimal
    fee_years: int | None
    source: str
    effective_from: date | None = None
    effective_to: date | None = None


REDUCTION_RULES: Final = (
    ReductionRule(Reduction.SINGLE_APPLICANT, Decimal("0.85"), 10, "domain.md §11.5 [S85; own, high]"),
    ReductionRule(Reduction.JOINT_APPLICANTS, Decimal("0.70"), 10, "domain.md §11.5 [S85; own, high]"),
    ReductionRule(
        Reduction.OPEN_LICENCE,
        Decimal("0.15"),
        None,
        "财税〔2024〕23号 [S26]; while the licence is worked, not merely declared [own, medium]",
        effective_from=date(2024, 7, 15),
    ),
)


@dataclass(frozen=True, slots=True)
class FeeBand:
    """Yuan a year up to and including patent year ``last_year``."""

    last_year: int
    amount: Decimal
    certain: bool = True


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """The fees of one kind of patent.

    For fees due from ``effective_from`` to ``effective_to``, both included; None is open.
    """

    kind: str
    bands: tuple[FeeBand, ...]
    source: str
    effective_from: date | None = None
    effective_to: date | None = None


def _bands(*steps: tuple[int, int]) -> tuple[FeeBand, ...]:
    return tuple(FeeBand(last_year, Decimal(amount)) for last_year, amount in steps)


_SHORT_BANDS: Final = _bands((3, 600), (5, 900), (8, 1200), (10, 2000))

FEE_SCHEDULES: Final = (
    FeeSchedule(
        "invention",
        _bands((3, 900), (6, 1200), (9, 2000), (12, 4000), (15, 6000), (20, 8000)),
        "domain.md §11.5 [S83]",
    ),
    FeeSchedule("utility_model", _SHORT_BANDS, "domain.md §11.5 [S83]"),
    FeeSchedule(
        "design",
        (*_SHORT_BANDS, FeeBand(15, Decimal(3000), certain=False)),
        "domain.md §11.5 [S83]; years 11–15 [own, high], not found in the sources (§15 no. 14)",
    ),
)


@dataclass(frozen=True, slots=True)
class AnnualFee:
    """The full fee of one patent year in yuan; ``certain`` is False where its source is not an official one."""

    amount: Decimal
    certain: bool
    source: str


@dataclass(frozen=True, slots=True)
class FeeBasis:
    """What the fees of one patent depend on. ``granted_on`` None: not granted, so nothing is due.

    ``schedules`` and ``reduction_rules`` may be replaced by a city's own, newer tables.
    """

    kind: str
    filed_on: date
    granted_on: date | None
    reductions: frozenset[Reduction] = frozenset()
    schedules: tuple[FeeSchedule, ...] = FEE_SCHEDULES
    reduction_rules: tuple[ReductionRule, ...] = REDUCTION_RULES


@dataclass(frozen=True, slots=True)
class FeeDue:
    """One annual fee as it stands on a day. Amounts in yuan.

    ``amount`` is after the best reduction, ``full_amount`` before; ``surcharge`` is what lateness adds on that
    day. After ``grace_until`` the patent lapses from the end of the paid year. ``provisional``: a holiday plan
    is not published yet.
    """

    year_number: int
    due_on: date
    amount: Decimal
    grace_until: date
    surcharge: Decimal
    certain: bool
    full_amount: Decimal
    provisional: bool

    @property
    def total(self) -> Decimal:
        return self.amount + self.surcharge


def annual_fee(
    kind: str,
    year_number: int,
    due_on: date | None = None,
    schedules: tuple[FeeSchedule, ...] = FEE_SCHEDULES,
) -> AnnualFee:
    """The full fee of a patent year, after the schedule in force on ``due_on`` (None: the open one).

    Raises ``fee_not_scheduled`` where no schedule covers the kind, the year or the day.
    """
    for schedule in schedules:
        if schedule.kind != kind or not _in_force(schedule.effective_from, schedule.effective_to, due_on):
            continue
        for band in schedule.bands:
            if 1 <= year_number <= band.last_year:
                return AnnualFee(band.amount, band.certain, schedule.source)
    raise Invalid("fee_not_scheduled", kind=kind, year_number=year_number, due_on=due_on)


def _in_force(since: date | None, until: date | None, day: date | None) -> bool:
    if day is None:
        return until is None
    return (since is None or since <= day) and (until is None or day <= until)


def total_fees(kind: str, years: int) -> Decimal:
    """The full fees of the first ``years`` patent years together, in yuan."""
    return sum((annual_fee(kind, number).amount for number in range(1, years + 1)), Decimal(0))


def fee_year(filed_on: date, day: date) -> int:
    """The patent year in which a day lies: the first begins on the filing date, the n-th n−1 years later.

    Raises ``day_before_filing``.
    """
    if day < filed_on:
        raise Invalid("day_before_filing", filed_on=filed_on, day=day)
    number = day.year - filed_on.year
    return number + 1 if add_years(filed_on, number) <= day else number


def surcharge_months(anniversary: date, day: date) -> int:
    """Months that bear a surcharge on a day: none in the first month of lateness, five in the sixth."""
    return sum(day > add_months(anniversary, months) for months in range(1, GRACE_MONTHS))


def reduction_rate(
    reductions: Collection[Reduction],
    years_since_grant: int,
    due_on: date,
    rules: tuple[ReductionRule, ...] = REDUCTION_RULES,
) -> Decimal:
    """The best of the rates that hold; ``years_since_grant`` is 0 for the fee of the grant year."""
    rates = [
        rule.rate
        for rule in rules
        if rule.reduction in reductions
        and (rule.fee_years is None or years_since_grant < rule.fee_years)
        and _in_force(rule.effective_from, rule.effective_to, due_on)
    ]
    return max(rates, default=Decimal(0))


def fee_of_year(basis: FeeBasis, year_number: int, today: date, plan: HolidayPlan = PUBLISHED_PLAN) -> FeeDue:
    """The fee of one patent year after the grant year, with the surcharge as it stands today.

    Due before the year begins, at the day corresponding to the filing date. Grace and surcharge count from
    that day as the calendar has it, not as holidays move it: the earlier reading costs nobody a right.
    Raises ``fee_not_owed`` where the patent has no such fee.
    """
    first, last = _owed_years(basis)
    if not first <= year_number <= last or basis.granted_on is None:
        raise Invalid("fee_not_owed", kind=basis.kind, year_number=year_number)
    anniversary = add_years(basis.filed_on, year_number - 1)
    due, grace = roll_over(anniversary, plan), roll_over(add_months(anniversary, GRACE_MONTHS), plan)
    fee = annual_fee(basis.kind, year_number, anniversary, basis.schedules)
    since_grant = year_number - fee_year(basis.filed_on, basis.granted_on)
    rate = reduction_rate(basis.reductions, since_grant, anniversary, basis.reduction_rules)
    late = surcharge_months(anniversary, today)
    return FeeDue(
        year_number=year_number,
        due_on=due.day,
        amount=(fee.amount * (1 - rate)).quantize(_CENT),
        grace_until=grace.day,
        surcharge=(fee.amount * SURCHARGE_PER_MONTH * late).quantize(_CENT),
        certain=fee.certain,
        full_amount=fee.amount,
        provisional=due.provisional or grace.provisional,
    )


def _owed_years(basis: FeeBasis) -> tuple[int, int]:
    """First and last patent year whose fee falls due after the grant; the grant year's is paid with it."""
    if basis.granted_on is None:
        return 1, 0  # an empty range
    return fee_year(basis.filed_on, basis.granted_on) + 1, term_years(basis.kind, basis.filed_on)


def next_fee(
    kind: str,
    filed_on: date,
    granted_on: date | None,
    today: date,
    reduction: Collection[Reduction] = (),
) -> FeeDue | None:
    """The next fee to fall due, today included, if all earlier ones are paid.

    None where the patent is not granted or no further fee will come. For a fee that is already late see
    ``fee_in_grace``.
    """
    return next_fee_of(FeeBasis(kind, filed_on, granted_on, frozenset(reduction)), today)


def next_fee_of(basis: FeeBasis, today: date, plan: HolidayPlan = PUBLISHED_PLAN) -> FeeDue | None:
    """``next_fee`` for a basis that brings its own tables, or under another holiday plan."""
    first, last = _owed_years(basis)
    begun = fee_year(basis.filed_on, max(today, basis.filed_on))
    for number in range(max(first, begun), last + 1):
        fee = fee_of_year(basis, number, today, plan)
        if fee.due_on >= today:
            return fee
    return None


def fee_in_grace(basis: FeeBasis, today: date, plan: HolidayPlan = PUBLISHED_PLAN) -> FeeDue | None:
    """The fee whose grace period runs today; it is owed only if the holder has not paid (等年费滞纳金)."""
    first, last = _owed_years(basis)
    number = fee_year(basis.filed_on, max(today, basis.filed_on))
    if not first <= number <= last:
        return None
    fee = fee_of_year(basis, number, today, plan)
    return fee if fee.due_on < today <= fee.grace_until else None
