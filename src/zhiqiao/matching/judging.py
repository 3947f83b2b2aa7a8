"""Judged pairs of need and patent: from replies and deals, with where each comes from; and the frozen set of the sample
city."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from django.utils.timezone import localtime

from zhiqiao.engine.documents import Document
from zhiqiao.matching.actions import need_text
from zhiqiao.matching.dealing import LEVEL as OF_DEAL
from zhiqiao.matching.dealing import Lesson, known_deals, lessons_of
from zhiqiao.matching.lessons import lesson_of
from zhiqiao.matching.models import Push, PushState
from zhiqiao.needs.models import Need
from zhiqiao.needs.selectors import need_document
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.selectors import patent_documents
from zhiqiao.sample.city import sample_city

OF_NEED, OF_PATENTS = 1.0, 0.5
"""How much a judgement weighs: of a stated need; of what the house's own patents say that it cares about."""
KEPT_BACK_OF: Final = 5  # one group in so many is never learnt from, so that rankings can be compared on it
PUBLIC: Final = ("public",)
# Above all keys of the register: documents of the sample are in no index.
FIRST_KEY: Final = 2**61
AT_MOST_OTHERS: Final = 10
BESIDE: Final = ("need", "patent", "organisation")


@dataclass(frozen=True)
class OfReply:
    """The push whose reply it is, by public ids: its organisation, when it replied and what, and whether a person said
    otherwise since what it teaches."""

    push: str
    organisation: str
    answered_at: datetime
    reply: str
    corrected: bool

    @property
    def day(self) -> date:
        return self.answered_at.date()

    @property
    def key(self) -> str:
        return self.push


@dataclass(frozen=True)
class OfDeal:
    """The deal that it follows from: its kind, who made it (by public id), the day on record, where it stands and which
    import told it; the push that went before, by public id, and what the organisation had replied to it, if anything.
    """

    deal: str
    organisation: str
    on: date
    record: str
    told_by: str
    push: str
    reply: str

    @property
    def day(self) -> date:
        return self.on

    @property
    def key(self) -> str:
        return self.record


@dataclass(frozen=True)
class JudgedPair:
    """``seen_by``: who may see the need's text, as visibility tokens. ``group``: pairs of one need belong together.
    ``source`` None: of the sample."""

    need: str
    seen_by: tuple[str, ...]
    document: Document
    level: int
    weight: float
    group: str
    source: OfReply | OfDeal | None = None

    @property
    def kept_back(self) -> bool:
        """Decided by the group's name alone, so it stays so for good."""
        return int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % KEPT_BACK_OF == 0


def judged_pairs() -> list[JudgedPair]:
    """What replies and deals taught so far, the oldest first; one pair for each organisation and patent.

    Where both speak, the deal is the pair: a signature says more than a tap, whichever came first ("already have" after
    a licence is no doubt about the match). What a person said that the push teaches wins over both, also where it is
    nothing.
    """
    answered = Push.objects.filter(state=PushState.ANSWERED, patent__withdrawn_at=None)
    replies = {(each.organisation_id, each.patent_id): each for each in answered.select_related(*BESIDE)}
    deals = {(each.deal.organisation, each.deal.patent): each for each in lessons_of(known_deals().values())}
    deals = {place: each for place, each in deals.items() if place not in replies or replies[place].level is None}
    documents = {each.key: each for each in patent_documents([patent for _, patent in {**replies, **deals}])}
    houses = dict(Organisation.objects.filter(pk__in=[key for key, _ in deals]).values_list("pk", "public_id"))
    pairs = [
        *(_of_reply(each, documents) for place, each in replies.items() if place not in deals),
        *(_of_deal(each, str(houses[place[0]]), replies.get(place), documents) for place, each in deals.items()),
    ]
    found = [each for each in pairs if each is not None]
    return sorted(found, key=lambda pair: (pair.source.day, pair.source.key) if pair.source else (date.min, ""))


def answered_pushes() -> int:
    return Push.objects.filter(state=PushState.ANSWERED).count()


def _of_reply(push: Push, documents: Mapping[int, Document]) -> JudgedPair | None:
    level = lesson_of(push)
    if level is None or push.patent_id not in documents:
        return None
    house = str(push.organisation.public_id)
    assert push.answered_at is not None  # noqa: S101 -- it was answered
    source = OfReply(str(push.public_id), house, localtime(push.answered_at), push.reply, push.level is not None)
    return _pair(push.need, push, documents[push.patent_id], level, source)


def _of_deal(lesson: Lesson, house: str, reply: Push | None, documents: Mapping[int, Document]) -> JudgedPair | None:
    deal, push = lesson.deal, lesson.push
    if deal.patent not in documents:
        return None
    source = OfDeal(
        deal.kind, house, deal.on, deal.record, deal.told_by, str(push.public_id) if push else "",
        reply.reply if reply else "",
    )  # fmt: skip
    return _pair(lesson.need, push, documents[deal.patent], OF_DEAL, source)


def _pair(
    need: Need | None, push: Push | None, document: Document, level: int, source: OfReply | OfDeal
) -> JudgedPair | None:
    """Of the need; where there is none, of the titles of the house's own published patents that the push rests on. A
    push that rests on neither has no text."""
    if need is not None:
        seen_by = need_document(need).visibility
        return JudgedPair(need_text(need), seen_by, document, level, OF_NEED, f"need:{need.public_id}", source)
    titles = [reason["facts"]["title"] for reason in (push.reasons if push else []) if reason["code"] == "own_patent"]
    if not titles:
        return None
    group = f"house:{source.organisation}"
    return JudgedPair("\n".join(titles), PUBLIC, document, level, OF_PATENTS, group, source)


@cache
def sample_pairs() -> tuple[JudgedPair, ...]:
    """The needs of the sample city with the patents that were written to answer them, and with answers to others."""
    city = sample_city()
    patents = {each.application_number: each for each in city.patents}
    needs = [need for need in city.needs if need.expected]
    keys = {number: FIRST_KEY + place for place, number in enumerate(patents)}
    pairs = []
    for place, need in enumerate(needs):
        following = [number for other in (*needs[place + 1 :], *needs[:place]) for number in other.expected[:1]]
        others = [number for number in dict.fromkeys(following) if number not in need.expected][:AT_MOST_OTHERS]
        for number, level in [*((each, 4) for each in need.expected), *((each, 1) for each in others)]:
            found = patents[number]
            document = Document(keys[number], number, found.title, found.abstract, visibility=PUBLIC)
            pairs.append(JudgedPair(f"{need.title}\n{need.text}", PUBLIC, document, level, 1.0, need.number))
    return tuple(pairs)
