"""Addresses as the gazette prints them, led by their postcode."""

from __future__ import annotations

import re
from typing import Any

# Six digits in front of an address are its postcode unless they count something, as in 100000号.
_LEADING_POSTCODE = re.compile(r"(\d{6})[\s,，]*(?!号|弄|室)(\D.*)", re.ASCII | re.DOTALL)


def settle_address(values: dict[str, Any]) -> None:
    """Take the postcode off the front of an address; it is the postcode where no column gives one."""
    found = _LEADING_POSTCODE.match(values.get("address", ""))
    if found:
        values["address"] = found[2]
        values.setdefault("postcode", found[1])
