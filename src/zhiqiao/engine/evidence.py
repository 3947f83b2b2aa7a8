"""Why a document matches: the words, the meaning, the sentence that answers. Nothing here is made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from zhiqiao.engine.documents import Document
from zhiqiao.engine.elements import Field
from zhiqiao.engine.marking import spans
from zhiqiao.engine.need import Need
from zhiqiao.engine.ranker import Judgement
from zhiqiao.engine.relevance import Features, Model
from zhiqiao.engine.text import QUERY_CHARACTERS, Span, segment, sentences, tells

Code = Literal["shared_words", "meaning", "cross_field", "passage", "replies_for", "replies_against", "shares"]
MOST_SHARED_WORDS: Final = 8
MOST_SENTENCES: Final = 200
_LEAST_WORD_SHARE: Final = 0.01
# Of the margin, from which on earlier replies are named as a reason of their own.
_REPLIES_TELL: Final = 0.1


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with the facts behind it; the faces put it into words.

    ``shared_words``: ``words`` (word, its share of the need, whether in the title), parts of longer ones left out;
    ``coverage`` 0..1 is that of all.
    ``meaning``: ``cosine``, ``standing`` (standard deviations above an ordinary document), ``band`` (``very_near`` or
    ``near``).
    ``passage``: ``field``, ``coverage`` 0..1.
    ``cross_field``: the tenth place was kept for its ``section`` of the IPC, while most others are of ``usual``.
    ``replies_for`` and ``replies_against``: ``judged``, earlier judgements of like supplies for like needs.
    ``shares``: what the ranking's raw ``margin`` is the sum of, as ``parts`` (name, value), the largest first.
    """

    code: Code
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentence that answers the need best: ``getattr(document, field)[start:end] == text``.

    ``highlights`` are offsets in ``text``, ``need_highlights`` in the need as it was asked.
    """

    field: Field
    start: int
    end: int
    text: str
    highlights: tuple[Span, ...]
    need_highlights: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Reasons, strongest first, and the passage, ``None`` when no word is shared."""

    reasons: tuple[Reason, ...]
    passage: Passage | None


def explain(asked: str, need: Need, document: Document, values: Features, model: Model, said: Judgement) -> Evidence:
    """Why ``document`` got its score for the need that was ``asked``."""
    passage, covered = best_passage(asked, need, document)
    reasons = [_shared_words(need, document), _meaning(values, model), _replies(said)]
    if passage is not None:
        reasons.append(Reason("passage", {"field": passage.field, "coverage": round(covered, 3)}))
    reasons.append(_shares(said))
    return Evidence(tuple(reason for reason in reasons if reason is not None), passage)


def _shared_words(need: Need, document: Document) -> Reason | None:
    title = set(segment(document.title))
    text = title | set(segment(document.abstract)) | set(segment(document.claim))
    shared = [(word, weight) for word, weight in need.weights.items() if word in text and tells(word)]
    named = [
        (word, weight) for word, weight in shared if not any(word in other and word != other for other, _ in shared)
    ]
    words = [
        {"word": word, "share": round(weight, 3), "in_title": word in title}
        for word, weight in named[:MOST_SHARED_WORDS]
    ]
    coverage = sum(weight for _, weight in shared)
    if coverage < _LEAST_WORD_SHARE:
        return None  # 技术 and the like, which every other patent shares too
    return Reason("shared_words", {"words": words, "coverage": round(coverage, 3)})


def _meaning(values: Features, model: Model) -> Reason | None:
    if values.meaning is None or values.standing is None:
        return None
    facts = {
        "cosine": round(values.meaning, 3),
        "standing": round(values.standing, 2),
        "band": model.band(values.standing),
    }
    return Reason("meaning", facts)


def _replies(said: Judgement) -> Reason | None:
    share = said.shares.get("replies", 0.0)
    if not said.near or abs(share) < _REPLIES_TELL:
        return None
    return Reason("replies_for" if share > 0 else "replies_against", {"judged": said.near})


def _shares(said: Judgement) -> Reason:
    felt = sorted(((name, round(value, 2)) for name, value in said.shares.items()), key=lambda part: -abs(part[1]))
    parts = [{"name": name, "value": value} for name, value in felt if value]
    return Reason("shares", {"margin": round(said.margin, 2), "parts": parts})


def best_passage(asked: str, need: Need, document: Document) -> tuple[Passage | None, float]:
    """The sentence that holds most of the need, and its share; the title where no other sentence holds any."""
    words = {word: weight for word, weight in need.weights.items() if weight >= _LEAST_WORD_SHARE and tells(word)}
    places: list[tuple[Field, str]] = [("abstract", document.abstract), ("claim", document.claim)]
    best = max((_best_sentence(field, text, words) for field, text in places), key=lambda found: found[0])
    if not best[0]:
        best = _best_sentence("title", document.title, words)
    covered, field, span = best
    if not covered:
        return None, 0.0
    text = getattr(document, field)[span.start : span.end]
    here = set(_found(text, words))
    return (
        Passage(field, span.start, span.end, text, spans(text, here), spans(asked[:QUERY_CHARACTERS], here)),
        covered,
    )


def _best_sentence(field: Field, text: str, words: Mapping[str, float]) -> tuple[float, Field, Span]:
    best = (0.0, field, Span(0, 0))
    for span in sentences(text)[:MOST_SENTENCES]:
        covered = sum(words[word] for word in _found(text[span.start : span.end], words))
        if covered > best[0]:
            best = (covered, field, span)
    return best


def _found(text: str, words: Mapping[str, float]) -> list[str]:
    here = set(segment(text))
    return [word for word in words if word in here]
