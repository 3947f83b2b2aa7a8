"""Suggesting a tier, with reasons (domain §1.5), and the conditions it rests on (§2.2, §8).

Thresholds are the table ``tables/tiers.toml``: the official rule is not published. A suggestion is never a decision;
``watch`` and ``abandon`` take effect only when a person confirms them (domain §14, rule 11).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final

from zhiqiao.inventory.rules.facts import ALIVE, DISPUTES, INVENTION, LICENCES, PLEDGE, PatentFacts
from zhiqiao.inventory.rules.indicator_tree import FOLDER
from zhiqiao.inventory.rules.measures import NOT_EXPLOITED
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.periods import add_years

BASE: Final = "base"
CONVERTIBLE: Final = "convertible"
PROMOTED: Final = "promoted"
FAST: Final = "fast"
WATCH: Final = "watch"
ABANDON: Final = "abandon"
TIERS: Final = (BASE, CONVERTIBLE, PROMOTED, FAST, WATCH, ABANDON)
NEGATIVE: Final = frozenset({WATCH, ABANDON})

REVIEWED: Final = frozenset({"registered", "evaluating", "tiered", "promoting", "converting", "converted"})

# Domain §2.2, five conditions. Three cannot be judged from what this registry holds: the official concordance for
# strategic industries (needs words as well as classes), pledge sums (the gazette has none), national prizes.
NEVER_JUDGED: Final = ("strategic_industry", "pledge_sum", "national_prize")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a stable code with its facts. ``for_tier`` set: what that tier still lacks."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    for_tier: str = ""

    def plain(self) -> dict[str, Any]:
        lacking = {"lacking_for": self.for_tier} if self.for_tier else {}
        return {"code": self.code, "facts": dict(self.facts), **lacking}


@dataclass(frozen=True, slots=True)
class Suggestion:
    tier: str
    reasons: tuple[Reason, ...]
    rules_version: str

    @property
    def needs_confirmation(self) -> bool:
        return self.tier in NEGATIVE


@dataclass(frozen=True, slots=True)
class HighValue:
    """Which conditions of a high-value invention are met, and which nobody could judge. Not met and not judged are
    different things: ``met`` empty is no verdict while ``not_judged`` is not."""

    met: tuple[Reason, ...]
    not_judged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TierRules:
    """Thresholds by tier, with the version and source they came from."""

    version: str
    source: str
    effective_from: date
    thresholds: Mapping[str, Mapping[str, Any]]


class BrokenRules(Invalid):
    """A table of tier rules lacks something or has it in the wrong form."""

    code = "tier_rules_broken"


@cache
def shipped_rules() -> TierRules:
    return _read((FOLDER / "tiers.toml").read_text(encoding="utf-8"))


def read_rules(text: str) -> TierRules:
    """The rules of an installation's own table, which names every threshold that the shipped one names.

    Raises ``BrokenRules`` ``tier_rules_unreadable``, ``tier_rules_missing`` or ``tier_rules_form``.
    """
    try:
        rules = _read(text)
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise BrokenRules("tier_rules_unreadable", error=str(error)) from error
    for tier, expected in shipped_rules().thresholds.items():
        given = rules.thresholds.get(tier, {})
        if missing := sorted(set(expected) - set(given)):
            raise BrokenRules("tier_rules_missing", tier=tier, missing=missing)
        for name, like in expected.items():
            if isinstance(given[name], list) != isinstance(like, list) or isinstance(given[name], str | bool):
                raise BrokenRules("tier_rules_form", tier=tier, threshold=name)
    return rules


def _read(text: str) -> TierRules:
    raw = tomllib.loads(text)
    tables = {key: value for key, value in raw.items() if isinstance(value, dict)}
    return TierRules(raw["version"], raw["source"], raw["effective_from"], tables)


def high_value(facts: PatentFacts, as_of: date, rules: TierRules) -> HighValue:
    """The conditions of a high-value invention in force (domain §2.2; one is enough)."""
    if facts.kind != INVENTION or facts.status_group != ALIVE:
        return HighValue((), ())
    met, open_questions = [], list(NEVER_JUDGED)
    if facts.family_countries:
        met.append(Reason("family_abroad", {"countries": list(facts.family_countries)}))
    elif facts.family_countries is None:
        open_questions.append("family_abroad")
    least = rules.thresholds["fast"]["kept_years"]
    if facts.filed_on is None:
        open_questions.append("kept_long")
    elif _past_anniversary(facts.filed_on, least, as_of):
        met.append(Reason("kept_long", {"filed_on": facts.filed_on.isoformat(), "more_than_years": least}))
    return HighValue(tuple(met), tuple(open_questions))


def is_sleeper(facts: PatentFacts, as_of: date, rules: TierRules) -> bool:
    """Granted more than five years ago, in force, publicly funded, and no evidence of exploitation (domain §8).

    A justified reason not to exploit is for a person to establish, not for this rule.
    """
    if facts.status_group != ALIVE or facts.granted_on is None or facts.funded is not True or facts.evidence:
        return False
    said = facts.statement.exploitation
    years = rules.thresholds["sleeper"]["years_since_grant"]
    return said in {"", NOT_EXPLOITED} and _past_anniversary(facts.granted_on, years, as_of)


def suggest_tier(facts: PatentFacts, total: float | None, as_of: date, rules: TierRules) -> Suggestion:
    """The highest tier whose conditions hold, with the reasons, and what the next one lacks.

    ``total`` is the appraisal's, None where it was not appraised, which never counts against the patent.
    """
    marks = tuple(_marks(facts, as_of, rules))
    if blocks := tuple(_blocks(facts)):
        return Suggestion(BASE, blocks + marks, rules.version)
    fast = high_value(facts, as_of, rules).met + tuple(_buyer(facts, rules))
    promoted = tuple(_promoted(facts, rules))
    for tier, reasons in ((FAST, fast), (PROMOTED, promoted)):
        if reasons and facts.statement.willing != "no":
            return Suggestion(tier, reasons + marks, rules.version)
    if negative := _negative(facts, total, rules):
        tier, reason = negative
        return Suggestion(tier, (reason, *marks), rules.version)
    lacking = tuple(_lacking(facts, total, rules))
    if any(reason.for_tier for reason in lacking):
        return Suggestion(BASE, lacking + marks, rules.version)
    return Suggestion(CONVERTIBLE, lacking + marks, rules.version)


def _blocks(facts: PatentFacts) -> Iterator[Reason]:
    """What keeps a patent in the base tier whatever else is known."""
    if facts.status_group != ALIVE:
        code = "status_unknown" if facts.status_group == "unknown" else f"status_{facts.status_group}"
        yield Reason(code)
    if held := sorted(facts.encumbrances & DISPUTES):
        yield Reason("ownership_disputed", {"kinds": held})


def _marks(facts: PatentFacts, as_of: date, rules: TierRules) -> Iterator[Reason]:
    """What whoever takes the patent up has to know, whatever the tier."""
    if is_sleeper(facts, as_of, rules) and facts.granted_on is not None:
        yield Reason("sleeper", {"granted_on": facts.granted_on.isoformat()})
    if facts.holder_count is not None and facts.holder_count > 1:
        yield Reason("co_owned", {"holders": facts.holder_count})
    if PLEDGE in facts.encumbrances:
        yield Reason("pledged")
    if licences := sorted(facts.encumbrances & LICENCES):
        yield Reason("licensed", {"kinds": licences})


def _buyer(facts: PatentFacts, rules: TierRules) -> Iterator[Reason]:
    limits, maturity = rules.thresholds["fast"], facts.statement.maturity
    if maturity is not None and maturity >= limits["maturity"] and facts.replies.buyers >= limits["buyers"]:
        yield Reason("mature_with_buyer", {"maturity": maturity, "buyers": facts.replies.buyers})


def _promoted(facts: PatentFacts, rules: TierRules) -> Iterator[Reason]:
    limits, replies = rules.thresholds["promoted"], facts.replies
    if facts.statement.self_grade not in limits["self_grades"]:
        return
    if replies.intents >= limits["intents"]:
        yield Reason("enterprise_wants_to_talk", {"intents": replies.intents})
    elif replies.mean is not None and replies.mean >= limits["reply_mean"] and replies.count >= limits["reply_count"]:
        yield Reason("enterprises_rate_well", {"mean": replies.mean, "replies": replies.count})


def _negative(facts: PatentFacts, total: float | None, rules: TierRules) -> tuple[str, Reason] | None:
    said, in_use = facts.statement, bool(facts.evidence or facts.encumbrances & (LICENCES | {PLEDGE}))
    drop = rules.thresholds["abandon"]
    if not in_use and said.self_grade in drop["self_grades"]:
        return ABANDON, Reason("self_graded_low", {"self_grade": said.self_grade})
    if not in_use and total is not None and total < drop["total_below"]:
        return ABANDON, Reason("appraised_below", {"total": total, "below": drop["total_below"]})
    if said.self_grade == "unclear":
        return WATCH, Reason("prospects_unclear", {"self_grade": said.self_grade})
    watch = rules.thresholds["watch"]["total_below"]
    if total is not None and total < watch:
        return WATCH, Reason("appraised_below", {"total": total, "below": watch})
    return None


def _lacking(facts: PatentFacts, total: float | None, rules: TierRules) -> Iterator[Reason]:
    """What the convertible tier rests on, or lacks (``for_tier``)."""
    said, least = facts.statement, rules.thresholds["convertible"]["appraisal_stands_in"]
    if said.willing in {"no", "later"}:
        yield Reason("not_willing", {"willing": said.willing}, CONVERTIBLE)
    elif said.willing == "yes" and said.state in REVIEWED:
        yield Reason("willing_and_reviewed")
    elif total is not None and total >= least:
        yield Reason("appraisal_stands_in", {"total": total, "at_least": least})
        yield Reason("to_be_asked", {"willing": said.willing or None, "state": said.state})
    else:
        yield from _unasked(facts, total)


def _unasked(facts: PatentFacts, total: float | None) -> Iterator[Reason]:
    if facts.statement.willing != "yes":
        yield Reason("willingness_unknown", {}, CONVERTIBLE)
    if facts.statement.state not in REVIEWED:
        yield Reason("not_reviewed", {"state": facts.statement.state}, CONVERTIBLE)
    if total is None:
        yield Reason("not_appraised", {}, CONVERTIBLE)


def _past_anniversary(since: date, years: int, as_of: date) -> bool:
    """Exactly five years is not yet more than five."""
    return as_of > add_years(since, years)
