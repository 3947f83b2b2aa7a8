"""How relevant a document is to a need, from features that a person can read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import Vectors
from zhiqiao.engine.letters import alike, letters_of_title
from zhiqiao.engine.need import Need
from zhiqiao.engine.text import segment, word_weight

Level = Literal["strong", "fair", "weak", "none"]
LEVELS: Final[tuple[Level, ...]] = ("strong", "fair", "weak", "none")
# What a title word counts that the need does not hold, when its rarity was not looked up.
_USUAL_RARITY: Final = 5.0
# An encoder's usual background counts as much as this many vectors of the collection at hand.
_BACKGROUND_WORTH: Final = 200
_LEAST_SAMPLE: Final = 50
# In a collection smaller than this the nearest document says nothing of what is near by chance.
_FEWEST_TO_CHANCE_UPON: Final = 200
# Of each text of a document; a claim of 20 000 characters would cost a hundred times as much and say little more.
_READ_CHARACTERS: Final = 2_000


class Background(NamedTuple):
    """How near an ordinary document is to a need: mean and standard deviation of the cosine."""

    mean: float
    deviation: float

    def standing(self, cosine: float) -> float:
        """By how many standard deviations a document is nearer than an ordinary one."""
        return (cosine - self.mean) / self.deviation


@dataclass(frozen=True, slots=True)
class Features:
    """What the score is made of.

    ``meaning``: cosine of need and title, ``None`` while the document has no vector. ``standing``: by how many
    standard deviations that is above an ordinary document of the collection, ``None`` when that cannot be told.
    ``title_coverage``: weighted share of the need's words in the title. ``title_covered``: weighted share of the
    title's words in the need. ``body_coverage``: weighted share of the need's words in abstract or claim but not in
    the title. ``letters``: how alike need and title are written, rare groups of letters counting more.
    """

    meaning: float | None
    standing: float | None
    title_coverage: float
    title_covered: float
    body_coverage: float
    letters: float


@dataclass(frozen=True, slots=True)
class Model:
    """An ordinal logistic model: the steps are the borders none|weak|fair|strong on the weighted sum.

    ``levels`` are the scores from which on a match is called so; ``support`` the shares of words below which
    nearness alone is not believed, and what makes a need foreign; ``bands`` name standings; ``backgrounds`` belong to
    encoders by the beginning of their identity.
    """

    version: str
    with_meaning: Mapping[str, float]
    with_meaning_steps: tuple[float, ...]
    without_meaning: Mapping[str, float]
    without_meaning_steps: tuple[float, ...]
    levels: Mapping[str, float]
    support: Mapping[str, float]
    bands: Mapping[str, float]
    backgrounds: Mapping[str, tuple[float, float]]

    def shares(self, features: Features) -> dict[str, float]:
        """What each feature adds to the sum that the steps are held against."""
        weights = self.without_meaning if features.standing is None else self.with_meaning
        return {name: weight * float(getattr(features, name)) for name, weight in weights.items()}

    def score(self, features: Features) -> float:
        """Expected relevance, 0 (none) to 1 (strong), from the features alone."""
        steps = self.without_meaning_steps if features.standing is None else self.with_meaning_steps
        total = sum(self.shares(features).values())
        return sum(1 / (1 + math.exp(step - total)) for step in steps) / len(steps)

    def level(self, score: float, features: Features) -> Level:
        """The word for a score; without a shared word nothing is more than weak."""
        reached = (level for level in LEVELS[:-1] if score >= self.levels[level])
        level: Level = next(reached, "none")
        if level in ("strong", "fair") and not self._supported(features, "shared", "title"):
            return "weak"
        return level

    def abstains(self, candidates: Sequence[Features], collection: int = 0) -> bool:
        """Whether the need is foreign to the collection: none of the first candidates shares a word worth naming, or
        the very first is no nearer in meaning than the nearest of so many documents is by chance.

        How near that is grows with the root of the logarithm of their number; ``support`` holds what it is for one.
        """
        if not any(self._supported(features, "need_shared", "need_title") for features in candidates):
            return True
        least, of = self.support.get("need_standing"), self.support.get("need_standing_of", 0.0)
        standing = candidates[0].standing
        if least is None or standing is None or min(of, collection) < _FEWEST_TO_CHANCE_UPON:
            return False
        grown = math.sqrt(2 * math.log(collection)) - math.sqrt(2 * math.log(of))
        return standing < least + self.support["need_standing_grows"] * grown

    def band(self, standing: float) -> str:
        """The word for how near two meanings are: ``very_near``, ``near`` or ``far``."""
        ordered = sorted(self.bands.items(), key=lambda item: -item[1])
        return next((name for name, least in ordered if standing >= least), "far")

    def background(self, encoder: str, sample: Vectors) -> Background | None:
        """What is ordinary for a need, from its cosines to a sample of the collection.

        A small sample is mixed with what is usual for the encoder; ``None`` when neither is known.
        """
        usual = next((pair for name, pair in self.backgrounds.items() if encoder.startswith(name)), None)
        if usual is None and len(sample) < _LEAST_SAMPLE:
            return None
        share = len(sample) / (len(sample) + _BACKGROUND_WORTH) if usual else 1.0
        mean, deviation = (float(sample.mean()), float(sample.std())) if len(sample) else (0.0, 0.0)
        at, width = usual or (mean, deviation)
        return Background(share * mean + (1 - share) * at, max(share * deviation + (1 - share) * width, 1e-4))

    def _supported(self, features: Features, shared: str, title: str) -> bool:
        in_document = features.title_coverage + features.body_coverage
        return in_document >= self.support[shared] or features.title_covered >= self.support[title]


@cache
def default_model() -> Model:
    """The model in the package; its file says where the weights come from."""
    stored: dict[str, Any] = json.loads((files("zhiqiao.engine") / "relevance.json").read_text("utf-8"))
    stored.pop("provenance")
    return model_of(stored)


def model_of(stored: Mapping[str, Any]) -> Model:
    """A model from its JSON. Raises ``TypeError`` when a field is missing or unknown."""
    steps = {name: tuple(stored[name]) for name in ("with_meaning_steps", "without_meaning_steps")}
    return Model(**{**stored, **steps})


@lru_cache(maxsize=8_192)
def _words(text: str) -> frozenset[str]:
    return frozenset(segment(text))


def _read(text: str) -> frozenset[str]:
    return _words(text[:_READ_CHARACTERS])


def features(need: Need, document: Document, vector: Vectors | None, ordinary: Background | None) -> Features:
    """What speaks for a document; the same whether it comes from the index or was written a second ago."""
    title = _read(document.title)
    body = (_read(document.abstract) | _read(document.claim)) - title
    meaning = None if vector is None or not vector.any() else float(np.dot(need.vector, vector))
    return Features(
        meaning=meaning,
        standing=None if meaning is None or ordinary is None else ordinary.standing(meaning),
        title_coverage=sum(weight for word, weight in need.weights.items() if word in title),
        title_covered=_covered(need, title),
        body_coverage=sum(weight for word, weight in need.weights.items() if word in body),
        letters=alike(need.letters, letters_of_title(document.title)),
    )


def _covered(need: Need, title: frozenset[str]) -> float:
    weights = {word: word_weight(word) * need.rarities.get(word, _USUAL_RARITY) for word in sorted(title)}
    total = sum(weights.values())
    shared = sum(weight for word, weight in weights.items() if word in need.rarities)
    return shared / total if total else 0.0
