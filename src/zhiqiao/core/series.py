"""Running numbers that people say aloud."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F

from zhiqiao.core.models import NumberSeries


def next_number(series: str) -> int:
    """The next number of a series, from 1. Never the same twice; a rolled-back action may leave a gap.

    Inside a longer transaction other takers of the same series wait until it ends: take the number late.
    """
    with transaction.atomic():
        # The update locks the row (PostgreSQL) or the database (SQLite), so the read after it is this taker's own.
        rows = NumberSeries.objects.filter(name=series)
        if not rows.update(last=F("last") + 1):
            NumberSeries.objects.get_or_create(name=series)
            rows.update(last=F("last") + 1)
        return rows.values_list("last", flat=True).get()


def import_number(today: date) -> str:
    """The number of an import run, ``IMP-2026-000001``, counted from 1 each year."""
    return f"IMP-{today.year}-{next_number(f'import-{today.year}'):06d}"
