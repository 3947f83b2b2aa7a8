"""How well pushes fit, month by month, by what the organisations replied: figures for everybody."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from zhiqiao.kernel.errors import Invalid
from zhiqiao.matching import rankers
from zhiqiao.matching.lessons import level_taught
from zhiqiao.matching.models import Push, PushState

MONTHS: Final = 12
FITS: Final = 3  # level from which on a push fitted
FEWEST_TOLD: Final = 5
"""Below so many a share would say little, and could tell whose replies they were."""


@dataclass(frozen=True)
class Month:
    """``begins``: its first day. ``judged``: replies that say whether the patent fitted; ``fitted`` of them it did."""

    begins: date
    judged: int
    fitted: int

    @property
    def share(self) -> float | None:
        """Of those judged, 0 to 1; None where they are too few to tell."""
        return self.fitted / self.judged if self.judged >= FEWEST_TOLD else None


@dataclass(frozen=True)
class Quality:
    """``months`` oldest first, the present one last, none left out; ``judged`` of all time. ``version`` serves;
    ``learnt_from`` replies, None: the one delivered with the product; and from so many deals."""

    months: list[Month]
    judged: int
    version: str
    learnt_from: int | None
    learnt_from_deals: int


def quality(today: date) -> Quality:
    begins = _months_until(today)
    counted = _counted(begins[0])
    made = _serving()
    months = [Month(month, counted[month, False] + counted[month, True], counted[month, True]) for month in begins]
    learnt = (made.replies, made.deals) if made else (None, 0)
    return Quality(months, _judged(), made.version if made else rankers.PACKAGE, *learnt)


def _serving() -> rankers.Manifest | None:
    """None: the one delivered, which also answers where the chosen one cannot be read."""
    with suppress(Invalid):
        return rankers.read(rankers.served_before()[0])
    return None


def _months_until(today: date) -> list[date]:
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - MONTHS + 1, last + 1)]


def _counted(since: date) -> Counter[tuple[date, bool]]:
    """How many of each month, by whether they fitted."""
    begin = timezone.make_aware(datetime.combine(since, time.min))
    answered = Push.objects.filter(state=PushState.ANSWERED, answered_at__gte=begin)
    rows = answered.annotate(month=TruncMonth("answered_at")).values_list("month", "reply", "level")
    found: Counter[tuple[date, bool]] = Counter()
    for month, reply, level, count in rows.annotate(Count("id")).order_by():
        taught = level_taught(reply, level)
        if taught is not None:
            found[timezone.localtime(month).date(), taught >= FITS] += count
    return found


def _judged() -> int:
    """Of all time."""
    answered = Push.objects.filter(state=PushState.ANSWERED).values_list("reply", "level")
    rows = answered.annotate(Count("id")).order_by()
    return sum(count for reply, level, count in rows if level_taught(reply, level) is not None)
