"""In or out of stock, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.inventory.rules.facts import PatentFacts
from zhiqiao.inventory.rules.scope import IN_CODES, OUT_CODES, scope_of

CUTOFF = date(2023, 12, 31)
GRANTED: dict[str, Any] = {"status_group": "alive", "filed_on": date(2018, 1, 1), "granted_on": date(2020, 1, 1)}


@pytest.mark.parametrize(
    ("facts", "first", "code"),
    [
        (GRANTED, True, "in_stock"),
        (GRANTED | {"granted_on": CUTOFF}, True, "in_stock"),
        (GRANTED | {"granted_on": date(2024, 1, 1)}, True, "granted_after_cutoff"),
        (GRANTED, False, "not_first_holder"),
        (GRANTED | {"status_group": "restorable"}, True, "restorable"),
        (GRANTED | {"status_group": "unknown"}, True, "status_unknown"),
        (GRANTED | {"status_group": "unknown"}, False, "not_first_holder"),
        (GRANTED | {"granted_on": None}, True, "grant_day_unknown"),
        (GRANTED | {"granted_on": None, "status_as_of": CUTOFF}, True, "in_stock"),
        (GRANTED | {"granted_on": None, "status_as_of": date(2024, 1, 1)}, True, "grant_day_unknown"),
        ({"status_group": "unknown", "filed_on": date(2024, 2, 1)}, True, "granted_after_cutoff"),
        ({"status_group": "unknown"}, True, "status_unknown"),
        ({"status_group": "pending"}, True, "not_granted"),
        (GRANTED | {"status_group": "dead", "status_phase": "lapsed_unpaid"}, True, "ended"),
        (GRANTED | {"status_group": "dead", "status_phase": "expired"}, False, "expired"),
        (GRANTED | {"expires_on": CUTOFF}, True, "expired"),
        (GRANTED | {"expires_on": date(2024, 1, 1)}, True, "in_stock"),
        ({"status_group": "unknown", "expires_on": date(2020, 1, 1)}, True, "expired"),
    ],
)
def test_scope(facts: dict[str, Any], first: bool, code: str) -> None:
    scope = scope_of(PatentFacts(**facts), CUTOFF, first_holder=first)
    assert scope.code == code
    assert scope.in_stock == (code in IN_CODES)


days = st.none() | st.dates(date(1990, 1, 1), date(2040, 1, 1))


@given(
    group=st.sampled_from(["alive", "pending", "restorable", "dead", "unknown"]),
    days=st.tuples(days, days, days, days),
    cutoff=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
)
def test_second_holders_are_never_in_and_every_code_is_known(
    group: str, days: tuple[date | None, date | None, date | None, date | None], cutoff: date
) -> None:
    told, filed, granted, expires = days
    facts = PatentFacts(status_group=group, status_as_of=told, filed_on=filed, granted_on=granted, expires_on=expires)
    assert not scope_of(facts, cutoff, first_holder=False).in_stock
    scope = scope_of(facts, cutoff, first_holder=True)
    assert scope.code in IN_CODES | OUT_CODES
    if granted is not None and granted > cutoff:
        assert not scope.in_stock
