"""Publication numbers and what their kind code meant on the day of publication (domain.md §11.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.text import compact

Meaning = Literal["application", "examined", "grant", "partial_invalidation", "correction"]

_FORM = re.compile(r"(?:CN)?(\d{9}|\d{8}|\d{7})([ABCUYSD])(\d?)", re.ASCII)
_FOREIGN = re.compile(r"(?!CN)[A-Z]{2}.*\d.*", re.ASCII)
_APPLICATION = re.compile(r"(?:CN|ZL)*(?:\d{12}|(?:8[5-9]|9\d|0[0-3])\d{6})[.]?[\dX]?", re.ASCII)

_KIND_OF_SERIAL: Final = {"1": "invention", "2": "utility_model", "3": "design"}
_KIND_OF_LETTER: Final = {
    "A": "invention",
    "B": "invention",
    "C": "invention",
    "U": "utility_model",
    "Y": "utility_model",
    "S": "design",
    "D": "design",
}


class BadPublicationNumber(Invalid):
    """Not a Chinese publication number."""

    code = "publication_format"


@dataclass(frozen=True, slots=True)
class PublicationNumber:
    """One published document. ``key`` is like ``CN101234567B``; ``kind_code`` like ``B`` or ``B8``."""

    key: str
    serial: str
    kind_code: str
    kind: str

    def meaning(self, published_on: date | None) -> Meaning | None:
        return meaning(self.kind_code, published_on)


@dataclass(frozen=True, slots=True)
class KindCodeEra:
    """What a bare letter said from ``since`` up to, not including, ``until`` (None: open)."""

    letter: str
    says: Meaning
    since: date | None
    until: date | None
    source: str
    certain: bool = True


_NEW_CODES: Final = date(2010, 4, 1)
_FIRST_AMENDMENT: Final = date(1993, 1, 1)
_FACTS = "domain.md §11.2 [own, high]"
_OLD = "ZC 0008-2004, history of codes; not in domain.md [own, medium]"

KIND_CODE_ERAS: Final = (
    KindCodeEra("A", "application", None, None, _FACTS),
    KindCodeEra("B", "examined", None, _FIRST_AMENDMENT, _OLD, certain=False),
    KindCodeEra("B", "grant", _NEW_CODES, None, _FACTS),
    KindCodeEra("C", "grant", None, _NEW_CODES, _FACTS),
    KindCodeEra("C", "partial_invalidation", _NEW_CODES, None, _FACTS),
    KindCodeEra("U", "application", None, _FIRST_AMENDMENT, _OLD, certain=False),
    KindCodeEra("U", "grant", _NEW_CODES, None, _FACTS),
    KindCodeEra("Y", "grant", None, _NEW_CODES, _FACTS),
    KindCodeEra("Y", "partial_invalidation", _NEW_CODES, None, _FACTS),
    KindCodeEra("S", "application", None, _FIRST_AMENDMENT, _OLD, certain=False),
    KindCodeEra("S", "grant", _NEW_CODES, None, _FACTS),
    KindCodeEra("D", "grant", None, _NEW_CODES, _FACTS),
)
"""Bare letters. Between the eras of a letter it was not in use and means nothing."""


def parse_publication_number(raw: object) -> PublicationNumber:
    """Read ``CN`` + 7 or 9 digits + kind code; the numbers of 1985–1988 had 8 digits, as the applications.

    Raises ``BadPublicationNumber`` with ``publication_empty``, ``publication_format``,
    ``publication_kind`` (letter and first digit belong to different kinds of patent),
    ``publication_foreign``, or ``publication_application`` (an application number given instead).
    """
    text = compact(raw) if isinstance(raw, str) else ""
    if not text and (raw is None or isinstance(raw, str)):
        raise BadPublicationNumber("publication_empty", raw=raw)
    match = _FORM.fullmatch(text)
    if not match:
        raise BadPublicationNumber(_why_not(text), raw=raw)
    serial, letter, digit = match.groups()
    kind = _KIND_OF_SERIAL.get(serial[2] if len(serial) == 8 else serial[0])
    if kind is None or kind != _KIND_OF_LETTER[letter]:
        raise BadPublicationNumber("publication_kind", raw=raw, letter=letter, serial=serial)
    if len(serial) == 8 and not "85" <= serial[:2] <= "88":
        raise BadPublicationNumber("publication_format", raw=raw)
    return PublicationNumber(f"CN{serial}{letter}{digit}", serial, letter + digit, kind)


def _why_not(text: str) -> str:
    if _APPLICATION.fullmatch(text):
        return "publication_application"
    return "publication_foreign" if _FOREIGN.fullmatch(text) else "publication_format"


def meaning(kind_code: str, published_on: date | None) -> Meaning | None:
    """What the kind code says about the document; None where the code was not in use on that day.

    Without a day only a letter that never changed its meaning is answered.
    """
    letter, digit = kind_code[:1], kind_code[1:]
    if letter not in _KIND_OF_LETTER:
        return None
    if digit:
        return _numbered(letter, digit)
    eras = [era for era in KIND_CODE_ERAS if era.letter == letter]
    if published_on is None:
        said = {era.says for era in eras}
        return said.pop() if len(said) == 1 else None
    for era in eras:
        if (era.since is None or era.since <= published_on) and (era.until is None or published_on < era.until):
            return era.says
    return None


def _numbered(letter: str, digit: str) -> Meaning | None:
    if digit in "89":
        return "correction"
    return "partial_invalidation" if letter in "CYSD" and digit in "1234567" else None
