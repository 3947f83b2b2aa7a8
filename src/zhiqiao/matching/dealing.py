"""What deals teach: a patent that an organisation was licensed or took over answers what this organisation asked for.

Which of its needs, by a rule, since a firm has many and a deal answers one:

1. the need that a push of this patent to this organisation rested on, made before the deal: it was brought before the
   firm for that need, and the firm signed;
2. else, of the needs that it had stated before the deal and for which the ranking recommended the patent, the one where
   it stood highest. A patent that stood in the list unrecommended is no answer to it: the deal may be for another end;
3. else a push of the patent to the organisation before the deal, by the organisation's own patents that it rested on;
4. else nothing: nobody knows what the deal was for.

A need stated after the deal is not what the deal answers. "Before" goes by days, and the day itself counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.timezone import localdate

from zhiqiao.kernel.batches import in_batches
from zhiqiao.matching.models import Match, Push, PushState, Relevance
from zhiqiao.needs.models import Need
from zhiqiao.needs.models.needs import NeedState
from zhiqiao.needs.selectors import stated_on
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.deals import Deal

LEVEL: Final = 4
"""As high as the scale goes: nothing says louder that a patent fits than that somebody signed for it."""
Place = tuple[int, int]  # keys of organisation and patent


@dataclass(frozen=True)
class Lesson:
    """What a deal teaches: the patent answers the ``need``; without one, what the ``push`` rested on. ``push`` None:
    the ranking had found the patent for the need by itself."""

    deal: Deal
    need: Need | None
    push: Push | None


def known_deals(patents: Collection[int] | None = None) -> dict[Place, Deal]:
    """By organisation and patent, the first of several: who has a patent already asks for something else since. Told by
    whoever ``settings.ZHIQIAO_DEALS`` names; None for all patents."""
    sources = [import_string(path.replace(":", ".")) for path in settings.ZHIQIAO_DEALS]
    told: Iterable[Deal] = (deal for source in sources for deal in source(patents))
    found: dict[Place, Deal] = {}
    for deal in sorted(told, key=lambda each: (each.on, each.record)):
        found.setdefault((deal.organisation, deal.patent), deal)
    return found


def lessons_of(deals: Iterable[Deal]) -> Iterator[Lesson]:
    """Those of the deals that answer something, by the rule above."""
    for part in in_batches(deals):
        wanted = {(deal.organisation, deal.patent) for deal in part}
        pushes, matches = _pushes(wanted), _matches(wanted)
        for deal in part:
            place = (deal.organisation, deal.patent)
            lesson = _lesson(deal, pushes.get(place), matches.get(place, []))
            if lesson is not None:
                yield lesson


def lessons_for(organisation: Organisation) -> list[Lesson]:
    """What its deals teach, the newest first."""
    reached = Push.objects.filter(organisation=organisation).values_list("patent_id", flat=True)
    found = Match.objects.filter(need__organisation=organisation).values_list("patent_id", flat=True)
    patents = {*reached, *found}
    own = [deal for deal in known_deals(patents).values() if deal.organisation == organisation.pk] if patents else []
    return sorted(lessons_of(own), key=lambda lesson: (lesson.deal.on, lesson.deal.record), reverse=True)


def _lesson(deal: Deal, push: Push | None, matches: Iterable[Match]) -> Lesson | None:
    reached = push if push is not None and localdate(push.pushed_at) <= deal.on else None
    if reached is not None and reached.need is not None and reached.need.withdrawn_at is None:
        return Lesson(deal, reached.need, reached)
    for match in matches:
        if stated_on(match.need) <= deal.on:
            return Lesson(deal, match.need, None)
    return Lesson(deal, None, reached) if reached is not None else None


def _pushes(wanted: Collection[Place]) -> dict[Place, Push]:
    """What reached them; a push taken back before they replied did not."""
    reached = Push.objects.exclude(state=PushState.WITHDRAWN).select_related("need")
    reached = reached.filter(organisation_id__in=_first(wanted), patent_id__in=_second(wanted))
    return {(each.organisation_id, each.patent_id): each for each in reached}


def _matches(wanted: Collection[Place]) -> dict[Place, list[Match]]:
    """Of all matchings there ever were, the best rank first: what was found before the deal may be left out since."""
    there = Match.objects.exclude(relevance=Relevance.NONE).filter(need__withdrawn_at=None)
    there = there.filter(need__organisation_id__in=_first(wanted), patent_id__in=_second(wanted))
    there = there.exclude(need__state=NeedState.WITHDRAWN).select_related("need").order_by("rank", "-score", "id")
    found: dict[Place, list[Match]] = {}
    for each in there:
        found.setdefault((each.need.organisation_id or 0, each.patent_id), []).append(each)
    return found


def _first(wanted: Iterable[Place]) -> set[int]:
    return {organisation for organisation, _ in wanted}


def _second(wanted: Iterable[Place]) -> set[int]:
    return {patent for _, patent in wanted}
