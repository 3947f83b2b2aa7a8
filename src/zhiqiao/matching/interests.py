"""What organisations said themselves: the fields and words they want to hear of or not, and their earlier replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import StrIndex

from zhiqiao.engine.neighbours import Neighbour
from zhiqiao.kernel.classes import BadClass, parse_ipc
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.lessons import lesson_of
from zhiqiao.matching.models import Profile, Push, PushState, Sort, Statement
from zhiqiao.matching.rules import AGAINST, Trace
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent

SPEAKS_FOR, SPEAKS_AGAINST = 4, 1
"""Levels of what a reply teaches: "interested" brings near patents nearer, "not our field" takes them further off."""


def wanted_by(patent: Patent) -> Iterable[tuple[int, Trace]]:
    """The organisations that named the patent's field, or a word of it."""
    for each in _said_of(patent).filter(wanted=True):
        yield each.organisation_id, Trace(f"own_{each.sort}", 1.0, {each.sort: each.value})


def refused_by(patent: Patent) -> set[int]:
    """The organisations that want no personalised pushes, or none in this field or with this word."""
    said = _said_of(patent).filter(wanted=False).values_list("organisation_id", flat=True)
    switched_off = Profile.objects.filter(personalised=False).values_list("organisation_id", flat=True)
    return {*said, *switched_off}


def refusals_of(organisation: Organisation) -> Callable[[Patent], bool]:
    """Whether the organisation refuses that the ranking names it for a patent; two queries for any number of them."""
    if Profile.objects.filter(organisation=organisation, personalised=False).exists():
        return lambda patent: True
    said = Statement.objects.filter(organisation=organisation, withdrawn_at=None, wanted=False)
    values = set(said.values_list("sort", "value"))
    fields = {value for sort, value in values if sort == Sort.FIELD}
    words = {value for sort, value in values if sort == Sort.WORD}
    return lambda patent: bool(fields & subclasses_of(patent)) or any(word in _text(patent) for word in words)


def replied_to(actor: Actor, near: Mapping[int, Neighbour], patent: Patent) -> Iterable[tuple[int, Trace]]:
    """What organisations replied to near patents and to this one. Those who look over the city alone are told: a
    reply is between an organisation and the holder of the patent that it was pushed."""
    if not actor.reads_city:
        return
    answered = Push.objects.filter(patent_id__in=[*near, patent.pk], state=PushState.ANSWERED)
    for push in answered.select_related("patent"):
        score = near[push.patent_id].score if push.patent_id in near else 1.0
        level = lesson_of(push)
        if level in {SPEAKS_FOR, SPEAKS_AGAINST}:
            sort = AGAINST if level == SPEAKS_AGAINST else "own_reply"
            yield push.organisation_id, Trace(sort, score, {"title": push.patent.title, "push": str(push.public_id)})


def _said_of(patent: Patent) -> QuerySet[Statement]:
    fields = Q(sort=Sort.FIELD, value__in=subclasses_of(patent))
    words = Q(sort=Sort.WORD, at__gt=0)
    standing = Statement.objects.filter(withdrawn_at=None).annotate(at=StrIndex(Value(_text(patent)), F("value")))
    return standing.filter(fields | words)


def _text(patent: Patent) -> str:
    return f"{patent.title}\n{patent.abstract}".lower()


def subclasses_of(patent: Patent) -> set[str]:
    """Subclasses of the IPC, as B29C; classes of another kind are left out."""
    return {found for symbol in (patent.main_class, *patent.classes) if (found := subclass(symbol))}


def subclass(symbol: str) -> str:
    """The subclass that a symbol begins with; empty where it is none of the IPC."""
    try:
        return parse_ipc(symbol).subclass
    except BadClass:
        return ""
