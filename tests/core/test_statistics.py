from __future__ import annotations

import pytest
from django.db import connection

from zhiqiao.core import statistics
from zhiqiao.core.models import OutboxEvent
from zhiqiao.core.statistics import count_what_grew, keep_statistics

pytestmark = pytest.mark.django_db
TABLE = "core_outboxevent"


def fill(count: int) -> None:
    OutboxEvent.objects.bulk_create(OutboxEvent(queue="index.none", payload={}) for _ in range(count))


def test_what_grew_is_counted_once() -> None:
    fill(1_500)
    if connection.vendor != "sqlite":
        assert count_what_grew() == []
        return
    assert TABLE in count_what_grew()
    assert TABLE not in count_what_grew()
    fill(100)
    assert TABLE not in count_what_grew()
    fill(1_000)
    assert TABLE in count_what_grew()


def test_small_tables_are_left_alone() -> None:
    fill(10)
    assert TABLE not in count_what_grew()


def test_a_worker_looks_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(statistics, "_looked_at", {})
    monkeypatch.setattr(statistics, "count_what_grew", lambda: looks.append(1))
    keep_statistics()
    keep_statistics()
    assert len(looks) == (1 if connection.vendor == "sqlite" else 0)
