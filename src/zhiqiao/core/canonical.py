"""The one text of a value, so that equal values hash alike. Plain Python: a proof is checked without a database."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from zhiqiao.kernel.errors import Invalid


def canonical(value: Any) -> str:
    """Sorted keys, no spaces, characters as themselves, dates in ISO form, money as written.

    Raises ``Invalid`` ``no_canonical_text`` for what has none: NaN, infinities and halves of surrogate pairs.
    """
    try:
        text = _ENCODER.encode(value)
        text.encode()
    except ValueError as unfit:
        raise Invalid("no_canonical_text", reason=type(unfit).__name__) from unfit
    return text


def as_json(value: Any) -> Any:
    """The value as a JSON column gives it back: tuples as lists; days, moments, money and ids as text."""
    if isinstance(value, tuple):
        return list(value)
    return _plain(value) if isinstance(value, _WITH_TEXT) else value


_WITH_TEXT = (date, Decimal, uuid.UUID)  # a datetime is a date, too


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    raise TypeError(f"no canonical text for {type(value).__name__}")


# Made once: json.dumps would make one for every value.
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain, check_circular=False
)
