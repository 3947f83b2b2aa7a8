"""Cleaning of text as it comes from spreadsheets, forms and exports, before any rule reads it."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

from zhiqiao.kernel.errors import Invalid

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

# Control characters but tab and newline, marks that show nothing (zero width, direction, soft hyphen,
# byte order) and lone surrogates, which no database and no file encoding takes.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
)
_LARGEST_CELL = 10**308
_BLANKS = re.compile(r"[^\S\n]+")
_SPACE_AROUND_BREAK = re.compile(r" ?\n ?")
_ANY_SPACE = re.compile(r"\s+")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\ufe63\u00ad"), "-")


def fold_width(text: str) -> str:
    """Turn full-width letters, digits, signs and the ideographic space into their ASCII forms.

    Unlike NFKC it leaves ①, ², ㎡ and the Chinese full stop alone, so it is safe on contents.
    """
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def strip_unseen(text: str) -> str:
    """Drop NUL, control characters, zero-width and direction marks, and lone surrogates."""
    return _UNSEEN.sub("", text)


def fold_hyphens(text: str) -> str:
    """Write every dash and minus sign as ``-``."""
    return text if text.isascii() else text.translate(_HYPHENS)


def compact(text: str) -> str:
    """A code as typed, ready to be read: half width, no unseen characters, no spaces, upper case."""
    if text.isascii():
        return _ANY_SPACE.sub("", strip_unseen(text)).upper()
    folded = unicodedata.normalize("NFKC", strip_unseen(text))
    return fold_hyphens(_ANY_SPACE.sub("", folded)).upper()


def is_missing(raw: object) -> bool:
    """Whether a cell holds nothing: None, or a NaN of any type."""
    if isinstance(raw, Decimal):
        return raw.is_nan()
    return raw is None or (isinstance(raw, float) and math.isnan(raw))


def number_in(raw: object) -> int | float | Decimal | None:
    """The cell's value if it is a number cell that a spreadsheet could hold; None for all else, truth values too."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal)) or is_missing(raw):
        return None
    return raw if -_LARGEST_CELL < raw < _LARGEST_CELL else None


def plain(raw: object) -> str:
    """One cell as text. None and NaN are empty; a whole number has no ``.0``."""
    if isinstance(raw, str):
        return raw
    if is_missing(raw):
        return ""
    if isinstance(raw, float):
        return _plain_float(raw)
    return str(raw)


def _plain_float(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)


def clean_text(raw: object, limit: int | None = None) -> str:
    """A cell's text, fit to be stored: NFC, no unseen characters, single blanks, trimmed, line breaks kept.

    Raises ``text_too_long`` with ``limit`` and ``length`` where the cleaned text is longer than ``limit``
    characters; nothing is cut off silently.
    """
    text = plain(raw)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _BLANKS.sub(" ", _UNSEEN.sub("", text))
    text = _SPACE_AROUND_BREAK.sub("\n", text).strip()
    if limit is not None and len(text) > limit:
        raise Invalid("text_too_long", limit=limit, length=len(text))
    return text


def clean_line(raw: object, limit: int | None = None) -> str:
    """Like ``clean_text`` for what belongs on one line (a title, a name): line breaks become blanks."""
    return clean_text(plain(raw).replace("\r", " ").replace("\n", " "), limit)
