"""What became of each invented patent: numbers, dates, status, burdens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from zhiqiao.kernel.application_numbers import check_digit
from zhiqiao.kernel.periods import add_months
from zhiqiao.kernel.terms import expiry_date
from zhiqiao.sample.seeds import number, pick

AS_OF: Final = date(2025, 12, 31)
"""The day on which the sample's legal status was looked up."""

_SERIALS_BEGIN: Final = 9_900_000
"""Serials that the office never reaches in a year, so that no number of the sample names a real patent."""

_KIND_DIGIT: Final = {"invention": "1", "utility_model": "2", "design": "3"}
_GRANT_CODE: Final = {"invention": "B", "utility_model": "U", "design": "S"}
# Application years: many recent, enough old ones to lie asleep or to have run out.
_YEARS: Final = (
    *range(2012, 2026),
    *range(2014, 2026),
    *range(2016, 2026),
    *range(2018, 2026),
    *range(2019, 2025),
    *range(2020, 2024),
)
# A patent that a need of the sample should find must be in force for long.
_LIVING_YEARS: Final = range(2018, 2023)
_MONTHS_TO_GRANT: Final = {"invention": (20, 18), "utility_model": (7, 5), "design": (5, 4)}
_MONTHS_TO_PUBLICATION: Final = (4, 15)


@dataclass(frozen=True, slots=True)
class Life:
    """``status`` in the words of a status search: 授权, 实质审查, 公开, 质押, 许可, 未缴年费, 期限届满, 放弃, 驳回.

    ``published_on`` is the publication of an application for an invention, None for the other kinds.
    """

    application_number: str
    filed_on: date
    published_on: date | None
    granted_on: date | None
    publication_number: str
    status: str
    status_on: date

    @property
    def in_force(self) -> bool:
        return self.status in ("授权", "质押", "许可")

    @property
    def validity(self) -> str:
        if self.in_force:
            return "有效"
        return "审中" if self.status in ("实质审查", "公开") else "失效"


@dataclass(frozen=True, slots=True)
class LifePlan:
    """What the composer has already settled of a patent. ``must_live``: a need expects to find it."""

    key: str
    kind: str
    serial: int
    since: int
    must_live: bool = False
    held_by_firm: bool = False


def live(plan: LifePlan) -> Life:
    return life_from(plan, _filing_day(plan))


def life_from(plan: LifePlan, filed_on: date) -> Life:
    """The life of an application filed that day; a twin shares the day of its sister."""
    base, spread = _MONTHS_TO_GRANT[plan.kind]
    granted_on = add_months(filed_on, base + number(spread, plan.key, "grant"))
    published_on = _publication_day(plan, filed_on)
    known_grant = granted_on if granted_on <= AS_OF else None
    status, status_on = _status(plan, filed_on, published_on, known_grant)
    if status == "驳回":
        known_grant = None
    return Life(
        application_number=_application_number(plan, filed_on.year),
        filed_on=filed_on,
        published_on=published_on,
        granted_on=known_grant,
        publication_number=_publication_number(plan, known_grant),
        status=status,
        status_on=status_on,
    )


def _filing_day(plan: LifePlan) -> date:
    years = [year for year in (_LIVING_YEARS if plan.must_live else _YEARS) if year >= plan.since]
    # Designs and utility models of 2025's end are not yet granted, hence not yet public.
    last_month = {"invention": 6, "utility_model": 1, "design": 3}[plan.kind]
    year = pick(years or [max(plan.since, 2022)], plan.key, "year")
    month = 1 + number(last_month if year == AS_OF.year else 12, plan.key, "month")
    return date(year, month, 1 + number(28, plan.key, "day"))


def _publication_day(plan: LifePlan, filed_on: date) -> date | None:
    if plan.kind != "invention":
        return None
    first, spread = _MONTHS_TO_PUBLICATION
    return min(add_months(filed_on, first + number(spread, plan.key, "public")), AS_OF)


def _status(plan: LifePlan, filed_on: date, published_on: date | None, granted_on: date | None) -> tuple[str, date]:
    if granted_on is None:
        examined_on = add_months(published_on or filed_on, 1)
        return ("实质审查", examined_on) if examined_on <= AS_OF else ("公开", published_on or filed_on)
    ends_on = expiry_date(plan.kind, filed_on)
    if ends_on <= AS_OF:
        return "期限届满", ends_on
    fate = number(100, plan.key, "fate")
    if plan.must_live or fate >= 24:
        return "授权", granted_on
    if plan.kind == "invention" and fate < 2:
        return "驳回", granted_on
    if fate < 10:
        return _lapse(plan, filed_on, granted_on)
    if plan.held_by_firm and fate < 18:
        return "质押", min(add_months(granted_on, 5), AS_OF)
    return ("许可", min(add_months(granted_on, 8), AS_OF)) if fate < 24 else ("授权", granted_on)


def _lapse(plan: LifePlan, filed_on: date, granted_on: date) -> tuple[str, date]:
    """Ended for want of the annual fee, on an anniversary of the filing after the grant (细则 115)."""
    first = granted_on.year - filed_on.year + 1
    last = AS_OF.year - filed_on.year - 1
    if first > last:
        return "授权", granted_on
    years = first + number(last - first + 1, plan.key, "lapse")
    return "未缴年费", add_months(filed_on, 12 * years)


def _application_number(plan: LifePlan, year: int) -> str:
    body = f"{year}{_KIND_DIGIT[plan.kind]}{_SERIALS_BEGIN + plan.serial}"
    return f"{body}.{check_digit(body)}"


def _publication_number(plan: LifePlan, granted_on: date | None) -> str:
    code = "A" if granted_on is None else _GRANT_CODE[plan.kind]
    return f"CN{_KIND_DIGIT[plan.kind]}99{plan.serial:06d}{code}"
