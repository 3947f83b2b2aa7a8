"""Reading matches and push suggestions."""

from __future__ import annotations

from django.db.models import QuerySet

from zhiqiao.engine.match import Match as Found
from zhiqiao.matching.models import Match, PushSuggestion
from zhiqiao.matching.policies import PUSHES
from zhiqiao.matching.searching import Asked, answers
from zhiqiao.needs.models import Need
from zhiqiao.parties.actors import Actor
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent
from zhiqiao.registry.selectors import patents_visible_to


def still_there(found: list[Found]) -> list[Found]:
    """The index may lag behind a withdrawal by a moment: nothing leaves that the register no longer has."""
    standing = set(
        Patent.objects.filter(pk__in=[each.key for each in found], withdrawn_at=None).values_list("pk", flat=True)
    )
    return [each for each in found if each.key in standing]


def found_for_text(actor: Actor, text: str, asked: Asked | None = None) -> list[tuple[Found, Patent]]:
    """The patents that answer a text, checked once more against what the actor may see before they leave."""
    found = still_there(answers("patents", actor, text, asked or Asked()))
    visible = patents_visible_to(actor).in_bulk([each.key for each in found])
    return [(each, visible[each.key]) for each in found if each.key in visible]


def matches_of(actor: Actor, need: Need) -> QuerySet[Match]:
    """The newest matches of a need, those patents alone that the actor may see."""
    newest = Match.objects.filter(need=need, superseded_at=None).order_by("rank")
    return newest.filter(patent__in=patents_visible_to(actor)).select_related("patent")


def suggestions_for_patent(actor: Actor, patent: Patent) -> QuerySet[PushSuggestion]:
    rows = PushSuggestion.objects.filter(patent=patent, superseded_at=None).select_related("organisation")
    return PUSHES.visible(actor, rows).order_by("rank")


def suggestions_for_organisation(actor: Actor, organisation: Organisation) -> QuerySet[PushSuggestion]:
    rows = PushSuggestion.objects.filter(organisation=organisation, superseded_at=None).select_related("patent")
    return PUSHES.visible(actor, rows).filter(patent__in=patents_visible_to(actor)).order_by("-score", "id")
