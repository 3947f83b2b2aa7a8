"""One cell into one value. Empty cells never get here; what a converter cannot read it refuses by code."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from zhiqiao.exchange.cells import EXCEL_ERRORS, Cell, cell_text
from zhiqiao.kernel.classes import BadClass, parse_class, split_classes
from zhiqiao.kernel.credit_codes import parse_credit_code
from zhiqiao.kernel.dates import ParsedDate, parse_date
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.money import Unit, parse_money
from zhiqiao.kernel.names import split_names
from zhiqiao.kernel.text import clean_line, clean_text, compact

Converter = Callable[[Cell], Any]

_NOTHING = frozenset(
    {"", "-", "--", "---", "—", "——", "/", "\\", "无", "null", "none", "nan", "n/a", "暂无", "无数据", "空"}
)
_YES = frozenset({"是", "有", "yes", "y", "true", "1", "√", "✓", "对", "属于", "已实施"})
_NO = frozenset({"否", "无", "没有", "不是", "no", "n", "false", "0", "×", "x", "不属于", "非"})
_LIST_MARKS = re.compile(r"\s*[;；|\n]\s*")
_COUNT = re.compile(r"(\d{1,7})(?:\.0+)?(?:次|件|项|个)?")
_POSTCODE = re.compile(r"\d{6}", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.ASCII)
_LINE_LIMIT = 255
_NAME_LIMIT = 255
_TEXT_LIMIT = 1_000_000


class CellRefused(Invalid):
    """A cell that does not hold what its heading says."""

    code = "cell_format"


class PartlyRead(CellRefused):
    """Some of a cell's parts could be read: ``value`` holds them."""

    def __init__(self, code: str, value: Any, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.value = value


def is_nothing(cell: Cell) -> bool:
    """Empty, or one of the words that offices write for empty."""
    return cell is None or (isinstance(cell, str) and cell.strip().lower() in _NOTHING)


def read_text(cell: Cell) -> str | None:
    """Several lines, cleaned. Raises text_damaged, cell_error, text_too_long."""
    return _refuse_damage(clean_text(_written(cell), limit=_TEXT_LIMIT))


def line_reader(limit: int) -> Callable[[Cell], str | None]:
    """One line of at most ``limit`` characters, the width of the column it is stored in; longer is refused, not cut."""

    def read(cell: Cell) -> str | None:
        return _refuse_damage(clean_line(_written(cell), limit=limit))

    return read


read_line = line_reader(_LINE_LIMIT)


def read_note(cell: Cell) -> str | None:
    """For columns kept as they are: only what cannot be stored is taken off."""
    return clean_text(cell_text(cell)) or None


def _written(cell: Cell) -> str:
    text = cell if isinstance(cell, str) else cell_text(cell)
    if text.startswith("#") and text.strip().upper() in EXCEL_ERRORS:
        raise CellRefused("cell_error")
    return text


def _refuse_damage(text: str) -> str | None:
    if "\ufffd" in text:
        raise CellRefused("text_damaged")
    return None if text.lower() in _NOTHING else text


def read_date(cell: Cell) -> ParsedDate | None:
    if isinstance(cell, (str, int, float, datetime, date)) and not isinstance(cell, bool):
        return _date(cell)
    return parse_date(cell)


@lru_cache(maxsize=65536, typed=True)
def _date(cell: str | int | float | date) -> ParsedDate | None:
    return None if is_nothing(cell) else parse_date(cell)


def read_names(cell: Cell) -> tuple[str, ...]:
    return _names(_written(cell))


@lru_cache(maxsize=32768)
def _names(text: str) -> tuple[str, ...]:
    if "\ufffd" in text:
        raise CellRefused("text_damaged")
    if text.strip().lower() in _NOTHING:
        return ()
    names = tuple(split_names(text))
    short = tuple(name for name in names if len(name) <= _NAME_LIMIT)
    if len(short) < len(names):
        raise PartlyRead("text_too_long", short, limit=_NAME_LIMIT)
    return names


def read_list(cell: Cell) -> tuple[str, ...]:
    """Parts between ; | and line breaks, in order, without repeats."""
    text = read_text(cell) or ""
    return tuple(dict.fromkeys(part for part in _LIST_MARKS.split(text) if part and part.lower() not in _NOTHING))


def read_classes(cell: Cell) -> tuple[str, ...]:
    """Symbols of the IPC or of Locarno in canonical writing. Raises PartlyRead with those that are good."""
    return _classes(_written(cell))


@lru_cache(maxsize=65536)
def _classes(text: str) -> tuple[str, ...]:
    if text.strip().lower() in _NOTHING:
        return ()
    found: dict[str, None] = {}
    bad: list[str] = []
    for symbol in split_classes(text):
        try:
            found[parse_class(symbol).key] = None
        except BadClass:
            bad.append(symbol)
    if bad:
        raise PartlyRead("class_format", tuple(found), symbols=bad[:5])
    return tuple(found)


def read_credit_codes(cell: Cell) -> tuple[str, ...]:
    if not isinstance(cell, str):
        return (parse_credit_code(cell),)
    return tuple(dict.fromkeys(parse_credit_code(part) for part in _LIST_MARKS.split(cell) if not is_nothing(part)))


def read_count(cell: Cell) -> int | None:
    if isinstance(cell, float) and cell.is_integer() and 0 <= cell < 10**7:
        return int(cell)
    text = compact(_written(cell))
    if text.lower() in _NOTHING:
        return None
    found = _COUNT.fullmatch(text)
    if found is None:
        raise CellRefused("count_format")
    return int(found.group(1))


def read_yes_no(cell: Cell) -> bool | None:
    """None for an answer that is neither, such as 不详: not known is not no."""
    text = compact(_written(cell)).lower()
    if text in _YES:
        return True
    return False if text in _NO else None


def read_postcode(cell: Cell) -> str | None:
    """Six digits; a number cell has lost the noughts in front."""
    text = compact(read_line(cell) or "").removesuffix(".0")
    if not text.strip("0"):
        return None
    text = text if isinstance(cell, str) else text.zfill(6)
    if not _POSTCODE.fullmatch(text):
        raise CellRefused("postcode_format")
    return text


def read_phone(cell: Cell) -> str | None:
    """As written. A number shown as 1.38E+10 has lost its digits and is refused."""
    text = read_line(cell)
    if text is not None and _SCIENTIFIC.fullmatch(compact(text)):
        raise CellRefused("phone_scientific")
    return text


def money_reader(unit: Unit | None) -> Converter:
    """A unit in the cell goes before the column's; without either the amount is refused, never guessed."""

    def read(cell: Cell) -> Decimal | None:
        return None if is_nothing(cell) else parse_money(_written(cell) if isinstance(cell, str) else cell, unit)

    return read
