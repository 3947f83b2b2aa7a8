"""What is asked of the list of pushes narrows those that are visible already. What is said of a push's patent or
organisation is asked of each row: no database begins a list with all patents. Where a sample of the pushes shows it to
be rare, those that meet it are read beforehand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db.models import OuterRef, Q, QuerySet

from zhiqiao.core.keysets import (
    RARE,
    AmongFew,
    AmongMany,
    Beforehand,
    among,
    asked_of_each,
    begins,
    begun_with,
    in_turn,
    keys_of,
)
from zhiqiao.core.parts import COMMON, MOST_LIKELY, SAMPLE, sample_of
from zhiqiao.core.wordsearch import having_words
from zhiqiao.engine.documents import SEES_ALL
from zhiqiao.kernel.names import organisation_key
from zhiqiao.kernel.text import compact
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.models import Push
from zhiqiao.matching.policies import CITY, HOLDERS
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.naming import NAMES
from zhiqiao.registry.models import Patent, PatentHolder

MOST_WORDS: Final = 6
TITLE: Final = ("title",)
Pushes = QuerySet[Push]


@dataclass(frozen=True)
class Named:
    """Pushes to organisations that have a part of a name. ``exactly`` asks that of each row; ``likely``: keys of all
    that have it and of some that do not, where these are not many."""

    exactly: Q
    likely: AmongFew | AmongMany | None = None

    @property
    def condition(self) -> Q:
        return self.exactly if self.likely is None else Q(self.likely) & self.exactly


def pushes_like(actor: Actor, pushes: Pushes, asked: str) -> Pushes:
    """Each word stands in the patent's title as the search index has its words, or is part of the organisation's
    name."""
    words = asked.split()[:MOST_WORDS]
    for word, named in zip(words, _named(actor, [organisation_key(word) for word in words]), strict=True):
        # What is pushed is published: whoever sees the push sees the title.
        titled = Q(having_words("patents", SEES_ALL, word, TITLE, of="patent_id"))
        pushes = pushes.filter(titled if named is None else titled | named.condition)
    return pushes


def pushed_to(actor: Actor, pushes: Pushes, part: str) -> Pushes:
    """Part of the organisation's name, however it is written."""
    (named,) = _named(actor, [organisation_key(part)])
    return pushes.none() if named is None else pushes.filter(named.condition)


def of_number(actor: Actor, pushes: Pushes, asked: str) -> Pushes:
    """By the beginning of the patent's application number."""
    start = compact(asked).upper().removeprefix("ZL").replace(".", "")
    begun = begins("number", start)
    by_row = _asked_of(actor, Patent.objects.filter(begun), "patent_id")
    sampled = _sample("patent__number")
    if _is_common(number.startswith(start) for _, number in sampled):
        return begun_with(pushes.filter(by_row), "patent_id", Patent.objects.filter(begun), everywhere=True)
    return _looked_up(pushes, by_row, "patent_id", keys_of(Patent.objects.filter(begun), MOST_LIKELY + 1))


def of_patents_of(pushes: Pushes, houses: Iterable[int]) -> Pushes:
    """Those of patents that these organisations hold."""
    held = _held(houses)
    few = _few_of(held, _pushes_of(houses))
    return pushes.filter(held if few is None else few)


def led_to_own(actor: Actor, pushes: Pushes) -> Pushes:
    """The same pushes, where the actor sees those of their own patents and to their own organisations alone: the
    database is led to these where they are rare."""
    if not _sees_own_alone(actor):
        return pushes
    to_us = Push.objects.filter(organisation_id__in=actor.organisations)
    few = _few_of(_own(actor), _pushes_of(actor.organisations), to_us)
    return pushes if few is None else pushes.filter(few)


def _sees_own_alone(actor: Actor) -> bool:
    """Of their own patents, and to their own organisations. Who has only the latter is led to them by an index."""
    return bool(actor.every_role & HOLDERS) and not actor.every_role & CITY


def _own(actor: Actor) -> Q:
    return _held(actor.organisations) | Q(organisation_id__in=actor.organisations)


def _few_of(condition: Q, *sides: Pushes) -> AmongFew | None:
    """The pushes that meet the condition, which ``sides`` give together; None where they are not rare, and a list finds
    them as it is walked."""
    sampled = list(sample_of(Push).annotate(meets=condition).values_list("pk", "meets"))
    if _is_common(meets for _, meets in sampled):
        return None
    keys: list[int] = []
    for side in sides:
        keys += keys_of(side, RARE + 1 - len(keys))
        if len(keys) > RARE:
            return None
    return AmongFew("pk", np.unique(np.array(keys, np.int64)))


def _held(houses: Iterable[int]) -> Q:
    rows = PatentHolder.objects.filter(standing_id__in=houses, patent_id=OuterRef("patent_id"))
    return asked_of_each(rows)


def _pushes_of(houses: Iterable[int]) -> Pushes:
    return Push.objects.filter(patent__holdings__standing_id__in=houses)


def _named(actor: Actor, parts: list[str]) -> list[Named | None]:
    """For each part of a name those that have it; None where nobody does. A sample, and at most one question for each
    part."""
    sampled = _sample("organisation__name_key")
    return [_named_with(actor, part, sampled) if part else None for part in parts]


def _named_with(actor: Actor, part: str, sampled: list[tuple[int, str]]) -> Named | None:
    holding = NAMES.holding(part)
    named = Named(_asked_of(actor, Organisation.objects.filter(name_key__contains=part), "organisation_id"))
    if holding is None or _is_common(part in name for _, name in sampled):
        return named
    keys = keys_of(holding, MOST_LIKELY + 1, "of")
    if len(keys) > MOST_LIKELY:
        return named
    return Named(named.exactly, among("organisation_id", np.unique(np.array(keys, np.int64)))) if keys else None


def _asked_of(actor: Actor, found: QuerySet[Any], column: str) -> Q:
    """The row's column names one of these; asked of the actor's own rows, where they see no others."""
    names_one = asked_of_each(found.filter(pk=OuterRef(column)))
    return in_turn(_own(actor), names_one) if _sees_own_alone(actor) else names_one


def _looked_up(pushes: Pushes, condition: Q, of: str, keys: list[int]) -> Pushes:
    if len(keys) > MOST_LIKELY:
        return pushes.filter(condition)
    few = AmongFew(of, np.array(keys, np.int64))
    if len(keys) > RARE:  # too many to be sorted for a page, not to be counted
        return pushes.filter(condition, Beforehand(few, everywhere=True))
    return pushes.filter(few)


def _sample(column: str) -> list[tuple[int, str]]:
    return list(sample_of(Push).values_list("pk", column))


def _is_common(sampled: Iterable[bool]) -> bool:
    """It meets as large a part of them as ``COMMON`` is of a whole sample; of a short register there is less to see."""
    met = list(sampled)
    return sum(met) * SAMPLE >= COMMON * len(met)
