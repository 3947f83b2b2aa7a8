"""The measures behind the leaves of an indicator tree, each read off the facts of one patent.

A measure returns what was found with its evidence, or says why nothing can be said. An absent record is never read
as a bad one. Counts of applications are measured nowhere (measure 8 of the city's action).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from zhiqiao.inventory.rules.facts import (
    ALIVE,
    DESIGN,
    DISPUTES,
    INVENTION,
    LICENCES,
    PLEDGE,
    RESTORABLE,
    PatentFacts,
    full_years,
)
from zhiqiao.inventory.rules.indicator_tree import Leaf

DAY_NOT_TOLD: Final = 100
LAPSED_RESTORABLE: Final = 200
NOT_EXPLOITED: Final = "not_exploited"


@dataclass(frozen=True, slots=True)
class Found:
    """``value`` is a number for bands or a name for scores; ``evidence`` the facts it rests on."""

    value: float | str
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Missing:
    """Why nothing can be said, as a stable code."""

    why: str


Measure = Callable[[PatentFacts, date, Leaf], Found | Missing]


def status_age(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    """Whole years since the status was told, so that a score does not change from day to day."""
    told = facts.status_as_of.isoformat() if facts.status_as_of else None
    evidence = {"status": facts.status_group, "as_of": told}
    if facts.status_group == RESTORABLE:
        return Found(LAPSED_RESTORABLE, evidence)
    if facts.status_group != ALIVE:
        return Missing("status_unknown")
    if facts.status_as_of is None:
        return Found(DAY_NOT_TOLD, evidence)
    years = full_years(facts.status_as_of, as_of)
    return Found(min(max(0, years), DAY_NOT_TOLD - 1), evidence)


def substantive_examination(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    """Inventions are granted after substantive examination, utility models are not (Patent Law art. 39, 40)."""
    if facts.granted_on is None and facts.status_group != ALIVE:
        return Missing("grant_unknown")
    return Found("examined" if facts.kind == INVENTION else "unexamined", {"kind": facts.kind})


def holder_count(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    return _number(facts.holder_count or None, "holders_unknown")


def dispute(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    held = sorted(facts.encumbrances & DISPUTES)
    return Found("disputed", {"kinds": held}) if held else Missing("nothing_on_record")


def survived_invalidation(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    return Found("survived", {"status": facts.status_group}) if facts.survived_invalidation else _nothing()


def claim_count(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    return _number(facts.claim_count or None, "claims_unknown")


def first_claim_length(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    return _number(facts.first_claim_length or None, "first_claim_unknown")


def countries_abroad(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    if facts.family_countries is None:
        return Missing("family_unknown")
    return Found(len(facts.family_countries), {"countries": list(facts.family_countries)})


def citation_rank(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    place = facts.citations
    if place is None:
        return Missing("citations_unknown")
    if place.size < leaf.minimum_cohort:
        return Missing("cohort_too_small")
    return Found(place.rank, {"cohort": place.cohort, "compared": place.size})


def subclass_count(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    """IPC subclasses, or Locarno classes of a design."""
    length = 2 if facts.kind == DESIGN else 4
    places = sorted({symbol[:length] for symbol in facts.classes if symbol})
    return Found(len(places), {"classes": places}) if places else Missing("classes_unknown")


def maturity(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    return _number(facts.statement.maturity, "maturity_not_said")


def field_trend(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    trend = facts.trend
    if trend is None:
        return Missing("field_unknown")
    if trend.earlier < leaf.minimum_cohort:
        return Missing("cohort_too_small")
    return Found(trend.ratio, {"field": trend.field, "earlier_filings": trend.earlier})


def remaining_years(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    """A term is worth something only while it is known to run."""
    if facts.status_group not in {ALIVE, RESTORABLE}:
        return Missing("status_unknown")
    if facts.expires_on is None:
        return Missing("expiry_unknown")
    return Found(max(0, full_years(as_of, facts.expires_on)), {"expires_on": facts.expires_on.isoformat()})


def kept_years(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    """Annual fees run from the filing day (domain §11.5); counted to the day the status speaks for, at most."""
    if facts.status_group != ALIVE or facts.filed_on is None:
        return Missing("status_unknown" if facts.status_group != ALIVE else "filing_day_unknown")
    until = min(as_of, facts.status_as_of or as_of)
    return Found(max(0, full_years(facts.filed_on, until)), {"filed_on": facts.filed_on.isoformat()})


def exploitation(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    """The best grade on record; else the institution's own word, which is grade C or a plain no."""
    if facts.evidence:
        return Found(min(facts.evidence), {"grades": sorted(facts.evidence)})
    said = facts.statement.exploitation
    if not said:
        return Missing("exploitation_not_said")
    return Found("none_said" if said == NOT_EXPLOITED else "c", {"said": said})


def firms_in_industry(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    return _number(facts.firms_in_industry, "industry_unknown")


def dealings(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    kinds = sorted(facts.encumbrances & (LICENCES | {PLEDGE}))
    return Found(len(kinds), {"kinds": kinds}) if kinds else _nothing()


def funded(facts: PatentFacts, as_of: date, leaf: Leaf) -> Found | Missing:
    if facts.funded is None:
        return Missing("funding_unknown")
    return Found("yes" if facts.funded else "no", {})


def _number(value: float | None, why: str) -> Found | Missing:
    return Missing(why) if value is None else Found(value, {})


def _nothing() -> Missing:
    return Missing("nothing_on_record")


MEASURES: Final[dict[str, Measure]] = {
    measure.__name__: measure
    for measure in (
        status_age,
        substantive_examination,
        holder_count,
        dispute,
        survived_invalidation,
        claim_count,
        first_claim_length,
        countries_abroad,
        citation_rank,
        subclass_count,
        maturity,
        field_trend,
        remaining_years,
        kept_years,
        exploitation,
        firms_in_industry,
        dealings,
        funded,
    )
}
