"""Whom a patent could be pushed to, and what could be pushed to an organisation: rows of one kind for both pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from zhiqiao.kit.actors import Actor
from zhiqiao.matching.models import Push, PushState, PushSuggestion
from zhiqiao.matching.selectors import pushes_visible_to, suggestions_for_organisation, suggestions_for_patent
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.registers.organisations import with_places_and_industries
from zhiqiao.registry.models import Patent
from zhiqiao.wording import listed


@dataclass(frozen=True)
class Suggested:
    """One suggestion as a row: ``title`` leads to the other side of it, ``push`` is what became of it."""

    rank: int
    title: str
    address: str
    meta: tuple[str, ...]
    score: float
    reasons: list[dict[str, Any]]
    organisation: str
    push: Push | None


def for_patent(actor: Actor, patent: Patent) -> list[Suggested]:
    """Organisations that would care, best first."""
    found = suggestions_for_patent(actor, patent)
    with_places_and_industries(actor, [each.organisation for each in found])
    pushed = _standing(actor, Push.objects.filter(patent=patent))
    rows = enumerate(found, 1)
    return [_of_organisation(rank, each, pushed.get((patent.pk, each.organisation_id))) for rank, each in rows]


def for_organisation(actor: Actor, organisation: Organisation, most: int) -> list[Suggested]:
    """Patents it would care about, best first."""
    found = suggestions_for_organisation(actor, organisation)[:most]
    pushed = _standing(actor, Push.objects.filter(organisation=organisation)) if found else {}
    return [_of_patent(rank, each, pushed.get((each.patent_id, organisation.pk))) for rank, each in enumerate(found, 1)]


def _standing(actor: Actor, of: Any) -> Mapping[tuple[int, int], Push]:
    seen: Iterable[Push] = pushes_visible_to(actor).filter(pk__in=of.exclude(state=PushState.WITHDRAWN).values("pk"))
    return {(each.patent_id, each.organisation_id): each for each in seen}


def _of_organisation(rank: int, found: PushSuggestion, push: Push | None) -> Suggested:
    house = found.organisation
    meta = (str(house.get_kind_display()), listed(map(str, vars(house)["industry_names"])))
    return _row(rank, found, house.name, reverse("organisation_page", args=[house.public_id]), meta, push)


def _of_patent(rank: int, found: PushSuggestion, push: Push | None) -> Suggested:
    patent = found.patent
    meta = (patent.shown_number, listed(patent.holders))
    return _row(rank, found, patent.title, reverse("patent_page", args=[patent.public_id]), meta, push)


def _row(
    rank: int, found: PushSuggestion, title: str, address: str, meta: tuple[str, ...], push: Push | None
) -> Suggested:
    return Suggested(
        rank, title, address, tuple(filter(None, meta)), found.score, found.reasons,
        str(found.organisation.public_id), push,
    )  # fmt: skip
