"""Whether an application is public, and which of two statuses stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.kernel.legal_status import GROUP_OF_PHASE
from zhiqiao.registry.rules import (
    NOT_YET_PUBLIC,
    Stage,
    ToldStatus,
    anniversary,
    is_published,
    latest_filing,
    status_may_replace,
)

TODAY = date(2026, 11, 23)
YOUNG, OLD = date(2026, 8, 23), date(2020, 1, 1)


def stage(filed: date = YOUNG, phase: str = "") -> Stage:
    """An application of which nothing is told but its filing day and phase."""
    return Stage(filed, None, None, "", "", GROUP_OF_PHASE.get(phase, "unknown"), phase)


def test_a_young_application_is_secret_until_something_shows_it() -> None:
    assert not is_published(stage(), TODAY)
    for shown in (
        replace(stage(), published_on=TODAY),
        replace(stage(), granted_on=TODAY),
        replace(stage(), publication_number="CN1A"),
        replace(stage(), grant_number="B"),
    ):
        assert is_published(shown, TODAY)


@pytest.mark.parametrize(
    "phase", ["filed", "examination", "pending", "withdrawn", "deemed_withdrawn", "rejected", "inactive", "abandoned",
              "awaiting_restoration", "unknown", "not_accepted"],
)  # fmt: skip
def test_what_can_happen_before_publication_proves_none(phase: str) -> None:
    assert not is_published(stage(phase=phase), TODAY)


@pytest.mark.parametrize("phase", ["granted", "maintained", "in_force", "published", "lapsed_unpaid", "expired"])
def test_what_happens_to_published_ones_only_proves_it(phase: str) -> None:
    assert is_published(stage(phase=phase), TODAY)


def test_eighteen_months_to_the_day() -> None:
    filed = date(2025, 5, 23)
    assert is_published(stage(filed), date(2026, 11, 23))
    assert not is_published(stage(filed), date(2026, 11, 22))
    for phase in NOT_YET_PUBLIC:
        assert not is_published(stage(OLD, phase), TODAY), "its status says that it never was"


def test_the_year_in_the_number_stands_in_for_the_filing_day() -> None:
    assert latest_filing("2026100000012") == date(2026, 12, 31)
    assert latest_filing("851012345") == date(2003, 12, 31)
    assert anniversary(date(2024, 2, 29)) == 229
    assert anniversary(None) is None


known = st.dates(date(2015, 1, 1), date(2026, 1, 1))
days = st.none() | known
groups = st.sampled_from(["pending", "alive", "dead"])
told = st.builds(ToldStatus, groups, days, days)
dated = st.builds(ToldStatus, groups, known, days)


@given(st.lists(dated, min_size=2, max_size=4, unique_by=lambda each: each.as_of))
def test_among_dated_ones_the_newest_stands_in_any_order(statuses: list[ToldStatus]) -> None:
    newest = max(statuses, key=lambda each: each.as_of or date.min)
    for order in permutations(statuses):
        kept = order[0]
        for new in order[1:]:
            kept = new if status_may_replace(new, kept) else kept
        assert kept == newest


@given(told, told)
def test_one_of_two_always_stands(one: ToldStatus, other: ToldStatus) -> None:
    assert status_may_replace(one, other) or status_may_replace(other, one)
    assert status_may_replace(one, one), "the same again is no conflict"


@given(st.sampled_from(["pending", "alive"]), days)
def test_an_undated_word_never_revives_unless_its_row_shows_a_later_day(group: str, through: date | None) -> None:
    shown = date(2020, 1, 1)
    kept = ToldStatus("dead", None, shown)
    assert status_may_replace(ToldStatus(group, None, through), kept) == bool(through and through > shown)
