"""Reading matches and push suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.db.models import Exists, QuerySet

from zhiqiao.engine.match import Match as Found
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching.interests import refusals_of, refused_by
from zhiqiao.matching.models import Match, Push, PushSuggestion, Relevance
from zhiqiao.matching.models.pushes import WAITING
from zhiqiao.matching.policies import PUSHES, SUGGESTIONS
from zhiqiao.matching.rules import OF_REPLIES, Trace, interest, is_candidate
from zhiqiao.matching.searching import Asked, answers
from zhiqiao.needs.models import Need
from zhiqiao.needs.selectors import needs_visible_to
from zhiqiao.parties.models import Organisation, User
from zhiqiao.registry.models import Patent, PatentHolder
from zhiqiao.registry.selectors import patents_visible_to

GOOD = (Relevance.STRONG, Relevance.FAIR)
NEAR_THE_TOP = 3  # ranks
Told = TypeVar("Told", PushSuggestion, Push)


def still_there(found: list[Found]) -> list[Found]:
    """The index may lag behind a withdrawal by a moment: nothing leaves that the register no longer has."""
    standing = set(
        Patent.objects.filter(pk__in=[each.key for each in found], withdrawn_at=None).values_list("pk", flat=True)
    )
    return [each for each in found if each.key in standing]


def held_by(organisations: Iterable[int]) -> frozenset[int]:
    """Patents that these organisations hold: a firm does not look for its own."""
    holdings = PatentHolder.objects.filter(standing_id__in=list(organisations))
    return frozenset(holdings.values_list("patent_id", flat=True))


def found_for_text(actor: Actor, text: str, asked: Asked | None = None) -> list[tuple[Found, Patent]]:
    """The patents that answer a text, checked once more against what the actor may see before they leave. To somebody
    of a firm that firm's own are no answer."""
    asked = asked or Asked()
    if actor.holds(Role.ENTERPRISE_MEMBER):
        asked = replace(asked, without=asked.without | held_by(actor.organisations))
    found = still_there(answers("patents", actor, text, asked))
    visible = patents_visible_to(actor).in_bulk([each.key for each in found])
    return [(each, visible[each.key]) for each in found if each.key in visible]


def matches_of(actor: Actor, need: Need) -> QuerySet[Match]:
    """The newest matches of a need, those patents alone that the actor may see."""
    newest = Match.objects.filter(need=need, superseded_at=None).order_by("rank")
    return newest.filter(patent__in=patents_visible_to(actor)).select_related("patent", "need__organisation")


def needs_answered_by(actor: Actor, patent: Patent) -> QuerySet[Match]:
    """The needs for which the newest matching found the patent, best first, those alone that the actor may see."""
    newest = Match.objects.filter(patent=patent, superseded_at=None).exclude(relevance=Relevance.NONE)
    seen = newest.filter(need__in=needs_visible_to(actor).order_by())
    return seen.select_related("need").order_by("-score", "id")


def newest_matches(actor: Actor) -> QuerySet[Match]:
    """Good matches near the top of the newest matchings, the last made first; need and patent both visible."""
    good = Match.objects.filter(superseded_at=None, relevance__in=GOOD, rank__lte=NEAR_THE_TOP)
    seen = good.filter(need__in=needs_visible_to(actor).order_by(), patent__in=patents_visible_to(actor))
    return seen.select_related("need", "patent").order_by("-computed_at", "rank")


def suggestions_for_patent(actor: Actor, patent: Patent) -> list[PushSuggestion]:
    """The newest suggestions, best first, as far as the actor may see what they rest on."""
    standing = PushSuggestion.objects.filter(patent=patent, superseded_at=None).select_related("organisation")
    rows = standing.exclude(organisation_id__in=refused_by(patent))
    return _as_seen_by(actor, SUGGESTIONS.visible(actor, rows).order_by("rank"))


def suggestions_for_organisation(actor: Actor, organisation: Organisation) -> list[PushSuggestion]:
    rows = PushSuggestion.objects.filter(organisation=organisation, superseded_at=None).select_related("patent")
    rows = SUGGESTIONS.visible(actor, rows).filter(patent__in=patents_visible_to(actor))
    refused = refusals_of(organisation)
    return [each for each in _as_seen_by(actor, rows.order_by("-score", "id")) if not refused(each.patent)]


def _as_seen_by(actor: Actor, rows: QuerySet[PushSuggestion]) -> list[PushSuggestion]:
    """Without the reasons that rest on needs hidden from the actor or on replies to others, and without what rests on
    nothing else: whoever found the suggestion may have seen more. Not to be saved."""
    kept: list[PushSuggestion] = []
    for each, reasons in _told(actor, list(rows)):
        if len(reasons) < len(each.reasons):
            each.reasons = reasons
            each.score = interest(_traces(each))
            if not is_candidate(_traces(each)):
                continue
        kept.append(each)
    return kept


def _told(actor: Actor, kept: Sequence[Told]) -> list[tuple[Told, list[dict[str, Any]]]]:
    """Each with the reasons that the actor may know. What an organisation replied of other patents is its own and the
    city's."""
    hidden = _hidden_needs(actor, kept)
    seen = []
    for each in kept:
        insider = actor.reads_city or each.organisation_id in actor.organisations
        told = [reason for reason in each.reasons if insider or reason["code"] not in OF_REPLIES]
        seen.append((each, [reason for reason in told if reason["facts"].get("need") not in hidden]))
    return seen


def _hidden_needs(actor: Actor, found: Iterable[PushSuggestion | Push]) -> set[str]:
    """Public ids of the needs named in reasons that the actor may not see."""
    told = {reason["facts"].get("need") for each in found for reason in each.reasons} - {None}
    seen = needs_visible_to(actor).filter(public_id__in=told).order_by().values_list("public_id", flat=True)
    return told - set(map(str, seen))


def _traces(suggestion: PushSuggestion) -> list[Trace]:
    return [Trace(reason["code"], reason["facts"]["score"], reason["facts"]) for reason in suggestion.reasons]


def pushes_visible_to(actor: Actor) -> QuerySet[Push]:
    """A person who refused personalised pushes (PIPL art. 24) is not shown those to their own organisations, though
    their colleagues are."""
    seen = PUSHES.visible(actor, Push.objects.select_related("patent", "organisation", "need"))
    if actor.user_key is None:
        return seen
    refused = Exists(User.objects.filter(pk=actor.user_key, personalised=False))
    return seen.exclude(refused, organisation_id__in=actor.organisations, personalised=True)


def waiting_for_reply(actor: Actor) -> QuerySet[Push]:
    """What was pushed to the actor's organisations and nobody answered yet, the oldest first."""
    own = pushes_visible_to(actor).filter(organisation_id__in=actor.organisations, state__in=WAITING)
    return own.order_by("id")


def with_reasons_for(actor: Actor, pushes: Iterable[Push]) -> None:
    """Leave out the reasons that the actor may not know. Not to be saved afterwards."""
    for each, reasons in _told(actor, list(pushes)):
        each.reasons = reasons
