"""Statutory periods: months and working days, and the roll-over at holidays (Implementing Rules art. 5)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Protocol

import chinese_calendar

from zhiqiao.kernel.errors import Invalid

_ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """The last day of a period. ``provisional``: it may move once the holiday plan of its year is published."""

    day: date
    provisional: bool = False


class HolidayPlan(Protocol):
    """Which days are worked, and for which years the State Council has said so."""

    def is_published(self, year: int) -> bool: ...

    def is_working_day(self, day: date) -> bool:
        """Whether the day is worked; for a year not yet published, whether it is a weekday."""
        ...


class PublishedPlan:
    """The plans of the State Council, holidays and exchanged working days, as chinesecalendar carries them."""

    def is_published(self, year: int) -> bool:
        return _is_carried(year)

    def is_working_day(self, day: date) -> bool:
        if _is_carried(day.year):
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < _SATURDAY


@lru_cache(maxsize=512)
def _is_carried(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@dataclass(frozen=True)
class UpdatedPlan:
    """A plan with days set right by hand, and the years that these corrections make complete.

    ``worked`` maps a day to whether it is worked.
    """

    worked: Mapping[date, bool]
    years: frozenset[int] = frozenset()
    base: HolidayPlan = field(default_factory=PublishedPlan)

    def is_published(self, year: int) -> bool:
        return year in self.years or self.base.is_published(year)

    def is_working_day(self, day: date) -> bool:
        set_right = self.worked.get(day)
        return self.base.is_working_day(day) if set_right is None else set_right


PUBLISHED_PLAN: Final[HolidayPlan] = PublishedPlan()


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` later (or earlier); the month's last day where it has none."""
    ordinal = day.year * 12 + day.month - 1 + months
    year, month = divmod(ordinal, 12)
    if not 1 <= year <= 9999:
        raise Invalid("date_range", day=day, months=months)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_years(day: date, years: int) -> date:
    """The corresponding day ``years`` later: 29 February becomes the 28th in a common year."""
    return add_months(day, 12 * years)


def roll_over(day: date, plan: HolidayPlan = PUBLISHED_PLAN) -> Deadline:
    """The day itself if it is worked, else the first working day after it."""
    provisional = not plan.is_published(day.year)
    while not plan.is_working_day(day):
        day += _ONE_DAY
        provisional = provisional or not plan.is_published(day.year)
    return Deadline(day, provisional)


def deadline_after(start: date, *, months: int = 0, days: int = 0, plan: HolidayPlan = PUBLISHED_PLAN) -> Deadline:
    """The last day of a period of months or of days that begins with ``start``, which is not counted.

    Rolled over to the next working day (Implementing Rules art. 5). Raises ``period_length`` unless exactly
    one of the two lengths is given and positive.
    """
    if (months > 0) == (days > 0) or months < 0 or days < 0:
        raise Invalid("period_length", months=months, days=days)
    return roll_over(add_months(start, months) if months else start + timedelta(days=days), plan)


def working_days_after(start: date, count: int, plan: HolidayPlan = PUBLISHED_PLAN) -> Deadline:
    """The ``count``-th working day after ``start``. Raises ``period_length`` where count is below one."""
    if count < 1:
        raise Invalid("period_length", working_days=count)
    day, provisional = start, False
    while count:
        day += _ONE_DAY
        provisional = provisional or not plan.is_published(day.year)
        count -= plan.is_working_day(day)
    return Deadline(day, provisional)
