"""One shard of an index: a folder of its own, which scores by what all shards hold together."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zhiqiao.engine.bm25 import FIELD_BOOSTS, Bounds, Statistics, Term, Totals, bounds, exact_score, rarity
from zhiqiao.engine.documents import NO_FILTERS, SEES_ALL, Document, Filters
from zhiqiao.engine.encoder import Vectors
from zhiqiao.engine.store import SearchReader
from zhiqiao.engine.text import segment
from zhiqiao.engine.textindex import MOST_TERMS, Keys
from zhiqiao.engine.vectors import Drawn
from zhiqiao.kernel.errors import Conflict

_LOOKED_AT_FOR_LENGTHS: Final = 256
_MIXED: Final = 0xD1B54A32D192ED03
_BITS: Final = 2**64 - 1

Terms = Sequence[tuple[str, float]]


def shard_of(key: int, count: int) -> int:
    """Which of ``count`` shards holds a document: by a hash of its key."""
    return ((((key ^ key >> 15) * _MIXED) & _BITS) >> 32) % count


def by_shard(keys: Iterable[int], count: int) -> dict[int, list[int]]:
    """Keys by the shards that hold them."""
    parts: dict[int, list[int]] = {}
    for key in keys:
        parts.setdefault(shard_of(key, count), []).append(key)
    return parts


@dataclass(frozen=True, slots=True)
class ShardState:
    """How far a shard is. ``vectors``: how many documents can be found by meaning."""

    documents: int
    vectors: int
    watermark: str
    vector_watermark: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """The best of a shard by its own lengths, best first, and how far their scores may be off."""

    found: list[tuple[int, float]]
    bounds: Bounds
    asked: int

    @property
    def most_left_out(self) -> float:
        """No document that was left out scores higher than this."""
        return self.found[-1][1] * self.bounds.most if len(self.found) >= self.asked else 0.0


class Shard:
    """Answers for one folder; every call first moves to its newest commit. May be shared by threads."""

    def __init__(self, reader: SearchReader) -> None:
        self._reader = reader
        self._counting = threading.Lock()
        self._mark = (0, 0, 0)
        self._totals = Totals(0, 0)

    def state(self) -> ShardState:
        reader = self._newest()
        return ShardState(reader.size, len(reader.vectors), reader.watermark, reader.vector_watermark)

    def frequencies(self, words: Sequence[str]) -> tuple[Totals, dict[Term, int]]:
        """What scores rest on here: the totals, and in how many documents each word stands."""
        found = self._newest().text.frequencies(words)
        return self._totals_for(found), found

    def candidates(
        self, terms: Terms, shared: Statistics, tokens: frozenset[str], filters: Filters, k: int
    ) -> Candidates:
        """The ``k`` best for weighted words, by shared rarities but by this shard's own average lengths."""
        text = self._newest().text
        found = text.frequencies(word for word, _ in terms)
        own = self._totals_for(found)
        boosts = {
            (name, word): boost * weight * shared.rarity((name, word)) / rarity(own.documents, found[name, word])
            for word, weight in terms[:MOST_TERMS]
            for name, boost in FIELD_BOOSTS.items()
            if (name, word) in found
        }
        return Candidates(text.weighted(boosts, tokens, filters, k), bounds(own, shared.totals), k)

    def exact_scores(self, keys: Sequence[int], terms: Terms, shared: Statistics) -> dict[int, float]:
        """The scores that one index over all shards would give these documents."""
        documents = self._newest().documents(keys, SEES_ALL)
        return {key: exact_score(document, terms[:MOST_TERMS], shared) for key, document in documents.items()}

    def documents(self, keys: Sequence[int], tokens: frozenset[str], filters: Filters) -> dict[int, Document]:
        return self._newest().documents(keys, tokens, filters)

    def visible(self, keys: Sequence[int], tokens: frozenset[str], filters: Filters) -> set[int]:
        return self._newest().text.visible(keys, tokens, filters)

    def count(self, tokens: frozenset[str], filters: Filters) -> int:
        return self._newest().text.count(tokens, filters)

    def keys(self, tokens: frozenset[str], filters: Filters, most: int) -> list[int]:
        return self._newest().text.keys(tokens, filters, most)

    def in_class(self, symbol: str) -> int:
        return self._newest().text.in_class(symbol)

    def digests(self) -> dict[int, int]:
        return self._newest().text.digests()

    def keys_having(self, words: str, tokens: frozenset[str], fields: tuple[str, ...]) -> Keys:
        return self._newest().text.keys_having(words, tokens, fields)

    def best_begun(self, words: str, tokens: frozenset[str], k: int) -> list[tuple[int, float]]:
        return self._newest().text.begun(words, tokens, k)

    def nearest(
        self, query: Vectors, k: int, tokens: frozenset[str], allowed: Sequence[int] | None
    ) -> list[tuple[int, float]]:
        return self._newest().vectors.search(query, k, tokens, allowed)

    def vectors(self, wanted: Mapping[int, int]) -> dict[int, Vectors]:
        return self._newest().vectors.vectors(wanted)

    def sample(self, known: int) -> tuple[int, Drawn | None]:
        """The number of the newest vectors and a sample of them, left out when the caller has that of ``known``."""
        vectors = self._newest().vectors
        serial = vectors.manifest.serial
        return serial, None if serial == known else vectors.sample()

    def _newest(self) -> SearchReader:
        """As long as some shards wait for their swap to another encoder's vectors, questions by the former encoder go
        to what all had before it: nothing is written until all have swapped."""
        try:
            self._reader.refresh()
        except Conflict as other:
            if other.reason != "vectors_of_another_encoder":
                raise
        return self._reader

    def _totals_for(self, terms: Iterable[Term]) -> Totals:
        """The totals of the newest commit: from some documents' words, and from those of the question where a field
        is so rare that none of these documents has it."""
        text = self._reader.text
        with self._counting:
            if self._mark != text.mark:
                self._mark = text.mark
                self._totals = text.totals(self._usual_terms())
            lacking = [term for term in terms if term[0] not in self._totals.words]
            if lacking:
                more = text.totals(lacking)
                self._totals = Totals(more.documents, more.alive, {**self._totals.words, **more.words})
            return self._totals

    def _usual_terms(self) -> list[Term]:
        text = self._reader.text
        some = text.documents(text.keys(SEES_ALL, NO_FILTERS, _LOOKED_AT_FOR_LENGTHS), SEES_ALL)
        terms: dict[str, str] = {}
        for name in FIELD_BOOSTS:
            for document in some.values():
                if words := segment(getattr(document, name)):
                    terms[name] = words[0]
                    break
        return list(terms.items())
