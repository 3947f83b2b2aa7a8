"""How relevant a document is to a need, from features that a person can read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

import numpy as np

from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import Vectors
from zhiqiao.engine.need import Need
from zhiqiao.engine.text import bigrams, segment, word_weight

Level = Literal["strong", "fair", "weak", "none"]
LEVELS: Final[tuple[Level, ...]] = ("strong", "fair", "weak", "none")
_TITLE_TIMES: Final = 3.0
_CLAIM_TIMES: Final = 1.5
_SATURATION: Final = 1.2
# What a title word counts that the need does not hold, when its rarity was not looked up.
_USUAL_RARITY: Final = 5.0


@dataclass(frozen=True, slots=True)
class Features:
    """What the score is made of; all but ``meaning`` lie between 0 and 1.

    ``meaning``: cosine of need and title, ``None`` while the document has no vector. ``title_coverage``: weighted
    share of the need's words in the title. ``title_covered``: weighted share of the title's words in the need.
    ``body_coverage``: weighted share of the need's words in abstract or claim but not in the title.
    ``title_bigrams``: share of the title's letter pairs in the need. ``saturation``: BM25 without length, as a share
    of the best the need could get.
    """

    meaning: float | None
    title_coverage: float
    title_covered: float
    body_coverage: float
    title_bigrams: float
    saturation: float


@dataclass(frozen=True, slots=True)
class Model:
    """An ordinal logistic model: ``steps`` are the borders none|weak|fair|strong on the weighted sum.

    ``levels`` are the scores from which on a match is called so.
    """

    version: str
    with_meaning: Mapping[str, float]
    without_meaning: Mapping[str, float]
    steps: tuple[float, float, float]
    levels: Mapping[str, float]
    meaning_bands: Mapping[str, float]

    def score(self, features: Features) -> float:
        """Expected relevance, 0 (none) to 1 (strong)."""
        weights = self.without_meaning if features.meaning is None else self.with_meaning
        values = asdict(features)
        total = weights["bias"] + sum(weight * values[name] for name, weight in weights.items() if name != "bias")
        return sum(1 / (1 + math.exp(step - total)) for step in self.steps) / len(self.steps)

    def level(self, score: float) -> Level:
        """The word for a score."""
        return next((level for level in LEVELS[:-1] if score >= self.levels[level]), "none")


@cache
def default_model() -> Model:
    """The model in the package; its file says where the weights come from."""
    stored: dict[str, Any] = json.loads((files("zhiqiao.engine") / "relevance.json").read_text("utf-8"))
    stored.pop("provenance")
    return Model(**{**stored, "steps": tuple(stored["steps"])})


@lru_cache(maxsize=8_192)
def _words(text: str) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for word in segment(text):
        counts[word] = counts.get(word, 0) + 1
    return counts


@lru_cache(maxsize=8_192)
def _pairs(title: str) -> frozenset[str]:
    return bigrams(title)


def features(need: Need, document: Document, vector: Vectors | None) -> Features:
    """What speaks for a document; the same whether it comes from the index or was written a second ago."""
    title, claim, abstract = _words(document.title), _words(document.claim), _words(document.abstract)
    in_title = sum(weight for word, weight in need.weights.items() if word in title)
    in_body = sum(
        weight for word, weight in need.weights.items() if word not in title and (word in abstract or word in claim)
    )
    pairs = _pairs(document.title)
    return Features(
        meaning=None if vector is None or not vector.any() else float(np.dot(need.vector, vector)),
        title_coverage=in_title,
        title_covered=_covered(need, title),
        body_coverage=in_body,
        title_bigrams=len(pairs & need.bigrams) / len(pairs) if pairs else 0.0,
        saturation=_saturation(need, title, claim, abstract),
    )


def _covered(need: Need, title: Mapping[str, int]) -> float:
    weights = {word: word_weight(word) * need.rarities.get(word, _USUAL_RARITY) for word in title}
    total = sum(weights.values())
    shared = sum(weight for word, weight in weights.items() if word in need.rarities)
    return shared / total if total else 0.0


def _saturation(need: Need, title: Mapping[str, int], claim: Mapping[str, int], abstract: Mapping[str, int]) -> float:
    total = 0.0
    for word, weight in need.weights.items():
        times = _TITLE_TIMES * title.get(word, 0) + _CLAIM_TIMES * claim.get(word, 0) + abstract.get(word, 0)
        total += weight * times / (times + _SATURATION)
    return total
