"""Amounts of money: ``Decimal`` yuan to the cent; a unit is read or asked for, never guessed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final, Literal, cast

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.text import compact, is_missing, number_in

Unit = Literal["元", "万元", "亿元"]

UNITS: Final[dict[Unit, Decimal]] = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
CENT: Final = Decimal("0.01")
LARGEST: Final = Decimal(10) ** 13
"""Ten trillion yuan: more than that is a mistake of units."""

_AMOUNT = re.compile(
    r"(?:人民币|RMB|CNY|[¥¥])?([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?)(亿元?|万元?|元)?(?:整|人民币|RMB|CNY)?",
    re.ASCII,
)
_FOREIGN = re.compile(r"美元|美金|港元|港币|欧元|日元|英镑|澳元|加元|台币|USD|HKD|EUR|JPY|GBP|[$€£]")
_UNIT_WRITTEN: Final[dict[str, Unit]] = {
    "元": "元",
    "万": "万元",
    "万元": "万元",
    "亿": "亿元",
    "亿元": "亿元",
}
_FREE = frozenset({"无偿", "免费"})
_BLANK_WORDS = frozenset({"", "-", "--", "/", "无", "NULL", "NONE", "NAN", "N/A"})
_HEADING_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_UNIT_WORDS = re.compile(r"(?:单位[::]?|人民币)?(亿元|万元|亿|万|元)(?:人民币|/[年件次项]|RMB)?")
_HEADING_TAIL = re.compile(r"(?:[/_\-:,]|单位[::]?)(亿元|万元|元)$|(?<![十百千美港欧日澳加])(亿元|万元)$")


class BadMoney(Invalid):
    """Not an amount in yuan, or its unit is not known."""

    code = "money_format"


def parse_money(raw: object, unit: Unit | None = None) -> Decimal:
    """Read an amount into yuan. A unit in the text decides; else ``unit``, the confirmed one of the column.

    无偿 and 免费 are nought. A number cell is rounded to the cent, since formulas leave longer tails; a text
    is not. Raises ``BadMoney`` with ``money_empty``, ``money_format``, ``money_currency``,
    ``money_negative``, ``money_precision`` (less than a cent in a text), ``money_range`` or
    ``money_unit_unconfirmed``.
    """
    if isinstance(raw, str):
        return _from_text(raw, unit)
    if is_missing(raw):
        raise BadMoney("money_empty", raw=raw)
    number = number_in(raw)
    if number is None:
        raise BadMoney("money_format", raw=raw)
    amount = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    return _bounded(amount * _factor(unit, raw), raw)


def _from_text(raw: str, unit: Unit | None) -> Decimal:
    text = compact(raw)
    if text in _BLANK_WORDS:
        raise BadMoney("money_empty", raw=raw)
    if text in _FREE:
        return Decimal("0.00")
    if _FOREIGN.search(text):
        raise BadMoney("money_currency", raw=raw)
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise BadMoney("money_format", raw=raw)
    written = _UNIT_WRITTEN[match[2]] if match[2] else unit
    exact = Decimal(match[1].replace(",", "")) * _factor(written, raw)
    amount = _bounded(exact, raw)
    if amount != exact:
        raise BadMoney("money_precision", raw=raw)
    return amount


def _factor(unit: Unit | None, raw: object) -> Decimal:
    if unit is None:
        raise BadMoney("money_unit_unconfirmed", raw=raw)
    return UNITS[unit]


def _bounded(amount: Decimal, raw: object) -> Decimal:
    if amount < 0:
        raise BadMoney("money_negative", raw=raw)
    if amount >= LARGEST:
        raise BadMoney("money_range", raw=raw)
    return amount.quantize(CENT, ROUND_HALF_UP)


def split_amount(total: Decimal, shares: Sequence[Decimal | int]) -> list[Decimal]:
    """Split yuan by weights, to the cent, so that the parts sum to the total exactly.

    The cents left over go to the largest remainders, at a tie to the earlier share. Raises
    ``money_shares`` where there is no positive weight or one is negative, ``money_precision`` where the
    total has parts of a cent.
    """
    weights = [Decimal(share) for share in shares]
    whole = sum(weights, Decimal(0))
    if any(not weight.is_finite() or weight < 0 for weight in weights) or whole <= 0:
        raise BadMoney("money_shares", shares=[str(share) for share in shares])
    if total != total.quantize(CENT, ROUND_DOWN):
        raise BadMoney("money_precision", raw=str(total))
    cents = int(abs(total) * 100)
    # Fractions, not Decimals: a quotient rounded at 28 places could move a cent.
    quotas = [cents * Fraction(weight) / Fraction(whole) for weight in weights]
    parts = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(parts)), key=lambda at: (parts[at] - quotas[at], at))
    for at in by_remainder[: cents - sum(parts)]:
        parts[at] += 1
    sign = -1 if total < 0 else 1
    return [sign * part * CENT for part in parts]


def unit_in_heading(heading: str) -> Unit | None:
    """The unit a heading names, as in 转让价格(万元); None where it names none or another currency."""
    text = compact(heading)
    for inside in _HEADING_BRACKETS.findall(text):
        if match := _UNIT_WORDS.fullmatch(inside):
            return _UNIT_WRITTEN[match[1]]
    match = _HEADING_TAIL.search(text)
    return cast("Unit", match[1] or match[2]) if match else None
