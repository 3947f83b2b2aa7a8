"""How much a caller may ask in a minute, counted by all processes together without a write for every request.

Each process draws a tenth of the rate at a time from the table that all share, and spends it from its own memory. What
is drawn is never more than the rate; what a process has drawn and not spent lapses with the minute.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from django.conf import settings
from django.db import OperationalError
from django.db.models import F

from zhiqiao.core.models import Allowance
from zhiqiao.kernel.errors import ZhiqiaoError

WINDOW: Final = 60  # seconds
PARTS: Final = 10
MOST_REMEMBERED: Final = 20_000  # callers; then those of past minutes are forgotten


class RateSpent(ZhiqiaoError):
    """This was asked too often within a minute; ``standing`` says when there is more."""

    code = "too_often"
    kind = "too_many"

    def __init__(self, standing: Standing) -> None:
        super().__init__(wait=standing.resets_in)
        self.standing = standing


@dataclass
class Share:
    """What this process still has of a rate in this window; ``drawn`` is what it took, ``dry``: there is no more."""

    window: int
    left: int = 0
    drawn: int = 0
    dry: bool = False


@dataclass(frozen=True)
class Standing:
    """How a caller stands after a request. ``left`` counts what this process knows of: others may have spent some."""

    scope: str
    rate: int
    left: int
    resets_in: int

    def headers(self) -> dict[str, str]:
        """As the IETF's draft on RateLimit fields has them."""
        return {
            "RateLimit-Policy": f'"{self.scope}";q={self.rate};w={WINDOW}',
            "RateLimit": f'"{self.scope}";r={self.left};t={self.resets_in}',
        }


_shares: dict[str, Share] = {}
_guard = threading.Lock()


def spend(name: str, scope: str, *, known: bool) -> Standing:
    """Count one request of whoever is counted under this name: reading, writing, searching or exporting (``scope``).
    ``known``: somebody who signed in or shows a key. Raises ``RateSpent``."""
    now = time.time()
    rates: dict[str, int] = settings.ZHIQIAO_API_RATES["known" if known else "public"]
    window, rate = int(now // WINDOW), rates[scope]
    resets_in = max(1, round((window + 1) * WINDOW - now))
    caller = hashlib.sha256(f"{scope} {name}".encode()).hexdigest()
    with _guard:
        share = _share(caller, window)
        empty = share.left == 0
    if empty and not share.dry:
        _draw(caller, share, rate)
    with _guard:
        if share.left == 0:
            raise RateSpent(Standing(scope, rate, 0, resets_in))
        share.left -= 1
        return Standing(scope, rate, max(0, rate - share.drawn) + share.left, resets_in)


def address_in(told: Mapping[str, Any]) -> str:
    """Where a request comes from, to count by: one subscriber has as many IPv6 addresses as they like, all in one
    network of 64 bits. ``told`` as WSGI tells of a request."""
    seen = _seen_by_us(told)
    try:
        address = ip_address(seen)
    except ValueError:
        return seen
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Network((int(address) >> 64 << 64, 64)))
    return str(getattr(address, "ipv4_mapped", None) or address)


def _seen_by_us(told: Mapping[str, Any]) -> str:
    """The address that our own proxy saw, where there is one in front; what others wrote before it is hearsay."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    named = [part.strip() for part in told.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(named) >= proxies:
        return str(named[-proxies])
    return str(told.get("REMOTE_ADDR", ""))


def _share(name: str, window: int) -> Share:
    if len(_shares) > MOST_REMEMBERED:
        for old in [key for key, share in _shares.items() if share.window != window]:
            del _shares[old]
    share = _shares.get(name)
    if share is None or share.window != window:
        share = _shares[name] = Share(window)
    return share


def _draw(name: str, share: Share, rate: int) -> None:
    """Take the next part of the rate; not under the guard, for the database may let us wait. Where the table cannot be
    had the request passes: a limit is no reason to fail."""
    part = max(1, rate // PARTS)
    try:
        had = _taken(name, share.window, part, rate)
    except OperationalError:
        had = True
    with _guard:
        share.dry = not had
        share.left += part if had else 0
        share.drawn += part if had else 0


def _taken(name: str, window: int, part: int, rate: int) -> bool:
    rows = Allowance.objects.filter(caller=name)
    if rows.filter(window=window, taken__lte=rate - part).update(taken=F("taken") + part):
        return True
    if rows.exclude(window=window).update(window=window, taken=part):  # of another minute, even if a clock went back
        return True
    Allowance.objects.bulk_create([Allowance(caller=name, window=window, taken=0)], ignore_conflicts=True)
    return bool(rows.filter(window=window, taken__lte=rate - part).update(taken=F("taken") + part))


def forget() -> None:
    """What this process has drawn, as if it had just been started."""
    with _guard:
        _shares.clear()


def forget_old_allowances() -> int:
    """Rows of minutes long past. Run by the worker; looks before it writes, so that it rarely asks for the lock."""
    old = Allowance.objects.filter(window__lt=int(time.time() // WINDOW) - 10)
    return old.delete()[0] if old.exists() else 0
