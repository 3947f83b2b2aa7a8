"""What is said of each patent that was found: which elements of the need it answers, what the records say of it, and,
where it is no more than near, what was missing. Codes and facts alone; the faces word them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from zhiqiao.engine.match import Match as Found
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.models import Match, Relevance
from zhiqiao.matching.rankers import serving
from zhiqiao.matching.searching import as_elements, as_passage, as_reasons, elements_within, version
from zhiqiao.matching.standing import AGAINST, Reason, standings
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent

NEAR_SHOWN: Final = 5
PARTS_SHOWN: Final = 3
NEAR: Final = frozenset({"very_near", "near"})
FOREIGN: Final = "need_is_foreign"


@dataclass(frozen=True)
class Told:
    """A patent that was found. ``elements``: of the need, each with its ``answer``, None where it is open.
    ``standing``: what the records say. ``why_not``: what was missing; empty where it is recommended."""

    rank: int
    patent: Patent
    score: float
    relevance: str
    reasons: list[Reason]
    passage: dict[str, Any] | None
    elements: list[dict[str, Any]]
    version: str
    standing: list[Reason]
    why_not: list[Reason]

    @property
    def answered(self) -> int:
        return sum(bool(each["answer"] and each["answer"]["answers"]) for each in self.elements)

    @property
    def touched(self) -> int:
        """Elements that a passage speaks of without answering them."""
        return sum(each["answer"] is not None for each in self.elements) - self.answered

    @property
    def nearness(self) -> str:
        """How near the title is to the whole need in meaning, where it is near: ``very_near`` or ``near``."""
        bands = (str(each["facts"].get("band", "")) for each in self.reasons if each["code"] == "meaning")
        return next((band for band in bands if band in NEAR), "")


def tell_found(actor: Actor, found: Sequence[tuple[Found, Patent]], asked: str) -> list[Told]:
    """Answers to what somebody asked just now, in their order."""
    now = version()
    told = [
        Told(
            rank, patent, each.score, str(each.level), as_reasons(each), as_passage(each),
            elements_within(as_elements(each, asked), asked), now, [], [],
        )
        for rank, (each, patent) in enumerate(found, 1)
    ]  # fmt: skip
    return _whole(actor, told, _industries(actor.organisations))


def tell_kept(actor: Actor, kept: Iterable[Match], asked: str) -> list[Told]:
    """Matches of one need as they were kept. An element that does not stand in the need any more is left out."""
    told: list[Told] = []
    industries: list[str] = []
    for each in kept:
        house = each.need.organisation
        industries = each.need.industries or (house.industries if house else [])
        told.append(
            Told(
                each.rank, each.patent, each.score, each.relevance, each.reasons, each.passage,
                elements_within(each.elements, asked), each.version, [], [],
            )
        )  # fmt: skip
    return _whole(actor, told, industries)


def recommended(told: Iterable[Told]) -> list[Told]:
    return [each for each in told if each.relevance != Relevance.NONE]


def near_misses(told: Iterable[Told]) -> list[Told]:
    """The first of those that are not recommended."""
    return [each for each in told if each.relevance == Relevance.NONE][:NEAR_SHOWN]


def _industries(organisations: Iterable[int]) -> list[str]:
    rows = Organisation.objects.filter(pk__in=list(organisations)).order_by("pk").values_list("industries", flat=True)
    return [code for industries in rows for code in industries]


def _whole(actor: Actor, told: Sequence[Told], industries: Sequence[str]) -> list[Told]:
    standing = standings(actor, [each.patent for each in told], industries)
    last = next(iter(recommended(reversed(told))), None)
    whole = [replace(each, standing=standing[each.patent.pk]) for each in told]
    return [
        replace(each, why_not=list(_why_not(each, last))) if each.relevance == Relevance.NONE else each
        for each in whole
    ]


def _why_not(told: Told, last: Told | None) -> Iterator[Reason]:
    """What was missing, from the ranking's own figures; ``last`` is the last one that is recommended."""
    if told.version == version():
        least = serving().model.levels[Relevance.WEAK]
        below = told.score < least
        code, facts = ("below_border", {"reached": round(told.score, 4), "border": least}) if below else (FOREIGN, {})
        yield {"code": code, "facts": facts}
    if told.answered < len(told.elements):
        missing = [each["sort"] for each in told.elements if each["answer"] is None]
        code = "elements_open" if missing else "elements_touched"
        counts = {"answered": told.answered, "touched": told.touched, "of": len(told.elements)}
        yield {"code": code, "facts": {**counts, "elements": list(dict.fromkeys(missing))}}
    if last is not None and last.version == told.version:
        yield from _behind(told, last)
    yield from (each for each in told.standing if each["code"] in AGAINST)


def _behind(told: Told, last: Told) -> Iterator[Reason]:
    """By which features it lies behind the last one recommended; their differences add up to that of the margins."""
    own, other = _shares(told.reasons), _shares(last.reasons)
    if own is None or other is None or own["margin"] >= other["margin"]:
        return
    values = {part["name"]: -part["value"] for part in other["parts"]}
    for part in own["parts"]:
        values[part["name"]] = values.get(part["name"], 0.0) + part["value"]
    behind = sorted((value, name) for name, value in values.items() if value < 0)[:PARTS_SHOWN]
    parts = [{"name": name, "value": round(value, 2)} for value, name in behind]
    yield {"code": "behind_last", "facts": {"parts": parts, "margin": round(own["margin"] - other["margin"], 2)}}


def _shares(reasons: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((each["facts"] for each in reasons if each["code"] == "shares"), None)
