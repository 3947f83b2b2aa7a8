from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from zhiqiao.core.series import import_number, next_number


@pytest.mark.django_db
def test_each_series_and_year_counts_for_itself() -> None:
    assert [next_number("a"), next_number("a"), next_number("b")] == [1, 2, 1]
    assert import_number(date(2026, 5, 1)) == "IMP-2026-000001"
    assert import_number(date(2026, 12, 31)) == "IMP-2026-000002"
    assert import_number(date(2027, 1, 1)) == "IMP-2027-000001"


@pytest.mark.django_db(transaction=True)
def test_no_number_twice_whoever_asks_at_once(at_once: Callable[..., list[Any]]) -> None:
    def take(number: int) -> list[int]:
        taken = []
        for _ in range(25):
            try:
                with transaction.atomic():
                    taken.append(next_number("contracts"))
                    if number == 0:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                taken.pop()
        return taken

    numbers = [number for taken in at_once(take) for number in taken]
    assert len(numbers) == 75
    assert len(set(numbers)) == 75
