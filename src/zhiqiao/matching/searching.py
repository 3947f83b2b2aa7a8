"""One search as one reader may make it: the index, what it does not know yet, and what the reader may see."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from zhiqiao.core.encoders import encoder_behind, trouble
from zhiqiao.core.indexing import reader, search_view
from zhiqiao.engine.documents import NO_FILTERS, Document, Filters
from zhiqiao.engine.elements import Answer
from zhiqiao.engine.encoder import TYPED, Encoder, EncoderDown, may_read
from zhiqiao.engine.match import Match, Scope, match, similar
from zhiqiao.engine.neighbours import Neighbour, neighbours
from zhiqiao.engine.reading import SearchIndex
from zhiqiao.engine.stages import StageClock
from zhiqiao.engine.text import Span, printable
from zhiqiao.engine.wordsonly import ByWords, WordsOnly
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching.rankers import serving

VERSION_NOTE = "relevance"
Found = TypeVar("Found", Match, Neighbour)
IN_FORCE = Filters((("status", ("alive",)),))


@dataclass(frozen=True)
class Asked:
    """How many answers, narrowed to what, and which keys to leave out (the asker's own). ``seen_by``: who may see the
    text itself, as visibility tokens; an encoder outside of the house is not given every text."""

    k: int = 10
    filters: Filters = NO_FILTERS
    without: frozenset[int] = frozenset()
    seen_by: tuple[str, ...] = (TYPED,)


def tokens_of(actor: Actor) -> frozenset[str]:
    return actor.tokens | ({"centre"} if actor.holds(Role.CENTRE_OPERATOR) else frozenset())


def answers(collection: str, actor: Actor, text: str, asked: Asked, clock: StageClock | None = None) -> list[Match]:
    """The documents of a collection that answer a text, best first."""
    index, scope = _view(collection, tokens_of(actor), asked)
    return _found(index, asked.seen_by, lambda by, encoder: match(by, encoder, text, scope, clock, serving()))


def near_patents(tokens: frozenset[str], source: Document, asked: Asked) -> list[Neighbour]:
    """The patents nearest to one."""
    index, scope = _view("patents", tokens, asked)
    return _found(index, source.visibility, lambda by, encoder: neighbours(by, encoder, source, scope))


def near_needs(tokens: frozenset[str], source: Document, asked: Asked) -> list[Match]:
    """The needs nearest to a patent, without reasons: the traces they leave are told instead."""
    index, scope = _view("needs", tokens, asked)
    ranker = serving()
    return _found(
        index,
        source.visibility,
        lambda by, encoder: similar(by, encoder, source, scope, ranker=ranker),
    )


def words_alone(collection: str, seen_by: Sequence[str] = (TYPED,)) -> str:
    """Why searches for a text that these may see go by words alone for now, as a code; empty while they do not."""
    encoder = encoder_behind(reader(collection))
    return trouble(encoder) or ("" if may_read(encoder, seen_by) else "text_kept_in_house")


def _found(
    index: SearchIndex, seen_by: Sequence[str], search: Callable[[SearchIndex, Encoder], list[Found]]
) -> list[Found]:
    """By words and meaning; by words alone where there are no vectors to be had, or where the text must not leave."""
    encoder = encoder_behind(index)
    if may_read(encoder, seen_by) and not trouble(encoder):
        with suppress(EncoderDown):
            return search(index, encoder)
    return search(ByWords(index), WordsOnly(encoder.identity, encoder.dimension))


def _view(collection: str, tokens: frozenset[str], asked: Asked) -> tuple[SearchIndex, Scope]:
    reader, pending = search_view(collection, tokens)
    return reader, Scope(tokens, asked.filters, asked.k, pending.documents, pending.superseded | asked.without)


def version() -> str:
    """Which model found a match, kept beside it."""
    return f"{VERSION_NOTE}:{serving().version}"


def as_reasons(found: Match) -> list[dict[str, object]]:
    """Reasons as they are kept: codes and facts, to be worded by the faces."""
    return [{"code": reason.code, "facts": dict(reason.facts)} for reason in found.reasons]


def as_passage(found: Match) -> dict[str, object] | None:
    passage = found.passage
    if passage is None:
        return None
    return {
        "field": passage.field,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "highlights": _pairs(passage.highlights),
        "need_highlights": _pairs(passage.need_highlights),
    }


def as_elements(found: Match, asked: str) -> list[dict[str, Any]]:
    """Elements as they are kept: where in the need, never its words, and the patent's passage that answers."""
    return [
        {
            "sort": each.element.sort,
            "start": each.element.start,
            "end": each.element.end,
            "digest": _digest(asked[each.element.start : each.element.end]),
            "highlights": _pairs(
                [Span(at - each.element.start, to - each.element.start) for at, to in each.highlights]
            ),
            "answer": _as_answer(each.answer),
        }
        for each in found.elements
    ]


def _as_answer(answer: Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "field": answer.field,
        "text": answer.text,
        "coverage": answer.coverage,
        "highlights": _pairs(answer.highlights),
        "answers": answer.answers,
    }


def elements_within(kept: Iterable[Mapping[str, Any]], asked: str) -> list[dict[str, Any]]:
    """Kept elements with their words, those alone that still stand in the need where they stood. What was kept before
    passages could do less than answer has none that does."""
    found = [(each, asked[each["start"] : each["end"]]) for each in kept]
    return [
        {
            "sort": each["sort"],
            "text": printable(text),
            "highlights": each["highlights"],
            "answer": each["answer"] and {"answers": True, **each["answer"]},
        }
        for each, text in found
        if _digest(text) == each["digest"]
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _pairs(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]
