"""BM25 as tantivy counts it: so that a shard can score its documents by what all shards hold together."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from zhiqiao.engine.documents import Document
from zhiqiao.engine.text import segment

K1: Final = 1.2
B: Final = 0.75
FIELD_BOOSTS: Final = {"title": 3.0, "claim": 1.5, "abstract": 1.0}
_EXACT_LENGTHS: Final = 24
_REMEMBERED: Final = 2_000  # texts, some 10 kB each

Term = tuple[str, str]
"""A field and a word."""


def _length(code: int) -> int:
    """The length that a byte stands for: exact at first, then with three significant bits (Lucene's SmallFloat)."""
    if code < _EXACT_LENGTHS:
        return code
    bits, shift = (code - _EXACT_LENGTHS) & 7, ((code - _EXACT_LENGTHS) >> 3) - 1
    return _EXACT_LENGTHS + (bits if shift < 0 else (bits | 8) << shift)


LENGTHS: Final = tuple(map(_length, range(256)))


def kept_length(words: int) -> int:
    """The number of words of a text as the index remembers it, in one byte."""
    return LENGTHS[bisect_right(LENGTHS, words) - 1]


def rarity(documents: float, found: float) -> float:
    """The idf of a word that ``found`` of ``documents`` hold."""
    return math.log(1 + (documents - found + 0.5) / (found + 0.5))


def saturation(times: int, length: int, average: float) -> float:
    """What the occurrences of a word in a text of that length count."""
    return (K1 + 1) * times / (times + K1 * (1 - B + B * length / average))


@dataclass(frozen=True, slots=True)
class Totals:
    """What an index holds: documents, its own record of the watermark included, and the words of each field.

    ``alive``: the documents less those deleted or replaced that the index has not yet forgotten.
    """

    documents: float
    alive: float
    words: Mapping[str, float] = field(default_factory=dict)

    def average(self, name: str) -> float:
        """The average length of a field, 0 where no document has it."""
        return self.words.get(name, 0.0) / self.documents if self.documents else 0.0


@dataclass(frozen=True, slots=True)
class Statistics:
    """What scores rest on: the totals, and in how many documents each word of a question stands."""

    totals: Totals
    found: Mapping[Term, float]

    def rarity(self, term: Term) -> float:
        return rarity(self.totals.documents, min(self.found.get(term, 0.0), self.totals.documents))


def joined(parts: Sequence[tuple[Totals, Mapping[Term, int]]]) -> Statistics:
    """The statistics of one index in the place of these shards, which hold a record of the watermark each."""
    own = len(parts) - 1  # of the shards' own records, all but one
    words: Counter[str] = Counter()
    found: Counter[Term] = Counter()
    for totals, told in parts:
        words.update(totals.words)
        found.update(told)
    documents = sum(totals.documents for totals, _ in parts) - own
    alive = sum(totals.alive for totals, _ in parts) - own
    return Statistics(Totals(documents, alive, dict(words)), dict(found))


@dataclass(frozen=True, slots=True)
class Bounds:
    """By which factors a score by all shards' average lengths can differ from one by a shard's own."""

    least: float = 1.0
    most: float = 1.0


def bounds(own: Totals, shared: Totals) -> Bounds:
    """A text counts more where the others are longer, and never by more than they are."""
    ratios = [shared.average(name) / own.average(name) for name in FIELD_BOOSTS if own.average(name)]
    return Bounds(min([1.0, *ratios]), max([1.0, *ratios]))


@lru_cache(maxsize=_REMEMBERED)
def _counted(text: str) -> tuple[Mapping[str, int], int]:
    words = segment(text)
    return Counter(words), kept_length(len(words))


def exact_score(document: Document, terms: Iterable[tuple[str, float]], shared: Statistics) -> float:
    """The BM25 score of a document by shared statistics: what one index over all shards would give it."""
    counted = {name: _counted(getattr(document, name)) for name in FIELD_BOOSTS}
    score = 0.0
    for word, weight in terms:
        for name, boost in FIELD_BOOSTS.items():
            words, length = counted[name]
            if times := words.get(word, 0):
                counts = saturation(times, length, shared.totals.average(name))
                score += boost * weight * shared.rarity((name, word)) * counts
    return score
