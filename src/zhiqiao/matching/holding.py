"""What the ranking holds about an organisation, as the organisation may see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language

from zhiqiao.core.reference import names_for
from zhiqiao.engine.text import segment, word_weight
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.dealing import LEVEL as OF_DEAL
from zhiqiao.matching.dealing import Lesson, lessons_for
from zhiqiao.matching.interests import subclass
from zhiqiao.matching.lessons import lesson_of
from zhiqiao.matching.models import Profile, Push, PushState, Sort, Statement
from zhiqiao.matching.policies import PROFILES
from zhiqiao.matching.selectors import pushes_visible_to
from zhiqiao.needs.models import Need
from zhiqiao.needs.models.needs import NeedState
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent

LOOKED_AT: Final = 2_000  # newest patents and needs, each
FIELDS_SHOWN, WORDS_SHOWN, REPLIES_SHOWN, NEEDS_SHOWN, DEALS_SHOWN = 12, 24, 50, 20, 50
SCHEME: Final = "ipc"


@dataclass(frozen=True)
class Derived:
    """A field or word that stands out in an organisation's own published patents and open needs, in how many of them;
    ``name`` is what the field is called."""

    value: str
    count: int
    name: str = ""


@dataclass(frozen=True)
class Remembered:
    """A reply and what it teaches; None: nothing. ``replaced``: a deal counts in its place."""

    push: Push
    level: int | None
    replaced: bool = False


@dataclass(frozen=True)
class Signed:
    """A deal of the organisation on a patent, and what it teaches."""

    lesson: Lesson
    patent: Patent
    level: int = OF_DEAL


@dataclass(frozen=True)
class Said:
    """What the organisation said itself; ``name`` is what the field is called."""

    statement: Statement
    name: str = ""


@dataclass(frozen=True)
class Held:
    """``personalised`` False: the ranking does not look for the organisation at all."""

    personalised: bool
    fields: list[Derived]
    words: list[Derived]
    said: list[Said]
    needs: list[Need]
    replies: list[Remembered]
    deals: list[Signed]
    patents: int


def held_about(actor: Actor, organisation: Organisation) -> Held:
    """Raises ``NotFound`` for whom it is none of their business."""
    PROFILES.require(actor, "view", organisation)
    own = Patent.objects.filter(
        public=True, withdrawn_at=None, holdings__standing=organisation, holdings__superseded_at=None
    )
    patents = list(own.order_by("-id").values_list("main_class", "title").distinct()[:LOOKED_AT])
    open_needs = Need.objects.filter(organisation=organisation, state=NeedState.OPEN, withdrawn_at=None)
    needs = list(open_needs.order_by("-id")[:LOOKED_AT])
    statements = list(Statement.objects.filter(organisation=organisation, withdrawn_at=None).order_by("-wanted", "id"))
    said_before = {(each.sort, each.value) for each in statements}
    fields = Counter(found for symbol, _ in patents if (found := subclass(symbol)))
    words = Counter(word for text in [*(title for _, title in patents), *map(_text, needs)] for word in _telling(text))
    shown = [each for each in fields.most_common() if (Sort.FIELD, each[0]) not in said_before][:FIELDS_SHOWN]
    names = _names({*(code for code, _ in shown), *(each.value for each in statements if each.sort == Sort.FIELD)})
    signed = _signed(organisation)
    return Held(
        personalised=not Profile.objects.filter(organisation=organisation, personalised=False).exists(),
        fields=[Derived(code, count, names.get(code, "")) for code, count in shown],
        words=[Derived(*each) for each in words.most_common() if (Sort.WORD, each[0]) not in said_before][:WORDS_SHOWN],
        said=[Said(each, names.get(each.value, "") if each.sort == Sort.FIELD else "") for each in statements],
        needs=needs[:NEEDS_SHOWN],
        replies=_remembered(actor, organisation, signed),
        deals=signed,
        patents=len(patents),
    )


def _text(need: Need) -> str:
    return f"{need.title} {need.content}"


def _telling(text: str) -> set[str]:
    return {word for word in segment(text) if len(word) > 1 and word_weight(word) == 1.0}


def _names(codes: set[str]) -> dict[str, str]:
    return names_for(SCHEME, codes, "en" if (get_language() or "").startswith("en") else "zh")


def _remembered(actor: Actor, organisation: Organisation, signed: Iterable[Signed]) -> list[Remembered]:
    replaced = {each.patent.pk for each in signed}
    answered = pushes_visible_to(actor).filter(organisation=organisation, state=PushState.ANSWERED)
    return [
        Remembered(each, None, replaced=True) if each.patent_id in replaced else Remembered(each, lesson_of(each))
        for each in answered.order_by("-answered_at", "-id")[:REPLIES_SHOWN]
    ]


def _signed(organisation: Organisation) -> list[Signed]:
    """Without those on which a person said something else: that stands among the replies."""
    lessons = lessons_for(organisation)[:DEALS_SHOWN]
    patents = Patent.objects.in_bulk([each.deal.patent for each in lessons])
    said = Push.objects.filter(organisation=organisation, patent__in=patents, state=PushState.ANSWERED)
    corrected = set(said.exclude(level=None).values_list("patent_id", flat=True))
    return [Signed(each, patents[each.deal.patent]) for each in lessons if each.deal.patent not in corrected]
