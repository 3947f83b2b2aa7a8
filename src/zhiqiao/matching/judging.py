"""Judged pairs of need and patent: from replies, with where each comes from; and the frozen set of the sample city."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from django.utils.timezone import localtime

from zhiqiao.engine.documents import Document
from zhiqiao.matching.actions import need_text
from zhiqiao.matching.lessons import lesson_of
from zhiqiao.matching.models import Push, PushState
from zhiqiao.needs.selectors import need_document
from zhiqiao.registry.selectors import patent_documents
from zhiqiao.sample.city import sample_city

OF_NEED, OF_PATENTS = 1.0, 0.5
"""How much a judgement weighs: of a stated need; of what the house's own patents say that it cares about."""
KEPT_BACK_OF: Final = 5  # one group in so many is never learnt from, so that rankings can be compared on it
PUBLIC: Final = ("public",)
# Above all keys of the register: documents of the sample are in no index.
FIRST_KEY: Final = 2**61
AT_MOST_OTHERS: Final = 10


@dataclass(frozen=True)
class Source:
    """The push whose reply it is, by public ids: its organisation, when it replied and what, and whether a person said
    otherwise since what it teaches."""

    push: str
    organisation: str
    answered_at: datetime
    reply: str
    corrected: bool


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
    source: Source | None = None

    @property
    def kept_back(self) -> bool:
        """Decided by the group's name alone, so it stays so for good."""
        return int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % KEPT_BACK_OF == 0


def judged_pairs() -> Iterator[JudgedPair]:
    """What replies taught so far, the oldest first. A push that rests on no need and on no patent has no text."""
    answered = Push.objects.filter(state=PushState.ANSWERED, patent__withdrawn_at=None)
    pushes = list(answered.select_related("need", "patent", "organisation").order_by("answered_at", "id"))
    documents = {each.key: each for each in patent_documents([push.patent_id for push in pushes])}
    for push in pushes:
        level, text = lesson_of(push), _text(push)
        if level is not None and text and push.patent_id in documents:
            yield _pair(push, text, level, documents[push.patent_id])


def answered_pushes() -> int:
    return Push.objects.filter(state=PushState.ANSWERED).count()


def _pair(push: Push, text: str, level: int, document: Document) -> JudgedPair:
    house = str(push.organisation.public_id)
    assert push.answered_at is not None  # noqa: S101 -- it was answered
    source = Source(str(push.public_id), house, localtime(push.answered_at), push.reply, push.level is not None)
    if push.need is None:
        return JudgedPair(text, PUBLIC, document, level, OF_PATENTS, f"house:{house}", source)
    seen_by = need_document(push.need).visibility
    return JudgedPair(text, seen_by, document, level, OF_NEED, f"need:{push.need.public_id}", source)


def _text(push: Push) -> str:
    """The need; where the push rests on none, the titles of the house's own published patents that it rests on."""
    if push.need is not None:
        return need_text(push.need)
    titles = [reason["facts"]["title"] for reason in push.reasons if reason["code"] == "own_patent"]
    return "\n".join(titles)


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
