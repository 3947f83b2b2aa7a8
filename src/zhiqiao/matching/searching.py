"""One search as one reader may make it: the index, what it does not know yet, and what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhiqiao.core.indexing import encoder, search_view
from zhiqiao.engine.documents import NO_FILTERS, Document, Filters
from zhiqiao.engine.match import Match, Scope, match, similar
from zhiqiao.engine.reading import SearchIndex
from zhiqiao.engine.relevance import default_model
from zhiqiao.engine.stages import StageClock
from zhiqiao.engine.text import Span
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role

VERSION_NOTE = "relevance"
IN_FORCE = Filters((("status", ("alive",)),))


@dataclass(frozen=True)
class Asked:
    """How many answers, narrowed to what, and which keys to leave out (the asker's own)."""

    k: int = 10
    filters: Filters = NO_FILTERS
    without: frozenset[int] = frozenset()


def tokens_of(actor: Actor) -> frozenset[str]:
    return actor.tokens | ({"centre"} if actor.holds(Role.CENTRE_OPERATOR) else frozenset())


def answers(collection: str, actor: Actor, text: str, asked: Asked, clock: StageClock | None = None) -> list[Match]:
    """The documents of a collection that answer a text, best first."""
    reader, scope = _view(collection, tokens_of(actor), asked)
    return match(reader, encoder(), text, scope, clock)


def neighbours(collection: str, tokens: frozenset[str], source: int | Document, asked: Asked) -> list[Match]:
    """The documents of a collection nearest to one."""
    reader, scope = _view(collection, tokens, asked)
    return similar(reader, encoder(), source, scope)


def _view(collection: str, tokens: frozenset[str], asked: Asked) -> tuple[SearchIndex, Scope]:
    reader, pending = search_view(collection, tokens)
    return reader, Scope(tokens, asked.filters, asked.k, pending.documents, pending.superseded | asked.without)


def version() -> str:
    """Which model found a match, kept beside it."""
    return f"{VERSION_NOTE}:{default_model().version}"


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


def _pairs(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]
