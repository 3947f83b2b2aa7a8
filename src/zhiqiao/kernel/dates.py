"""Dates as offices write them: ISO, dots, Chinese, compact, Excel serials, year and month only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.text import compact, fold_hyphens, fold_width, is_missing, number_in, strip_unseen

Precision = Literal["day", "month", "year"]

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
_CHINA = timezone(timedelta(hours=8))
# Excel's 1900 system counts a 29 February 1900 that never was; from March 1900 on the zero day is this one.
_EXCEL_ZERO: Final = date(1899, 12, 30)
_SERIALS: Final = range((date(1985, 1, 1) - _EXCEL_ZERO).days, (date(2101, 1, 1) - _EXCEL_ZERO).days)

_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})\s*([-./年])\s*(\d{{1,2}})(?:\s*([-./月])\s*(\d{{1,2}})\s*[日号]?|\s*月)?{_TIME}", re.ASCII
)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-./])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.ASCII)
_DIGITS = re.compile(r"\d{4}|\d{5}|\d{6}|\d{8}", re.ASCII)
_YEAR = re.compile(r"(\d{4})年", re.ASCII)
_DECIMAL = re.compile(r"(\d{5})\.\d+", re.ASCII)
_BLANK_WORDS = frozenset({"", "-", "--", "/", "无", "NULL", "NONE", "NAN", "NAT", "N/A"})


class BadDate(Invalid):
    """Not a date that can be read in one way only."""

    code = "date_format"


@dataclass(frozen=True, slots=True, order=True)
class ParsedDate:
    """A day, or the first day of the month or year where no more was given (see ``precision``)."""

    day: date
    precision: Precision = "day"


def parse_date(raw: object) -> ParsedDate:
    """Read one cell or field as a date.

    Numbers are Excel serials of 1985–2100 in the 1900 system; an aware moment is dated in China. Raises
    ``BadDate`` with ``date_empty``, ``date_format``, ``date_range`` (no such day, or a year outside
    1900–2100) or ``date_ambiguous`` (day and month could be exchanged, or a trailing nought was lost).
    """
    if isinstance(raw, str):
        return _from_text(raw)
    if isinstance(raw, datetime):
        return _in_range((raw.astimezone(_CHINA) if raw.tzinfo else raw).date(), raw)
    if isinstance(raw, date):
        return _in_range(raw, raw)
    if is_missing(raw):
        raise BadDate("date_empty", raw=raw)
    number = number_in(raw)
    if number is None or not 0 <= number < 10**9:
        raise BadDate("date_format", raw=raw)
    return _from_number(number)


@lru_cache(maxsize=32768)
def _from_text(raw: str) -> ParsedDate:
    if match := _ISO.fullmatch(raw):
        return _day(int(match[1]), int(match[2]), int(match[3]), raw)
    text = fold_hyphens(fold_width(strip_unseen(raw))).strip().strip("'\"").upper()
    if compact(text) in _BLANK_WORDS:
        raise BadDate("date_empty", raw=raw)
    if _DIGITS.fullmatch(text):
        return _from_digits(text, raw)
    if match := _YEAR_FIRST.fullmatch(text):
        return _year_first(match, raw)
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(int(match[1]), int(match[3]), int(match[4]), raw)
    if match := _YEAR.fullmatch(text):
        return _month(int(match[1]), 1, raw, "year")
    if match := _DECIMAL.fullmatch(text):
        return _from_digits(match[1], raw)
    raise BadDate("date_format", raw=raw)


def _year_first(match: re.Match[str], raw: object) -> ParsedDate:
    year, mark, month, second_mark, day = match.groups()
    if day is None:
        return _month(int(year), int(month), raw, "month")
    if (mark == "年") != (second_mark == "月") or (mark != "年" and mark != second_mark):
        raise BadDate("date_format", raw=raw)
    return _day(int(year), int(month), int(day), raw)


def _year_last(first: int, second: int, year: int, raw: object) -> ParsedDate:
    if first <= 12 and second <= 12 and first != second:
        raise BadDate("date_ambiguous", raw=raw)
    day, month = (first, second) if first > 12 else (second, first)
    return _day(year, month, day, raw)


def _from_digits(text: str, raw: object) -> ParsedDate:
    if len(text) == 8:
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]), raw)
    if len(text) == 6:
        return _month(int(text[:4]), int(text[4:]), raw, "month")
    if len(text) == 5:
        return _from_serial(int(text), raw)
    return _month(int(text), 1, raw, "year")


def _from_number(raw: int | float | Decimal) -> ParsedDate:
    whole = int(raw)
    if whole in _SERIALS:
        return _from_serial(whole, raw)
    text = str(whole) if whole == raw else str(raw)
    year, _, decimals = text.partition(".")
    if decimals == "1" and len(year) == 4:
        # The cell 2021.1 was typed as January or as October (2021.10): a number keeps no nought.
        raise BadDate("date_ambiguous", raw=raw)
    return _from_text(text)


def _from_serial(serial: int, raw: object) -> ParsedDate:
    if serial not in _SERIALS:
        raise BadDate("date_range", raw=raw)
    return ParsedDate(_EXCEL_ZERO + timedelta(days=serial))


def _month(year: int, month: int, raw: object, precision: Precision) -> ParsedDate:
    return ParsedDate(_day(year, month, 1, raw).day, precision)


def _day(year: int, month: int, day: int, raw: object) -> ParsedDate:
    try:
        return _in_range(date(year, month, day), raw)
    except ValueError:
        raise BadDate("date_range", raw=raw) from None


def _in_range(day: date, raw: object) -> ParsedDate:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadDate("date_range", raw=raw)
    return ParsedDate(day)
