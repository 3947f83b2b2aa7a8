"""The indicator trees, and what they make of the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.inventory.rules.appraisal import appraise, appraise_by
from zhiqiao.inventory.rules.facts import CitationPlace, FieldTrend, PatentFacts, Statement, foreign_countries
from zhiqiao.inventory.rules.indicator_tree import (
    FILES,
    FOLDER,
    GROUPS,
    BrokenTree,
    read_tree,
    shipped_trees,
    tree_for,
)
from zhiqiao.inventory.rules.measures import MEASURES
from zhiqiao.kernel.errors import Invalid

TODAY = date(2026, 11, 23)
FULL = PatentFacts(
    kind="invention",
    status_group="alive",
    status_as_of=date(2026, 9, 1),
    filed_on=date(2016, 1, 10),
    granted_on=date(2018, 3, 1),
    expires_on=date(2036, 1, 10),
    claim_count=10,
    first_claim_length=240,
    classes=("E01B3/32", "E01B5/00", "B61L1/00"),
    holder_count=1,
    survived_invalidation=True,
    family_countries=("US",),
    citations=CitationPlace("wipo:35/2016", 40, 0.8),
    trend=FieldTrend("wipo:35", 60, 1.2),
    firms_in_industry=7,
    funded=True,
    encumbrances=frozenset({"licence_ordinary"}),
    evidence=frozenset({"a", "c"}),
    statement=Statement(maturity=7),
)


def score(facts: PatentFacts, code: str) -> float | None:
    return next(item.score for item in appraise(facts, TODAY).items if item.code == code)


def why(facts: PatentFacts, code: str) -> str:
    return next(item.why for item in appraise(facts, TODAY).items if item.code == code)


def test_a_full_file_is_appraised_with_evidence_for_every_score() -> None:
    result = appraise(FULL, TODAY)
    assert result.tree_version == "gbt42748-zq1"
    assert result.coverage > 0.7
    assert result.total is not None and 60 < result.total < 95
    assert [item.code for item in result.items if item.score is None] == ["encumbrance"]
    assert all(item.evidence is not None for item in result.items if item.score is not None)


@pytest.mark.parametrize(
    ("change", "code", "expected"),
    [
        ({}, "status_certainty", 100),
        ({"status_as_of": date(2024, 11, 24)}, "status_certainty", 80),
        ({"status_as_of": None}, "status_certainty", 45),
        ({"status_group": "restorable"}, "status_certainty", 15),
        ({"status_group": "unknown"}, "status_certainty", None),
        ({"kind": "utility_model"}, "substantive_examination", 50),
        ({"holder_count": 3}, "ownership", 50),
        ({"encumbrances": frozenset({"preservation"})}, "encumbrance", 10),
        ({"first_claim_length": 900}, "first_claim_length", 35),
        ({"family_countries": ()}, "family_abroad", 40),
        ({"family_countries": None}, "family_abroad", None),
        ({"citations": CitationPlace("x", 19, 0.8)}, "citations", None),
        ({"citations": CitationPlace("x", 20, 0.8)}, "citations", 80),
        ({"classes": ()}, "class_breadth", None),
        ({"evidence": frozenset({"b", "c"})}, "exploitation", 80),
        ({"evidence": frozenset()}, "exploitation", None),
        ({"evidence": frozenset(), "statement": Statement(exploitation="not_exploited")}, "exploitation", 25),
        ({"evidence": frozenset(), "statement": Statement(exploitation="licensed")}, "exploitation", 60),
        ({"encumbrances": frozenset()}, "dealings", None),
        ({"funded": None}, "funded", None),
        ({"funded": False}, "funded", 50),
        ({"firms_in_industry": 0}, "city_industry", 30),
    ],
)
def test_leaf(change: dict[str, Any], code: str, expected: float | None) -> None:
    assert score(replace(FULL, **change), code) == expected


def test_what_is_missing_says_why() -> None:
    assert why(replace(FULL, citations=CitationPlace("x", 19, 0.8)), "citations") == "cohort_too_small"
    assert why(replace(FULL, statement=Statement()), "maturity") == "maturity_not_said"
    assert why(replace(FULL, status_group="unknown"), "remaining_life") == "status_unknown"


def test_nothing_known_gives_no_total_and_no_zero() -> None:
    result = appraise(PatentFacts(), TODAY)
    assert (result.total, result.coverage) == (None, 0)
    assert all(item.score is None and item.why for item in result.items)
    assert set(result.groups.values()) == {None}


@pytest.mark.parametrize(("group", "reason"), [("dead", "patent_ended"), ("pending", "not_granted")])
def test_what_is_not_in_force_is_not_appraised(group: str, reason: str) -> None:
    result = appraise(replace(FULL, status_group=group), TODAY)
    assert result.total is None
    assert {item.why for item in result.items} == {reason}


def test_little_evidence_gives_group_scores_but_no_total() -> None:
    result = appraise(PatentFacts(classes=("E01B3/32",), claim_count=4, funded=False), TODAY)
    assert result.total is None
    assert 0 < result.coverage < 0.4
    assert all(result.groups[group] is not None for group in GROUPS)


def test_designs_have_a_tree_of_their_own() -> None:
    design = replace(FULL, kind="design", classes=("06-01",))
    result = appraise(design, TODAY)
    assert result.tree_version == "design-zq1"
    assert "claim_count" not in {item.code for item in result.items}
    assert result.total is not None


def test_the_scene_moves_the_weights() -> None:
    weak_market = replace(FULL, evidence=frozenset(), statement=Statement(exploitation="not_exploited"))
    tree = tree_for("invention", TODAY)
    infringement, reporting = (
        appraise_by(tree, weak_market, TODAY, scene).total for scene in ("infringement", "reporting")
    )
    assert infringement is not None and reporting is not None and infringement > reporting
    with pytest.raises(Invalid, match="scene_unknown"):
        appraise_by(tree, FULL, TODAY, "auction")


def test_the_same_facts_another_day_score_the_same_until_a_year_turns() -> None:
    assert appraise(FULL, TODAY) == appraise(FULL, date(2026, 12, 24))
    assert appraise(FULL, TODAY) != appraise(FULL, date(2027, 1, 11))


# Trees


def test_shipped_trees_measure_only_what_can_be_measured_and_cover_all_kinds() -> None:
    for tree in shipped_trees():
        assert {leaf.measure for each in tree.indicators for leaf in each.leaves} <= set(MEASURES)
    assert {kind for tree in shipped_trees() for kind in tree.kinds} == {"invention", "utility_model", "design"}
    standard = tree_for("utility_model", TODAY)
    assert (len(standard.indicators), len(standard.scenes)) == (14, 6)
    assert not standard.certain and not any(each.certain for each in standard.indicators)
    assert tree_for("invention", date(2020, 1, 1)) == tree_for("invention", TODAY)
    with pytest.raises(Invalid, match="indicator_tree_missing"):
        tree_for("plant", TODAY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weights = { legal = 0.35,", "weights = { legal = 0.36,"),
        ('name = "权利稳定性"\ncertain = false\nweight = 0.50', 'name = "权利稳定性"\ncertain = false\nweight = 0.51'),
        ("bands = [[1, 50], [2, 65]", "bands = [[2, 50], [1, 65]"),
        ("bands = [[1, 50], [2, 65]", "bands = [[1, 50], [2, 165]"),
        ("weights = { legal = 0.35,", "weights = { law = 0.35,"),
        ('measure = "claim_count"\nweight = 0.35', 'measure = "claim_count"\nweight = 0.25'),
    ],
)
def test_a_tree_that_contradicts_itself_is_refused(old: str, new: str) -> None:
    text = (FOLDER / FILES[0]).read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BrokenTree):
        read_tree(text.replace(old, new, 1))


# Laws

some = st.none() | st.integers(0, 3000)
facts_of_any_kind = st.builds(
    PatentFacts,
    kind=st.sampled_from(["invention", "utility_model", "design"]),
    status_group=st.sampled_from(["alive", "restorable", "unknown"]),
    status_as_of=st.none() | st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    filed_on=st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    granted_on=st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    expires_on=st.none() | st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    claim_count=some,
    first_claim_length=some,
    classes=st.lists(st.sampled_from(["E01B3/32", "G06F17/30", "10-05", "06-01"])).map(tuple),
    holder_count=some,
    survived_invalidation=st.none() | st.just(True),
    family_countries=st.none() | st.sampled_from([(), ("US",), ("EP", "JP", "US")]),
    citations=st.none() | st.builds(CitationPlace, st.just("x"), st.integers(1, 99), st.floats(0, 1)),
    trend=st.none() | st.builds(FieldTrend, st.just("x"), st.integers(1, 99), st.floats(0, 9)),
    firms_in_industry=some,
    funded=st.none() | st.booleans(),
    encumbrances=st.sets(st.sampled_from(["pledge", "dispute", "open_licence"])).map(frozenset),
    evidence=st.sets(st.sampled_from("abc")).map(frozenset),
    statement=st.builds(Statement, maturity=st.none() | st.integers(1, 9)),
)


@given(facts=facts_of_any_kind)
def test_every_score_is_bounded_and_a_mean_lies_among_what_it_is_a_mean_of(facts: PatentFacts) -> None:
    result = appraise(facts, TODAY)
    scores = [item.score for item in result.items if item.score is not None]
    assert all(0 <= score <= 100 for score in scores)
    assert 0 <= result.coverage <= 1
    for mean in (result.total, *result.groups.values()):
        assert mean is None or min(scores) - 0.05 <= mean <= max(scores) + 0.05


@given(facts=facts_of_any_kind)
def test_what_is_missing_counts_neither_for_nor_against(facts: PatentFacts) -> None:
    """Without its answer on funding the mean moves away from that answer's score, and never further than a nought in
    its place would take it."""
    told, untold = appraise(facts, TODAY), appraise(replace(facts, funded=None), TODAY)
    funded = next((item.score for item in told.items if item.code == "funded"), None)
    with_it, without = told.groups["economic"], untold.groups["economic"]
    if funded is None or without is None:
        return
    assert untold.coverage < told.coverage
    lower, upper = sorted((funded, without))
    assert with_it is not None and lower - 0.1 <= with_it <= upper + 0.1


@given(facts=facts_of_any_kind, more=st.integers(1, 50))
def test_more_claims_a_longer_life_and_maturity_never_score_less(facts: PatentFacts, more: int) -> None:
    def not_less(code: str, low: PatentFacts, high: PatentFacts) -> None:
        first, second = score(low, code), score(high, code)
        assert first is None or second is None or second >= first

    inventions = replace(facts, kind="invention")
    if inventions.claim_count:
        not_less("claim_count", inventions, replace(inventions, claim_count=inventions.claim_count + more))
    if inventions.first_claim_length:
        longer = replace(inventions, first_claim_length=inventions.first_claim_length + more)
        not_less("first_claim_length", longer, inventions)
    if inventions.expires_on and inventions.expires_on.year + more < 2100:
        later = inventions.expires_on.replace(day=1, year=inventions.expires_on.year + more)
        not_less(
            "remaining_life",
            replace(inventions, expires_on=inventions.expires_on.replace(day=1)),
            replace(inventions, expires_on=later),
        )
    level = inventions.statement.maturity
    if level and level < 9:
        not_less("maturity", inventions, replace(inventions, statement=Statement(maturity=level + 1)))


def test_counts_of_applications_are_measured_nowhere() -> None:
    """Measure 8: no score rewards bare patent counts; facts carry none of the holder's."""
    assert not {name for name in PatentFacts.__slots__ if "applications" in name or "patents" in name}
    twice = replace(FULL, trend=FieldTrend("wipo:35", 6000, 1.2))
    assert appraise(twice, TODAY).total == appraise(FULL, TODAY).total


@pytest.mark.parametrize(
    ("family", "countries"),
    [(None, None), ([], None), (["CN101A"], ()), (["US1A", "CN2B", "us3"], ("US",)), (["无", "123"], None)],
)
def test_countries_of_a_family(family: list[str] | None, countries: tuple[str, ...] | None) -> None:
    assert foreign_countries(family) == countries
