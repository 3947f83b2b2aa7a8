"""Why the machine suggests something, and why a row was left out: one sentence a code.

Reasons about rows and files are worded in ``exchange``, since reports of rejected rows carry them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from zhiqiao.exchange.reasons import REASONS as ROWS
from zhiqiao.exchange.reasons import reason_text
from zhiqiao.wording.facts import readable
from zhiqiao.wording.terms import LABELS, label
from zhiqiao.wording.worknames import FOUND, STOPPED

Text = str | Promise

MATCHES: Final[dict[str, Text]] = {
    "shared_words": _("Shares the words %(words)s; they make up %(coverage)s of the need"),
    "meaning": _("%(band)s in meaning"),
    "replies_for": _("%(judged)s earlier replies on like patents for like needs speak for it"),
    "replies_against": _("%(judged)s earlier replies on like patents for like needs speak against it"),
    "shares": _("The score comes from: %(parts)s; together %(margin)s"),
    "cross_field": _("A place kept for another field: section %(section)s, where most others are of %(usual)s"),
    "same_class": _("In the same technical class: %(classes)s"),
    "passage": _("One sentence (%(field)s) holds %(coverage)s of the words of the need"),
    "same_industry": _("In the same industry: %(industries)s"),
    "near_industry": _("In a near industry: %(industries)s"),
    "other_industry": _("In another industry: %(industries)s"),
    "class_close": _("In subclass %(symbol)s, as %(sharing)s of the %(of)s nearest"),
    "class_near": _("In class %(symbol)s, as %(sharing)s of the %(of)s nearest"),
    "class_section": _("Shares no more than section %(symbol)s with the nearest"),
    "class_far": _("From another field (%(symbol)s) than the nearest"),
    "status_in_force": _("In force"),
    "fee_due": _("Annual fee of year %(year)s due by %(due_on)s, as reckoned from the filing day"),
    "tier_in_effect": _("Tier in the stocktaking: %(tier)s"),
    "tier_suggested": _("Tier in the stocktaking: %(tier)s, suggested by the rules alone"),
    "maturity": _("Maturity level %(maturity)s of 9"),
    "below_border": _("Its score of %(reached)s stays below the %(border)s from which on patents are recommended"),
    "need_is_foreign": _("Nothing on record is nearer to this need than chance would bring it"),
    "elements_open": _(
        "In words it answers %(answered)s of %(of)s parts of the need and mentions %(touched)s; "
        "not mentioned: %(elements)s"
    ),
    "elements_touched": _("In words it answers %(answered)s of %(of)s parts of the need and only mentions the others"),
    "behind_last": _("Behind the last one recommended by %(margin)s, most of all in: %(parts)s"),
    "own_patent": _("Nearest of its own patents: “%(title)s”"),
    "own_field": _("Wants to hear of its field: %(field)s"),
    "own_word": _("Wants to hear of the word “%(word)s”"),
    "own_reply": _("Replied well to a patent near this one: “%(title)s”"),
    "reply_against": _("Replied “not our field” to a patent near this one: “%(title)s”"),
    "own_need": _("Has stated a need that this patent is near to: “%(title)s”"),
}
PARTS: Final[dict[str, Text]] = {
    "standing": _("nearness in meaning"),
    "title_covered": _("title words found in the need"),
    "title_coverage": _("words of the need in the title"),
    "body_coverage": _("words of the need in abstract or claim"),
    "letters": _("likeness of wording"),
    "replies": _("earlier replies"),
    "habit": _("how such needs are judged"),
    "ordinary": _("as of any patent nearby"),
    "words": _("words in common"),
    "older": _("filed earlier"),
}
ELEMENTS: Final[dict[str, Text]] = {
    "object": pgettext_lazy("part of a need", "Object"),
    "problem": pgettext_lazy("part of a need", "Problem"),
    "goal": pgettext_lazy("part of a need", "Goal"),
    "figure": pgettext_lazy("part of a need", "Figures"),
    "means": pgettext_lazy("part of a need", "Means"),
    "condition": pgettext_lazy("part of a need", "Condition"),
}
BANDS: Final[dict[str, Text]] = {"very_near": _("Very near"), "near": _("Near"), "far": _("Far")}

TIERS: Final[dict[str, Text]] = {
    "status_unknown": _("Its legal status is not known"),
    "status_dead": _("The right has ended"),
    "status_pending": _("Not granted yet"),
    "status_restorable": _("Lapsed, can still be restored"),
    "ownership_disputed": _("Ownership is disputed or preserved: %(kinds)s"),
    "family_abroad": _("Has family members abroad: %(countries)s"),
    "kept_long": _("Kept in force for more than %(more_than_years)s years since %(filed_on)s"),
    "mature_with_buyer": _("Maturity %(maturity)s, and %(buyers)s firms want to take it over"),
    "enterprise_wants_to_talk": _("%(intents)s firms want to talk"),
    "enterprises_rate_well": _("%(replies)s firms rate it %(mean)s of 5 on average"),
    "self_graded_low": _("The institution itself grades it low"),
    "appraised_below": _("Appraised at %(total)s, below %(below)s"),
    "prospects_unclear": _("The institution calls its prospects unclear"),
    "not_willing": _("The institution does not want to convert it now"),
    "willing_and_reviewed": _("Willing to convert, and the review is passed"),
    "appraisal_stands_in": _(
        "Appraised at %(total)s (at least %(at_least)s); stands in until the institution is asked"
    ),
    "to_be_asked": _("The institution still has to be asked"),
    "willingness_unknown": _("Nobody said whether the institution wants to convert it"),
    "not_reviewed": _("Not reviewed by the institution yet"),
    "not_appraised": _("Not appraised"),
    "sleeper": _("Asleep: funded, granted on %(granted_on)s, no exploitation on record"),
    "co_owned": _("%(holders)s holders: each has to agree"),
    "pledged": _("Pledged"),
    "licensed": _("Licensed: %(kinds)s"),
}
APPRAISAL: Final[dict[str, Text]] = {
    "patent_ended": _("the right has ended"),
    "not_granted": _("not granted"),
    "outside_bands": _("outside the scale"),
    "citations_unknown": _("no file told the citations"),
    "claims_unknown": _("no file told the number of claims"),
    "classes_unknown": _("no file told the classes"),
    "cohort_too_small": _("too few patents to compare with"),
    "exploitation_not_said": _("nobody said whether it is worked"),
    "expiry_unknown": _("the end of its term is not known"),
    "family_unknown": _("no file told the family"),
    "field_unknown": _("its technical field is not known"),
    "filing_day_unknown": _("the day of filing is not known"),
    "first_claim_unknown": _("no file held the claims"),
    "funding_unknown": _("nobody said whether it was funded"),
    "grant_unknown": _("the day of grant is not known"),
    "holders_unknown": _("no file told the holders"),
    "industry_unknown": _("its industry is not known"),
    "maturity_not_said": _("the institution did not say how mature it is"),
    "none_said": _("said not to be worked"),
    "nothing_on_record": _("nothing on record"),
    "status_unknown": _("its legal status is not known"),
}
# Counted over many rows a reason has no facts: what is said of one row by them, said of all.
COUNTED: Final[dict[str, Text]] = {
    "sheet_too_wide": _("A stray value stands far to the right of the table"),
    "rows_hidden": _("Hidden rows were read too"),
    "cells_beyond_headings": _("There are values beyond the headings; the cells may have shifted"),
    "text_too_long": _("The text is too long"),
    "cells_refused": _("Cells that the form does not take"),
    "rule_refused": _("Against a rule of the register"),
    "number_check_digit": _("Wrong check digit of the application number"),
    "number_kind": _("There is no such kind of patent"),
    "number_year": _("The year in the application number is impossible"),
    "numbers_disagree": _("Two application numbers disagree"),
    "check_digit_filled": _("The missing check digit was filled in"),
    "date_future": _("The date is yet to come"),
    "filed_on_disagrees": _("The filing date does not fit the year in the application number"),
    "filed_on_after_number": _("The filing date lies after the year in the application number; kept"),
    "unit_unknown": _("Unknown unit of an amount"),
    "credit_code_check_digit": _("Wrong check digit of the credit code"),
}
_TOLD_WITH_SUM: Final = frozenset({"own_patent", "own_need"})
SENTENCES: Final[dict[str, Text]] = {**TIERS, **MATCHES, **STOPPED, **FOUND}


def sentence(reason: Any) -> str:
    """``reason`` is a code, or a mapping with ``code`` and ``facts``; plain words pass as they are. Where a part of the
    score rests on it alone, what that is the sum of follows."""
    return " · ".join(filter(None, (bare(reason), what_it_adds(reason))))


def what_it_adds(reason: Any) -> str:
    """What the part of the score that rests on one reason is the sum of; empty for all others."""
    if not isinstance(reason, Mapping) or reason.get("code") not in _TOLD_WITH_SUM:
        return ""
    facts = reason.get("facts") or {}
    return str(MATCHES["shares"]) % readable(_with_parts(dict(facts))) if "parts" in facts else ""


def bare(reason: Any) -> str:
    """As ``sentence``, without the sum."""
    if not isinstance(reason, Mapping):
        text = SENTENCES.get(str(reason)) or LABELS.get(str(reason))
        return str(text) if text is not None else str(reason)
    if "text" in reason:
        return str(reason["text"])
    code = str(reason.get("code", ""))
    known = SENTENCES.get(code)
    if known is None:
        return label(code)
    return str(known) % readable(_with_elements(_with_parts(_with_bands(reason.get("facts") or {}))))


def _with_bands(facts: Mapping[str, Any]) -> dict[str, Any]:
    band = facts.get("band")
    return {**facts, "band": str(BANDS.get(str(band), band))} if band else dict(facts)


def _with_parts(facts: dict[str, Any]) -> dict[str, Any]:
    """What a sum is made of, each part with its sign; the sum is written the same way."""
    if "parts" not in facts:
        return facts
    parts = [f"{PARTS.get(each['name'], each['name'])} {each['value']:+.2f}" for each in facts["parts"]]
    return {**facts, "parts": parts, "margin": f"{facts['margin']:+.2f}"}


def _with_elements(facts: dict[str, Any]) -> dict[str, Any]:
    if "elements" not in facts:
        return facts
    return {**facts, "elements": [element(each) for each in facts["elements"]]}


def element(sort: str) -> str:
    """Which part of a need something is."""
    return str(ELEMENTS.get(sort, sort))


def row_reason(code: str, facts: Mapping[str, Any] | None = None) -> str:
    """Why a row of a file was rejected or what was noted on it."""
    if code not in ROWS:
        return sentence(code)
    if not facts and code in COUNTED:
        return str(COUNTED[code])
    return reason_text(code, facts or {}, "en" if (get_language() or "").startswith("en") else "zh")


def lacking(reason: Mapping[str, Any]) -> str:
    """What the next tier still needs; empty where the reason speaks for the tier."""
    tier = reason.get("lacking_for")
    return _now("missing for “%(tier)s”") % {"tier": label(str(tier))} if tier else ""


def appraisal_gap(code: str) -> str:
    """Why an indicator has no score."""
    return str(APPRAISAL.get(code, code))
