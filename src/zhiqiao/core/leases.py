"""One thing done by one process at a time, across all processes and machines of an installation.

Call outside a transaction: a lease taken inside one is seen by others only when it commits.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from zhiqiao.core.models import Lease
from zhiqiao.kernel.errors import ZhiqiaoError


class Busy(ZhiqiaoError):
    """Somebody else holds the lease, or took it over after it lapsed."""

    code = "busy"
    kind = "conflict"


def new_holder() -> str:
    """A name for one holder in one process: host, process and a random part, at most 64 characters."""
    return f"{socket.gethostname()[:36]}:{os.getpid()}:{secrets.token_hex(6)}"


def acquire(name: str, holder: str, seconds: float) -> Lease | None:
    """Take the lease if it is free, lapsed or already this holder's; None where somebody else holds it.

    ``fence`` grows with each change of holder, so that a late write of the former one can be told.
    """
    if renew(name, holder, seconds):
        return Lease.objects.get(name=name)
    now = timezone.now()
    until = now + timedelta(seconds=seconds)
    lapsed = Lease.objects.filter(name=name, expires_at__lte=now)
    if not lapsed.update(holder=holder, fence=F("fence") + 1, expires_at=until):
        if Lease.objects.filter(name=name).exists():
            return None
        try:
            with transaction.atomic():
                return Lease.objects.create(name=name, holder=holder, expires_at=until)
        except IntegrityError:  # another process inserted it between the two statements
            return None
    return Lease.objects.filter(name=name, holder=holder).first()


def renew(name: str, holder: str, seconds: float) -> bool:
    """Extend a lease that this holder still holds; False once it lapsed or went to another."""
    now = timezone.now()
    mine = Lease.objects.filter(name=name, holder=holder, expires_at__gt=now)
    return mine.update(expires_at=now + timedelta(seconds=seconds)) == 1


def is_held(name: str) -> bool:
    """Whether anybody holds the lease just now."""
    return Lease.objects.filter(name=name, expires_at__gt=timezone.now()).exists()


def release(name: str, holder: str) -> None:
    """Give the lease back. The row stays, for its fence must never go back."""
    Lease.objects.filter(name=name, holder=holder).update(expires_at=timezone.now())


@dataclass(frozen=True, slots=True)
class Hold:
    """A lease while it is held. Work that outlasts ``seconds`` calls ``renew`` on the way."""

    name: str
    holder: str
    fence: int
    seconds: float

    def renew(self) -> None:
        """Raises ``Busy`` when the lease lapsed: stop then, another may be at work."""
        if not renew(self.name, self.holder, self.seconds):
            raise Busy("lease_lost", lease=self.name)


@contextmanager
def held(name: str, seconds: float) -> Iterator[Hold]:
    """Hold a lease for a block; raises ``Busy`` where somebody else holds it."""
    holder = new_holder()
    lease = acquire(name, holder, seconds)
    if lease is None:
        raise Busy(lease=name)
    try:
        yield Hold(name, holder, lease.fence, seconds)
    finally:
        release(name, holder)


def release_of_the_dead(lease_name: str) -> None:
    """A process of this machine that was killed keeps nobody waiting until its lease lapses."""
    lease = Lease.objects.filter(name=lease_name, expires_at__gt=timezone.now()).first()
    if lease is None:
        return
    mine, theirs = new_holder().rsplit(":", 2), lease.holder.rsplit(":", 2)
    if len(theirs) == len(mine) and theirs[0] == mine[0] and theirs[1].isdecimal() and is_gone(int(theirs[1])):
        release(lease_name, lease.holder)


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's, but alive
        return False
    return False
