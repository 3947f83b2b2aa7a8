"""One index in the place of many shards: ask them all, make one answer, say who did not answer in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np

from zhiqiao.engine.bm25 import FIELD_BOOSTS, Statistics, Term, Totals, joined, rarity
from zhiqiao.engine.documents import NO_FILTERS, Document, Filters
from zhiqiao.engine.encoder import Encoder, Vectors, may_read
from zhiqiao.engine.knowntexts import KnownTexts
from zhiqiao.engine.schema import WORD_FIELDS
from zhiqiao.engine.shards import Candidates, ShardState, Terms, by_shard
from zhiqiao.engine.store import passage_text
from zhiqiao.engine.textindex import MOST_TERMS, Keys
from zhiqiao.engine.vectorcache import short_digest
from zhiqiao.engine.vectors import Drawn, drawn, with_meaning
from zhiqiao.kernel.errors import Unavailable

_ROUNDING: Final = 1e-5  # of the index's scores, which are single precision
_WAITS: Final = 2 / 3  # of the time that is left

OF_ONE_SHARD: Final = frozenset({"index_missing", "index_unreadable", "vectors_changing", "vectors_of_another_encoder"})
"""What a shard raises that concerns it alone: it counts as silent."""

Calls = Mapping[int, tuple[Any, ...]]
"""The arguments for each shard that is asked."""
Told = Callable[[str, frozenset[int], int], None]
"""Hears of a collection, which of its shards were silent, and how many it has."""


class Scatter(Protocol):
    """The way to the shards."""

    @property
    def name(self) -> str: ...

    @property
    def count(self) -> int: ...

    def ask(self, method: str, calls: Calls, until: float) -> dict[int, Any]:
        """The answers that came until that moment (``time.monotonic``), by shard. Refusals are raised."""
        ...


class ShardedIndex:
    """A process's way to one sharded index; ``view`` gives what one question looks through."""

    def __init__(self, scatter: Scatter, encoder: Encoder, seconds: float, told: Told = lambda *_: None) -> None:
        self.scatter = scatter
        self.told = told
        self.encoder = encoder
        self.texts = KnownTexts(encoder)
        self.samples: dict[int, tuple[int, Drawn]] = {}
        self.seconds = seconds

    def view(self) -> GatheredReader:
        return GatheredReader(self, time.monotonic() + self.seconds)


class Gathering:
    """The shards, as one question asks them: who missed the deadline once is not asked again."""

    def __init__(self, index: ShardedIndex, until: float) -> None:
        self.index = index
        self.until = until
        self.missing: set[int] = set()

    @property
    def count(self) -> int:
        return self.index.scatter.count

    def ask_all(self, method: str, *arguments: Any) -> dict[int, Any]:
        return self.ask(method, dict.fromkeys(range(self.count), arguments))

    def ask(self, method: str, calls: Calls) -> dict[int, Any]:
        """Raises ``Unavailable("index_unreachable")`` when no shard is left that answers."""
        left = {shard: arguments for shard, arguments in calls.items() if shard not in self.missing}
        answers = self.index.scatter.ask(method, left, self._patience()) if left else {}
        if silent := left.keys() - answers.keys():
            self.missing.update(silent)
            self.index.told(self.index.scatter.name, frozenset(self.missing), self.count)
        if len(self.missing) == self.count:
            raise Unavailable("index_unreachable", collection=self.index.scatter.name)
        return answers

    def _patience(self) -> float:
        """Until when this one question waits: who is silent must leave the others time for those that follow."""
        now = time.monotonic()
        return now + _WAITS * (self.until - now)

    def ask_holders(self, method: str, keys: Iterable[int], *arguments: Any) -> dict[int, Any]:
        """Each shard for those of the keys that it holds."""
        parts = by_shard(keys, self.count)
        return self.ask(method, {shard: (own, *arguments) for shard, own in parts.items()})


class GatheredText:
    """Search by words over all shards; what each method does stands with ``TextReader``."""

    def __init__(self, shards: Gathering) -> None:
        self._shards = shards
        self._told: dict[int, tuple[Totals, dict[Term, int]]] = {}
        self._words: set[str] = set()

    @property
    def size(self) -> int:
        return sum(state.documents for state in self.states().values())

    def states(self) -> dict[int, ShardState]:
        return self._shards.ask_all("state")

    def rarities(self, words: Iterable[str]) -> dict[str, float]:
        wanted = list(words)
        shared = self._statistics(wanted)
        alive = max(shared.totals.alive, 1)
        held = {word: max(shared.found.get((name, word), 0) for name in FIELD_BOOSTS) for word in wanted}
        return {word: rarity(alive, min(alive, count)) for word, count in held.items()}

    def in_class(self, symbol: str) -> int:
        return sum(self._shards.ask_all("in_class", symbol).values())

    def search(self, terms: Terms, tokens: frozenset[str], filters: Filters, k: int) -> list[tuple[int, float]]:
        """Each shard's best by its own average lengths, as deep as they could be among the ``k`` best of all; these
        are then scored by the average lengths of all shards."""
        if not terms or not tokens:
            return []
        terms = terms[:MOST_TERMS]
        shared = self._statistics([word for word, _ in terms])
        found = self._deep_enough(lambda depths: self._candidates(depths, terms, shared, tokens, filters), k)
        if all(part.bounds.least == part.bounds.most for part in found.values()):
            return _best((hit for part in found.values() for hit in part.found), k)
        floor = _floor(found, k)
        likely = {
            shard: [key for key, score in part.found if score * part.bounds.most >= floor]
            for shard, part in found.items()
        }
        scores = self._shards.ask(
            "exact_scores", {shard: (keys, terms, shared) for shard, keys in likely.items() if keys}
        )
        return _best((hit for part in scores.values() for hit in part.items()), k)

    def documents(
        self, keys: Sequence[int], tokens: frozenset[str], filters: Filters = NO_FILTERS
    ) -> dict[int, Document]:
        answers = self._shards.ask_holders("documents", keys, tokens, filters)
        return {key: document for part in answers.values() for key, document in part.items()}

    def visible(self, keys: Sequence[int], tokens: frozenset[str], filters: Filters) -> set[int]:
        return set().union(*self._shards.ask_holders("visible", keys, tokens, filters).values())

    def count(self, tokens: frozenset[str], filters: Filters = NO_FILTERS) -> int:
        return sum(self._shards.ask_all("count", tokens, filters).values())

    def keys(self, tokens: frozenset[str], filters: Filters, most: int) -> list[int]:
        found = [key for part in self._shards.ask_all("keys", tokens, filters, most).values() for key in part]
        return found[:most]

    def digests(self) -> dict[int, int]:
        return {key: digest for part in self._shards.ask_all("digests").values() for key, digest in part.items()}

    def keys_having(self, words: str, tokens: frozenset[str], fields: tuple[str, ...] = WORD_FIELDS) -> Keys:
        parts = self._shards.ask_all("keys_having", words, tokens, fields).values()
        found: Keys = np.sort(np.concatenate([np.empty(0, np.int64), *parts]))[::-1]
        return found

    def best_begun(self, words: str, tokens: frozenset[str], k: int) -> list[int]:
        """By each shard's own rarities and lengths: near enough for what is shown while somebody types."""
        parts = self._shards.ask_all("best_begun", words, tokens, k).values()
        return [key for key, _ in _best((hit for part in parts for hit in part), k)]

    def _statistics(self, words: Sequence[str]) -> Statistics:
        unknown = [word for word in words if word not in self._words]
        if unknown or not self._told:
            for shard, (totals, found) in self._shards.ask_all("frequencies", unknown).items():
                known = self._told.get(shard, (totals, {}))[1]
                self._told[shard] = totals, {**known, **found}
            self._words.update(unknown)
        parts = [told for shard, told in self._told.items() if shard not in self._shards.missing]
        return joined(parts)

    def _candidates(
        self, depths: Mapping[int, int], terms: Terms, shared: Statistics, tokens: frozenset[str], filters: Filters
    ) -> dict[int, Candidates]:
        calls = {shard: (terms, shared, tokens, filters, depth) for shard, depth in depths.items()}
        return self._shards.ask("candidates", calls)

    def _deep_enough(self, ask: Callable[[Mapping[int, int]], dict[int, Candidates]], k: int) -> dict[int, Candidates]:
        """Ask deeper wherever a document that was left out could still be among the ``k`` best."""
        found = ask(dict.fromkeys(range(self._shards.count), k))
        while True:
            floor = _floor(found, k)
            shallow = {shard: 2 * part.asked for shard, part in found.items() if part.most_left_out > floor}
            if not shallow:
                return found
            answers = ask(shallow)
            found = {shard: part for shard, part in found.items() if shard not in shallow} | answers


def _floor(found: Mapping[int, Candidates], k: int) -> float:
    """The ``k`` best of all score at least this."""
    least = sorted((score * part.bounds.least for part in found.values() for _, score in part.found), reverse=True)
    return least[k - 1] * (1 - _ROUNDING) if len(least) >= k else 0.0


def _best(hits: Iterable[tuple[int, float]], k: int) -> list[tuple[int, float]]:
    return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]


class GatheredVectors:
    """Search by meaning over all shards; what each method does stands with ``VectorSnapshot``."""

    def __init__(self, shards: Gathering) -> None:
        self._shards = shards

    def __len__(self) -> int:
        return sum(state.vectors for state in self._shards.ask_all("state").values())

    def search(
        self, query: Vectors, k: int, tokens: frozenset[str], allowed: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        if allowed is None:
            parts = self._shards.ask_all("nearest", query, k, tokens, None)
        else:
            own = by_shard(allowed, self._shards.count)
            parts = self._shards.ask("nearest", {shard: (query, k, tokens, keys) for shard, keys in own.items()})
        return _best((hit for part in parts.values() for hit in part), k)

    def sample_cosines(self, query: Vectors) -> Vectors:
        kept = self._shards.index.samples
        known = {shard: kept[shard][0] if shard in kept else -1 for shard in range(self._shards.count)}
        answers = self._shards.ask("sample", {shard: (serial,) for shard, serial in known.items()})
        kept.update({shard: (serial, fresh) for shard, (serial, fresh) in answers.items() if fresh is not None})
        return with_meaning(drawn([kept[shard][1] for shard in answers])) @ query


class GatheredReader:
    """A sharded index as one question sees it; not to be kept. ``missing`` names the shards that did not answer."""

    def __init__(self, index: ShardedIndex, until: float) -> None:
        self._index = index
        self._shards = Gathering(index, until)
        self.text: Final = GatheredText(self._shards)
        self.vectors: Final = GatheredVectors(self._shards)

    @property
    def missing(self) -> frozenset[int]:
        return frozenset(self._shards.missing)

    @property
    def encoder(self) -> Encoder:
        """Whose vectors it holds."""
        return self._index.encoder

    @property
    def watermark(self) -> str:
        """What all shards have come to; empty while they differ."""
        return _agreed(state.watermark for state in self.text.states().values())

    @property
    def vector_watermark(self) -> str:
        return _agreed(state.vector_watermark for state in self.text.states().values())

    @property
    def size(self) -> int:
        return self.text.size

    def documents(
        self, keys: Sequence[int], tokens: frozenset[str], filters: Filters = NO_FILTERS
    ) -> dict[int, Document]:
        return self.text.documents(keys, tokens, filters)

    def stored_vectors(self, documents: Sequence[Document]) -> dict[int, Vectors]:
        digests = {document.key: short_digest(passage_text(document)) for document in documents}
        parts = by_shard(digests, self._shards.count)
        calls = {shard: ({key: digests[key] for key in keys},) for shard, keys in parts.items()}
        return {key: vector for part in self._shards.ask("vectors", calls).values() for key, vector in part.items()}

    def encoded(self, documents: Sequence[Document], most: int) -> dict[int, Vectors]:
        meaning = self._index.encoder
        texts = {each.key: passage_text(each) for each in documents if may_read(meaning, each.visibility)}
        return self._index.texts.encoded(texts, most)


def _agreed(told: Iterable[str]) -> str:
    different = set(told)
    return different.pop() if len(different) == 1 else ""
