"""How much a program may ask in a minute, counted together with what its owner asks on the pages (``core.rates``)."""

from __future__ import annotations

from zhiqiao.api.callers import Caller
from zhiqiao.api.problems import TooManyRequests
from zhiqiao.core import rates
from zhiqiao.core.rates import Standing


def spend(caller: Caller, scope: str) -> Standing:
    """Count one request. Raises ``TooManyRequests``."""
    try:
        return rates.spend(caller.name, scope, known=caller.known)
    except rates.RateSpent as spent:
        raise TooManyRequests(spent.standing.resets_in, spent.standing.headers()) from spent
