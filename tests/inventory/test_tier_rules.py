"""Which tier the rules suggest, and with which reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.inventory.models import Tier
from zhiqiao.inventory.rules.facts import PatentFacts, Replies, Statement
from zhiqiao.inventory.rules.tiers import NEGATIVE, TIERS, high_value, is_sleeper, shipped_rules, suggest_tier

TODAY = date(2026, 11, 23)
RULES = shipped_rules()
PLAIN = PatentFacts(
    kind="invention",
    status_group="alive",
    filed_on=date(2019, 1, 1),
    granted_on=date(2021, 6, 1),
    holder_count=1,
    statement=Statement(state="to_file"),
)
WILLING = Statement(willing="yes", state="registered")


def suggested(total: float | None = None, **change: Any) -> tuple[str, list[str]]:
    suggestion = suggest_tier(replace(PLAIN, **change), total, TODAY, RULES)
    return suggestion.tier, [reason.code for reason in suggestion.reasons]


@pytest.mark.parametrize(
    ("change", "total", "tier", "reasons"),
    [
        ({}, None, "base", ["willingness_unknown", "not_reviewed", "not_appraised"]),
        ({}, 59.9, "base", ["willingness_unknown", "not_reviewed"]),
        ({}, 60.0, "convertible", ["appraisal_stands_in", "to_be_asked"]),
        ({"statement": WILLING}, None, "convertible", ["willing_and_reviewed"]),
        ({"statement": replace(WILLING, state="school_review")}, None, "base", ["not_reviewed", "not_appraised"]),
        ({"statement": replace(WILLING, willing="no")}, 95.0, "base", ["not_willing"]),
        ({"status_group": "unknown"}, 95.0, "base", ["status_unknown"]),
        ({"status_group": "restorable"}, 95.0, "base", ["status_restorable"]),
        ({"encumbrances": frozenset({"dispute"})}, 95.0, "base", ["ownership_disputed"]),
        ({"family_countries": ("US",)}, None, "fast", ["family_abroad"]),
        ({"family_countries": ("US",), "kind": "utility_model"}, 70.0, "convertible",
         ["appraisal_stands_in", "to_be_asked"]),
        ({"family_countries": ("US",), "statement": Statement(willing="no")}, None, "base", ["not_willing"]),
        ({"filed_on": date(2016, 11, 22)}, None, "fast", ["kept_long"]),
        ({"filed_on": date(2016, 11, 23)}, 70.0, "convertible", ["appraisal_stands_in", "to_be_asked"]),
        ({"statement": Statement(maturity=6), "replies": Replies(buyers=1)}, None, "fast", ["mature_with_buyer"]),
        ({"statement": Statement(maturity=5), "replies": Replies(buyers=1)}, 70.0, "convertible",
         ["appraisal_stands_in", "to_be_asked"]),
        ({"statement": Statement(self_grade="good"), "replies": Replies(intents=1)}, None, "promoted",
         ["enterprise_wants_to_talk"]),
        ({"statement": Statement(self_grade="high"), "replies": Replies(3, 4.0)}, None, "promoted",
         ["enterprises_rate_well"]),
        ({"statement": Statement(self_grade="high"), "replies": Replies(2, 5.0)}, 70.0, "convertible",
         ["appraisal_stands_in", "to_be_asked"]),
        ({"statement": Statement(self_grade="fair"), "replies": Replies(3, 5.0, 4)}, 70.0, "convertible",
         ["appraisal_stands_in", "to_be_asked"]),
        ({}, 39.9, "watch", ["appraised_below"]),
        ({}, 40.0, "base", ["willingness_unknown", "not_reviewed"]),
        ({"statement": Statement(self_grade="unclear")}, 80.0, "watch", ["prospects_unclear"]),
        ({}, 19.9, "abandon", ["appraised_below"]),
        ({"statement": Statement(self_grade="low")}, 80.0, "abandon", ["self_graded_low"]),
        ({"statement": Statement(self_grade="low"), "evidence": frozenset("c")}, 70.0, "convertible",
         ["appraisal_stands_in", "to_be_asked"]),
        ({"encumbrances": frozenset({"pledge"})}, 10.0, "watch", ["appraised_below", "pledged"]),
        ({"holder_count": 2}, 70.0, "convertible", ["appraisal_stands_in", "to_be_asked", "co_owned"]),
        ({"funded": True}, 70.0, "convertible", ["appraisal_stands_in", "to_be_asked", "sleeper"]),
    ],
)  # fmt: skip
def test_tier(change: dict[str, Any], total: float | None, tier: str, reasons: list[str]) -> None:
    assert suggested(total, **change) == (tier, reasons)


def test_a_base_tier_says_what_the_next_one_lacks() -> None:
    reasons = suggest_tier(PLAIN, None, TODAY, RULES).reasons
    assert {reason.plain().get("lacking_for") for reason in reasons} == {"convertible"}


@given(total=st.none() | st.floats(0, 100))
def test_what_was_not_appraised_never_counts_against_a_patent(total: float | None) -> None:
    if suggest_tier(PLAIN, None, TODAY, RULES).tier in NEGATIVE:
        pytest.fail("a missing appraisal made a negative tier")
    suggestion = suggest_tier(PLAIN, total, TODAY, RULES)
    assert suggestion.needs_confirmation == (total is not None and total < 40)


@given(low=st.floats(40, 100), more=st.floats(0, 60))
def test_a_better_appraisal_never_suggests_a_worse_tier(low: float, more: int) -> None:
    first, second = (suggest_tier(PLAIN, total, TODAY, RULES).tier for total in (low, min(100, low + more)))
    assert TIERS.index(second) >= TIERS.index(first)


def test_high_value_tells_not_met_from_not_judged() -> None:
    verdict = high_value(PLAIN, TODAY, RULES)
    assert verdict.met == ()
    assert set(verdict.not_judged) == {"strategic_industry", "pledge_sum", "national_prize", "family_abroad"}
    pledged = high_value(replace(PLAIN, encumbrances=frozenset({"pledge"})), TODAY, RULES)
    assert pledged.met == () and "pledge_sum" in pledged.not_judged  # the gazette names no sum
    assert "family_abroad" not in high_value(replace(PLAIN, family_countries=()), TODAY, RULES).not_judged
    ended = replace(PLAIN, status_group="dead", family_countries=("US",))
    assert high_value(ended, TODAY, RULES).met == ()


SLEEPER = replace(PLAIN, funded=True, granted_on=date(2021, 11, 22))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"granted_on": date(2021, 11, 23)}, False),
        ({"granted_on": None}, False),
        ({"funded": None}, False),
        ({"funded": False}, False),
        ({"evidence": frozenset("c")}, False),
        ({"statement": Statement(exploitation="licensed")}, False),
        ({"statement": Statement(exploitation="not_exploited")}, True),
        ({"status_group": "unknown"}, False),
    ],
)
def test_sleeper(change: dict[str, Any], expected: bool) -> None:
    assert is_sleeper(replace(SLEEPER, **change), TODAY, RULES) is expected


def test_granted_on_a_leap_day() -> None:
    leap = replace(SLEEPER, granted_on=date(2020, 2, 29))
    assert not is_sleeper(leap, date(2025, 2, 28), RULES)
    assert is_sleeper(leap, date(2025, 3, 1), RULES)


def test_the_rules_know_the_tiers_of_the_record() -> None:
    assert set(TIERS) == set(Tier.values)
    assert set(NEGATIVE) == {Tier.WATCH, Tier.ABANDON}
