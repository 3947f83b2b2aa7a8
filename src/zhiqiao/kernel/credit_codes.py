"""Unified social credit codes and organisation codes (GB 32100-2015, GB 11714; domain.md §11.6).

python-stdnum is not used: it wants digits in the first two places, while the standard allows letters there,
and it does not know the organisation code inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from typing import Final

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.text import compact, plain

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Digits and letters without I, O, S, V, Z."""

_VALUE: Final = {sign: value for value, sign in enumerate(ALPHABET)}
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

_CREDIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
_ORGANISATION = re.compile(r"([0-9A-Z]{8})-?([0-9X])", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.ASCII)
_SEPARATORS = str.maketrans("", "", "-.·'`\"")
_BLANK_WORDS = frozenset({"", "/", "无", "NULL", "NONE", "NAN", "N/A"})


class BadCreditCode(Invalid):
    """Not a unified social credit code, or not an organisation code."""

    code = "credit_code_format"


@dataclass(frozen=True, slots=True)
class RegistrarHint:
    """Which authority registered the body, and what kind of body the first two characters suggest."""

    registrar: str
    kind: str | None


_HINTS: Final = {
    "1": RegistrarHint("staffing", None),
    "12": RegistrarHint("staffing", "institution"),
    "5": RegistrarHint("civil_affairs", None),
    "51": RegistrarHint("civil_affairs", "association"),
    "52": RegistrarHint("civil_affairs", "private_non_enterprise"),
    "9": RegistrarHint("market_supervision", None),
    "91": RegistrarHint("market_supervision", "enterprise"),
    "92": RegistrarHint("market_supervision", "sole_trader"),
    "93": RegistrarHint("market_supervision", "cooperative"),
}
"""domain.md §11.6 [own, high]; other first characters exist, and nothing is hinted for them."""


def parse_credit_code(raw: object) -> str:
    """The 18 characters, upper case, of a code as people write it.

    Raises ``BadCreditCode`` with ``credit_code_empty``, ``credit_code_format``, ``credit_code_scientific``
    (a number cell holds 15 digits at most, the rest is lost) or ``credit_code_check_digit``.
    """
    if isinstance(raw, float) and raw >= 1e15:
        raise BadCreditCode("credit_code_scientific", raw=raw)
    return _parse(plain(raw))


@lru_cache(maxsize=4096)
def _parse(raw: str) -> str:
    text = compact(raw).translate(_SEPARATORS)
    if text in _BLANK_WORDS:
        raise BadCreditCode("credit_code_empty", raw=raw)
    if _SCIENTIFIC.fullmatch(compact(raw)):
        raise BadCreditCode("credit_code_scientific", raw=raw)
    if not _CREDIT.fullmatch(text):
        raise BadCreditCode("credit_code_format", raw=raw)
    expected = credit_check_digit(text[:17])
    if text[17] != expected:
        raise BadCreditCode("credit_code_check_digit", raw=raw, given=text[17], expected=expected)
    return text


def credit_check_digit(body: str) -> str:
    """The 18th character for the first 17. A remainder of nought gives ``0``, not a place past the end."""
    total = sum(map(mul, (_VALUE[sign] for sign in body), _WEIGHTS))
    return ALPHABET[(31 - total % 31) % 31]


def parse_organisation_code(raw: object) -> str:
    """The nine characters of an organisation code (GB 11714), without the hyphen.

    Raises ``BadCreditCode`` with ``organisation_code_format`` or ``organisation_code_check_digit``.
    """
    match = _ORGANISATION.fullmatch(compact(plain(raw)))
    if not match:
        raise BadCreditCode("organisation_code_format", raw=raw)
    expected = organisation_check_digit(match[1])
    if match[2] != expected:
        raise BadCreditCode("organisation_code_check_digit", raw=raw, given=match[2], expected=expected)
    return match[1] + match[2]


def organisation_check_digit(body: str) -> str:
    """The ninth character for the first eight: weights 3 7 9 10 5 8 4 2, eleven minus the remainder."""
    total = sum(map(mul, (int(sign, 36) for sign in body), _ORGANISATION_WEIGHTS))
    return "0123456789X0"[11 - total % 11]


def organisation_code_in(credit_code: str) -> str:
    """The organisation code that a valid credit code carries in places 9 to 17."""
    return credit_code[8:17]


def carries_organisation_check(credit_code: str) -> bool:
    """Whether the organisation code inside bears out its own check character; a hint, not a refusal."""
    inside = organisation_code_in(credit_code)
    return organisation_check_digit(inside[:8]) == inside[8]


def registrar_hint(credit_code: str) -> RegistrarHint | None:
    """What the first two characters suggest; None where the tables do not say."""
    return _HINTS.get(credit_code[:2]) or _HINTS.get(credit_code[:1])
