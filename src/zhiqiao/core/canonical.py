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
