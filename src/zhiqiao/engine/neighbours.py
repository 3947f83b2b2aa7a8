"""The patents nearest to a patent: who works on the like of it, judged by the whole of what both say."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from zhiqiao.engine.documents import DATE_FACET, Document
from zhiqiao.engine.encoder import Encoder, Vectors
from zhiqiao.engine.letters import alike_spectra, spectrum_of
from zhiqiao.engine.match import Scope, by_nearness, candidates, depth_of, tail_of, vectors_of
from zhiqiao.engine.need import Need, readable, understand
from zhiqiao.engine.reading import SearchIndex
from zhiqiao.engine.relevance import Background, default_model
from zhiqiao.engine.stages import StageClock
from zhiqiao.engine.store import passage_text

LONGEST_PAST: Final = 10  # years; what is older still says no less
_DAYS_A_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A document near another. ``score``, 0 to 1: the chances that both come from one organisation, as if half of all
    neighbours did. ``margin`` is what it rests on, the sum of ``shares``."""

    key: int
    score: float
    margin: float
    shares: Mapping[str, float]
    document: Document


@dataclass(frozen=True, slots=True)
class Likeness:
    """What speaks for two documents being alike.

    ``letters``: how alike titles and abstracts are written, rare groups of letters counting more. ``words``: BM25 of
    the source's words, as a share of the best neighbour's. ``standing``: as in ``relevance.Features``. ``older``: by
    how many years the neighbour was filed earlier; who filed it may have left the field.
    """

    letters: float
    words: float
    standing: float
    older: float

    def shares(self, weights: Mapping[str, float]) -> dict[str, float]:
        said = {"letters": self.letters, "words": self.words, "standing": self.standing, "older": self.older}
        return {"ordinary": weights["ordinary"], **{name: weights[name] * value for name, value in said.items()}}


def neighbours(
    reader: SearchIndex, encoder: Encoder, source: Document, scope: Scope, clock: StageClock | None = None
) -> list[Neighbour]:
    """The documents nearest to one, best first; itself too unless it is among ``scope.superseded``.

    Raises ``Invalid("query_empty")`` when there is no letter or digit in its title and abstract.
    """
    clock = clock or StageClock()
    with clock.stage("encode"):
        vector = encoder.encode_queries([passage_text(source)])[0]
    with clock.stage("text"):
        need = understand(readable(_text(source)), vector, reader.text)
        # All words count alike: rarity is in the index's score already, and counted twice it finds less.
        terms = [(word, 1.0) for word in need.weights]
        by_words = reader.text.search(terms, scope.tokens, scope.filters, depth_of(scope))
    with clock.stage("vectors"):
        by_meaning = by_nearness(reader, need, scope)
    with clock.stage("fuse"):
        near = [*candidates(reader, scope, by_words, by_meaning), *tail_of(need, scope)]
    with clock.stage("score"):
        seen = looked_at(reader, encoder, source, need, dict(by_words), near)
        found = [_neighbour(document, likeness) for document, likeness in zip(near, seen, strict=True)]
    return sorted(found, key=lambda each: (-each.margin, each.key))[: scope.k]


def looked_at(
    reader: SearchIndex,
    encoder: Encoder,
    source: Document,
    need: Need,
    scores: Mapping[int, float],
    near: Sequence[Document],
) -> list[Likeness]:
    """What the weights are held against, for each of the documents in their order."""
    ordinary = default_model().background(encoder.identity, reader.vectors.sample_cosines(need.vector))
    vectors = vectors_of(reader, need, near)
    own = {document.key for document in near}
    letters = alike_spectra(spectrum_of(_text(source)), [spectrum_of(_text(document)) for document in near])
    most = max((score for key, score in scores.items() if key in own), default=0.0)
    return [
        Likeness(
            written,
            scores.get(document.key, 0.0) / most if most else 0.0,
            _standing(need.vector, vectors.get(document.key), ordinary),
            _years_older(document, source),
        )
        for document, written in zip(near, letters, strict=True)
    ]


def _neighbour(document: Document, likeness: Likeness) -> Neighbour:
    shares = likeness.shares(weights())
    margin = sum(shares.values())
    return Neighbour(document.key, 1 / (1 + math.exp(-margin)), margin, shares, document)


def _text(document: Document) -> str:
    return f"{document.title}\n{document.abstract}"


def _standing(need: Vectors, vector: Vectors | None, ordinary: Background | None) -> float:
    """0, as of an ordinary document, where the meaning is not known."""
    if vector is None or ordinary is None or not vector.any() or not need.any():
        return 0.0
    return ordinary.standing(float(need @ vector))


def _years_older(document: Document, source: Document) -> float:
    try:
        filed, then = (date.fromisoformat(each.facets.get(DATE_FACET, "")) for each in (source, document))
    except ValueError:
        return 0.0
    return min(max((filed - then).days / _DAYS_A_YEAR, 0.0), LONGEST_PAST)


@cache
def weights() -> Mapping[str, float]:
    """The weights in the package; their file says where they come from."""
    stored: dict[str, float] = json.loads((files("zhiqiao.engine") / "likeness.json").read_text("utf-8"))["weights"]
    return stored
