"""Chinese application and patent numbers of both eras, with their check digit (domain.md §11.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import mul
from typing import Final

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.text import compact, is_missing, number_in

KIND_OF_DIGIT: Final = {
    "1": "invention",
    "2": "utility_model",
    "3": "design",
    "8": "invention",
    "9": "utility_model",
}
"""The kind digit of the number: 8 and 9 are PCT applications that entered China."""

FIRST_YEAR: Final = 1985
LONG_NUMBERS_SINCE: Final = 2003
"""12-digit numbers are given since 2003-10-01; 8-digit ones were given until then."""

_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_CHECK_DIGITS: Final = "0123456789X"
# The digits are taken as ASCII bytes; 48 is "0". Taking it out once is faster than twelve int() calls.
_OFFSET: Final = {size: 48 * sum(_WEIGHTS[:size]) for size in (8, 12)}

_CLEAN = re.compile(r"(?:CN|ZL)?(\d{12}|\d{8})\.?([\dX])", re.ASCII)
_LOOSE = re.compile(r"(?:(?:CN|ZL)[-.:]?)*(\d{12}|\d{8})[.\-·。]?([\dX]?)", re.ASCII)
_BODY = re.compile(r"\d{8}|\d{12}", re.ASCII)
_WHOLE_AS_FLOAT = re.compile(r"(\d{8,9}|\d{12,13})\.0", re.ASCII)
_SCIENTIFIC = re.compile(r"(?:CN|ZL)*([+-]?\d+(?:\.\d*)?)E([+-]?\d+)", re.ASCII)
_PUBLICATION = re.compile(r"(?:(?:CN)?(?:\d{7}|\d{8}|\d{9})[A-WYZ]\d?|CN\d{7}|(?:CN)?[123]\d{8})", re.ASCII)
_FOREIGN = re.compile(r"(?:PCT|(?!CN|ZL)[A-Z]{2}).*\d.*", re.ASCII)
_BEYOND_ANY: Final = 10**14
_BLANK_WORDS = frozenset({"", "-", "--", "/", "无", "NULL", "NONE", "NAN", "N/A"})


class BadApplicationNumber(Invalid):
    """Not a Chinese application number. Facts: ``raw``, and for a wrong check digit ``given``, ``expected``."""

    code = "number_format"


@dataclass(frozen=True, slots=True)
class ApplicationNumber:
    """One application, known by its number; equal whatever way the number was written.

    ``key`` holds digits and check digit without the dot (13 or 9 characters). ``check_filled``: the check
    digit was not given and was computed. ``repaired``: a spreadsheet had written ``.0`` behind the number.
    """

    key: str
    kind: str
    year: int
    check_filled: bool = field(default=False, compare=False)
    repaired: bool = field(default=False, compare=False)

    @property
    def pct(self) -> bool:
        """Whether the application entered China under the PCT."""
        return self.key[4 if len(self.key) == 13 else 2] in "89"

    @property
    def shown(self) -> str:
        return f"{self.key[:-1]}.{self.key[-1]}"

    @property
    def patent_number(self) -> str:
        return f"ZL{self.key[:-1]}.{self.key[-1]}"


def check_digit(body: str) -> str:
    """The check digit of a number of 12 or 8 digits: weights 2–9 repeated, modulo 11, ten is X."""
    if not _BODY.fullmatch(body):
        raise BadApplicationNumber("number_format", raw=body)
    return _check_digit(body)


def _check_digit(body: str) -> str:
    return _CHECK_DIGITS[(sum(map(mul, body.encode(), _WEIGHTS)) - _OFFSET[len(body)]) % 11]


def parse_application_number(raw: object, *, today: date | None = None) -> ApplicationNumber:
    """Read an application or patent number as people and spreadsheets write it.

    ``today`` bounds the year (the machine's date where None). Raises ``BadApplicationNumber`` with
    ``number_empty``, ``number_format``, ``number_check_digit``, ``number_kind``, ``number_year``,
    ``number_scientific`` (digits lost in E notation), ``number_foreign`` or ``number_publication``.
    """
    last_year = (today or date.today()).year
    if type(raw) is str:
        match = _CLEAN.fullmatch(raw)
        if match and raw[-2:] != ".0":
            return _checked(match[1], match[2], raw, last_year)
        return _from_text(raw, last_year)
    return _from_cell(raw, last_year)


def _from_text(raw: str, last_year: int) -> ApplicationNumber:
    text = compact(raw).lstrip("'`\"").rstrip("\"'")
    if text in _BLANK_WORDS:
        raise BadApplicationNumber("number_empty", raw=raw)
    if whole := _WHOLE_AS_FLOAT.fullmatch(text):
        return _from_whole_text(whole[1], raw, last_year)
    if match := _LOOSE.fullmatch(text):
        return _completed(match[1], match[2], raw, last_year)
    if match := _SCIENTIFIC.fullmatch(text):
        return _from_scientific(match[1], int(match[2]), raw, last_year)
    if _PUBLICATION.fullmatch(text):
        raise BadApplicationNumber("number_publication", raw=raw)
    if _FOREIGN.fullmatch(text):
        raise BadApplicationNumber("number_foreign", raw=raw)
    raise BadApplicationNumber("number_format", raw=raw)


def _completed(body: str, check: str, raw: object, last_year: int) -> ApplicationNumber:
    if check:
        return _checked(body, check, raw, last_year)
    return _filled(body, raw, last_year, repaired=False)


def _from_whole_text(digits: str, raw: str, last_year: int) -> ApplicationNumber:
    """``<digits>.0`` in a text: spreadsheets and data frames write whole numbers in this way."""
    if len(digits) in (9, 13):
        read = _completed(digits[:-1], digits[-1], raw, last_year)
        return ApplicationNumber(read.key, read.kind, read.year, repaired=True)
    if len(digits) == 8 or _check_digit(digits) == "0":
        # Eight digits and .0 are read as written: the short form was typed with its dot for twenty years.
        return _checked(digits, "0", raw, last_year)
    _refuse_rounded(digits, raw)
    return _filled(digits, raw, last_year, repaired=True)


def _from_cell(raw: object, last_year: int) -> ApplicationNumber:
    """A number cell. Its whole part is exact below 2**53; its decimal can only be the check digit."""
    if is_missing(raw):
        raise BadApplicationNumber("number_empty", raw=raw)
    number = number_in(raw)
    if number is None or not 0 < number < _BEYOND_ANY:
        raise BadApplicationNumber("number_format", raw=raw)
    text = format(number, "f") if isinstance(number, Decimal) else repr(number)
    whole, _, decimals = text.partition(".")
    if decimals.strip("0"):
        return _from_text(text, last_year)
    _refuse_rounded(whole, raw)
    if len(whole) in (8, 12) and whole.isdigit():
        return _from_whole_cell(whole, decimals, raw, last_year)
    return _from_text(whole, last_year)


def _from_whole_cell(whole: str, decimals: str, raw: object, last_year: int) -> ApplicationNumber:
    if decimals == "0" and _check_digit(whole) == "0":
        return _checked(whole, "0", raw, last_year)
    return _filled(whole, raw, last_year, repaired=False)


def _refuse_rounded(digits: str, raw: object) -> None:
    """Refuse a whole number that once was shown as 2.02E+12: at most six digits and then zeros."""
    if len(digits) >= 12 and len(digits.rstrip("0")) <= 6:
        raise BadApplicationNumber("number_scientific", raw=raw)


def _from_scientific(mantissa: str, exponent: int, raw: str, last_year: int) -> ApplicationNumber:
    """Expand E notation only where every digit up to the check digit is there and the check digit is right.

    A mantissa of 12 digits is refused: it may be a number with its check digit rounded away.
    """
    digits = mantissa.replace(".", "")
    whole = len(mantissa.partition(".")[0]) + exponent
    if len(digits) not in (9, 13) or not digits.isdigit() or whole not in (len(digits), len(digits) - 1):
        raise BadApplicationNumber("number_scientific", raw=raw)
    if _check_digit(digits[:-1]) != digits[-1]:
        raise BadApplicationNumber("number_scientific", raw=raw)
    return _checked(digits[:-1], digits[-1], raw, last_year)


def _checked(body: str, check: str, raw: object, last_year: int) -> ApplicationNumber:
    kind, year = _kind_and_year(body, check, raw, last_year)
    expected = _check_digit(body)
    if check != expected:
        raise BadApplicationNumber("number_check_digit", raw=raw, given=check, expected=expected)
    return ApplicationNumber(body + check, kind, year)


def _filled(body: str, raw: object, last_year: int, *, repaired: bool) -> ApplicationNumber:
    kind, year = _kind_and_year(body, "", raw, last_year)
    return ApplicationNumber(body + _check_digit(body), kind, year, check_filled=True, repaired=repaired)


def _kind_and_year(body: str, check: str, raw: object, last_year: int) -> tuple[str, int]:
    if len(body) == 12:
        year, first_year, kind_digit, serial = int(body[:4]), LONG_NUMBERS_SINCE, body[4], body[5:]
    else:
        short_year = int(body[:2])
        year = short_year + (1900 if short_year > LONG_NUMBERS_SINCE % 100 else 2000)
        first_year, kind_digit, serial = FIRST_YEAR, body[2], body[3:]
    if not first_year <= year <= last_year:
        # 10–39 was never a year of the short numbers, and every 9-digit publication number starts so.
        code = "number_publication" if len(body) == 8 and check and body[0] in "123" else "number_year"
        raise BadApplicationNumber(code, raw=raw, year=year)
    kind = KIND_OF_DIGIT.get(kind_digit)
    if kind is None:
        raise BadApplicationNumber("number_kind", raw=raw, kind_digit=kind_digit)
    if not serial.strip("0"):
        raise BadApplicationNumber("number_format", raw=raw)
    return kind, year
