"""What a day asked of moments leaves, and how much work a list is for the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from zhiqiao.core.models import AuditEntry
from zhiqiao.kit.filters import DayOfMoment, since, until

pytestmark = pytest.mark.django_db
# The end of 1 March in Shanghai, and the beginning of 2 March there.
LATE, EARLY = datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC), datetime(2026, 3, 1, 16, 0, tzinfo=UTC)


def entries(made: DayOfMoment, day: date | None) -> list[datetime]:
    return [entry.at for entry in made.filter(AuditEntry.objects.order_by("at"), day)]


@pytest.fixture(autouse=True)
def trail() -> None:
    for at in (LATE, EARLY):
        AuditEntry.objects.create(transaction=uuid4(), ordinal=0, size=1, at=at, actor_id="x", action="x")


def test_days_of_moments_are_the_places_own() -> None:
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    assert [entries(since("", "at__date"), day) for day in (first, second)] == [[LATE, EARLY], [EARLY]]
    assert [entries(until("", "at__date"), day) for day in (first, second)] == [[LATE], [LATE, EARLY]]
    assert entries(since("", "at__date"), second + timedelta(days=1)) == []
    assert len(entries(until("", "at__date"), None)) == 2


@pytest.mark.parametrize(("day", "later"), [(date.min, True), (date.max, False)])
def test_the_first_and_the_last_day_that_there_are(day: date, later: bool) -> None:
    assert bool(entries(since("", "at__date"), day)) is later
    assert bool(entries(until("", "at__date"), day)) is not later


def test_moments_are_compared_and_not_made_into_days() -> None:
    asked = until("", "at__date").filter(AuditEntry.objects.all(), date(2026, 3, 1))
    assert "date" not in str(asked.query).lower().replace("at_date", "")
