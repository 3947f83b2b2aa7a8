"""From a need to the patents that answer it, or from a patent to those who would care: candidates, score, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from zhiqiao.engine.crossfield import PLACE, of_other_field
from zhiqiao.engine.documents import NO_FILTERS, Document, Filters, cleaned
from zhiqiao.engine.elements import Answers, answer_elements
from zhiqiao.engine.encoder import Encoder, Vectors
from zhiqiao.engine.evidence import Evidence, Passage, Reason, explain
from zhiqiao.engine.fusion import DEPTH, fuse
from zhiqiao.engine.need import Need, meaning_of, readable, search_terms, understand
from zhiqiao.engine.ranker import Judgement, Ranker, default_ranker
from zhiqiao.engine.reading import SearchIndex
from zhiqiao.engine.relevance import Features, Level, default_model, features
from zhiqiao.engine.stages import StageClock
from zhiqiao.engine.store import passage_text
from zhiqiao.kernel.errors import Invalid

MOST_RESULTS: Final = 100
MOST_IN_TAIL: Final = 2_000
RERANKED: Final = 100
# Filters that leave fewer documents than this are worked off key by key in the vector search.
NARROW: Final = 20_000
_ENCODED_ON_THE_WAY: Final = 16
_LOOKED_AT_FOR_SUPPORT: Final = 10
_READ_OF_ABSTRACT: Final = 300


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, within what, and what the index does not know yet.

    ``tokens``: the reader's visibility tokens; none means nothing is found. ``tail``: documents written since the
    index's watermark, at most the 2,000 last are looked at; they replace indexed ones of the same key.
    ``superseded``: keys that must not be answered from the index (deleted since, or the asker's own).
    """

    tokens: frozenset[str]
    filters: Filters = NO_FILTERS
    k: int = 10
    tail: Sequence[Document] = ()
    superseded: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MOST_RESULTS:
            raise Invalid("too_many_results", asked=self.k, most=MOST_RESULTS)

    @property
    def not_from_index(self) -> frozenset[int]:
        return self.superseded.union(document.key for document in self.tail)


@dataclass(frozen=True, slots=True)
class Match:
    """One answer: ``score`` 0 to 1, its word, why, and where; ``judgement`` says what the score is the sum of,
    ``elements`` which parts of the need it answers."""

    key: int
    score: float
    level: Level
    reasons: tuple[Reason, ...]
    passage: Passage | None
    features: Features
    document: Document
    judgement: Judgement
    elements: Answers = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """A document held against a need: what speaks for it, and its vector, if it has one."""

    document: Document
    features: Features
    vector: Vectors | None


@dataclass(frozen=True, slots=True)
class _Scored:
    judgement: Judgement
    document: Document
    features: Features


def match(
    reader: SearchIndex,
    encoder: Encoder,
    text: str,
    scope: Scope,
    clock: StageClock | None = None,
    ranker: Ranker | None = None,
) -> list[Match]:
    """The documents that answer a need, best first; when nothing is good their level is ``none``.

    The tenth place may be kept for one from another field (``crossfield``).
    ``ranker`` is the one in the package unless another has been learnt. Work is bounded whatever the text. Raises
    ``Invalid("query_empty")`` when there is no letter or digit in it.
    """
    plain = readable(text)
    clock = clock or StageClock()
    with clock.stage("encode"):
        vector = meaning_of(plain, encoder)
    question = _Question(text, plain, vector, scope, ranker or default_ranker(), of_need=True)
    return _answer(reader, encoder, question, clock)


def similar(
    reader: SearchIndex,
    encoder: Encoder,
    source: Document,
    scope: Scope,
    clock: StageClock | None = None,
    ranker: Ranker | None = None,
) -> list[Match]:
    """The documents nearest to one of another collection, as the needs that a patent could answer.

    Without reasons and passages: they take longer than finding and judging.
    """
    clock = clock or StageClock()
    with clock.stage("encode"):
        vector = encoder.encode_queries([passage_text(source)])[0]
    text = f"{source.title}。{source.abstract[:_READ_OF_ABSTRACT]}"
    question = _Question(text, readable(text), vector, scope, ranker or default_ranker(), of_need=False)
    return _answer(reader, encoder, question, clock)


@dataclass(frozen=True, slots=True)
class _Question:
    asked: str
    plain: str
    vector: Vectors
    scope: Scope
    ranker: Ranker
    of_need: bool


def _answer(reader: SearchIndex, encoder: Encoder, question: _Question, clock: StageClock) -> list[Match]:
    scope, ranker = question.scope, question.ranker
    with clock.stage("text"):
        need = understand(question.plain, question.vector, reader.text)
        by_words = reader.text.search(search_terms(need), scope.tokens, scope.filters, depth_of(scope))
    with clock.stage("vectors"):
        by_meaning = by_nearness(reader, need, scope)
    with clock.stage("fuse"):
        documents = candidates(reader, scope, by_words, by_meaning)
    with clock.stage("score"):
        tail = tail_of(need, scope)
        scored = _score(reader, encoder, need, [*documents, *tail], ranker)
    with clock.stage("explain"):
        foreign = _foreign(reader, question, scored[:_LOOKED_AT_FOR_SUPPORT])
        asks = question.of_need and scope.k >= PLACE and not foreign
        other = of_other_field(scored, ranker) if asks else None
        if other is not None:
            scored.insert(PLACE - 1, scored.pop(other.at))
        answers = [_match(question, need, found) for found in scored[: scope.k]]
        if other is not None:
            tenth = answers[PLACE - 1]
            answers[PLACE - 1] = replace(tenth, reasons=(other.reason, *tenth.reasons))
        if question.of_need:
            parts = answer_elements(question.asked, need, [each.document for each in answers])
            answers = [replace(each, elements=answered) for each, answered in zip(answers, parts, strict=True)]
        return [replace(answer, level="none") for answer in answers] if foreign else answers


def _foreign(reader: SearchIndex, question: _Question, best: Sequence[_Scored]) -> bool:
    """Whether nothing answers. Where people replied well to something alike, or the score alone calls the best strong,
    that is not for nearness to say."""
    scope, size, strong = question.scope, 0, question.ranker.model.levels["strong"]
    spoken_for = any(
        found.judgement.score >= strong or found.judgement.shares.get("replies", 0.0) > 0 for found in best
    )
    if question.of_need and not spoken_for:
        size = reader.text.count(scope.tokens, scope.filters) if scope.filters else len(reader.vectors)
    return question.ranker.model.abstains([found.features for found in best], size)


def depth_of(scope: Scope) -> int:
    """Candidates asked of each search: what is superseded must not push anything else out."""
    return DEPTH + min(len(scope.not_from_index), MOST_IN_TAIL)


def by_nearness(reader: SearchIndex, need: Need, scope: Scope) -> list[tuple[int, float]]:
    depth = depth_of(scope)
    if not scope.filters:
        return reader.vectors.search(need.vector, depth, scope.tokens)
    left = reader.text.count(scope.tokens, scope.filters)
    if left <= NARROW:
        allowed = reader.text.keys(scope.tokens, scope.filters, max(left, 1))
        return reader.vectors.search(need.vector, depth, scope.tokens, allowed)
    wider = min(20 * depth, depth * (1 + len(reader.vectors) // left))
    found = reader.vectors.search(need.vector, wider, scope.tokens)
    visible = reader.text.visible([key for key, _ in found], scope.tokens, scope.filters)
    return [hit for hit in found if hit[0] in visible][:depth]


def candidates(
    reader: SearchIndex, scope: Scope, by_words: list[tuple[int, float]], by_meaning: list[tuple[int, float]]
) -> list[Document]:
    """The documents worth scoring. The text index has the last word on who sees what: vectors may lag behind it."""
    hidden = scope.not_from_index
    certain = {key for key, _ in by_words}
    doubtful = [key for key, _ in by_meaning if key not in certain]
    certain |= reader.text.visible(doubtful, scope.tokens, scope.filters)
    ranked = [key for key, _ in fuse(by_words, by_meaning) if key in certain and key not in hidden]
    return list(reader.documents(ranked[: max(RERANKED, scope.k)], scope.tokens, scope.filters).values())


def tail_of(need: Need, scope: Scope) -> list[Document]:
    """The most promising of the documents that the index does not know yet."""
    newest = {document.key: document for document in scope.tail[-MOST_IN_TAIL:]}
    seen = [
        cleaned(document)
        for document in newest.values()
        if document.key not in scope.superseded and document.seen_with(scope.tokens) and scope.filters.accept(document)
    ]
    if len(seen) <= RERANKED:
        return seen
    return _best_by_words(need, seen)[:RERANKED]


def understood(reader: SearchIndex, encoder: Encoder, text: str) -> Need:
    """A need as the search sees it. Raises ``Invalid("query_empty")`` when there is no letter or digit in it."""
    plain = readable(text)
    return understand(plain, meaning_of(plain, encoder), reader.text)


def look(reader: SearchIndex, encoder: Encoder, need: Need, documents: Sequence[Document]) -> list[Looked]:
    """Documents of an index held against a need, in their order: what ranking, and learning it, start from."""
    ordinary = default_model().background(encoder.identity, reader.vectors.sample_cosines(need.vector))
    vectors = vectors_of(reader, need, documents)
    return [
        Looked(document, features(need, document, vector, ordinary), vector)
        for document in documents
        for vector in [vectors.get(document.key)]
    ]


def _score(
    reader: SearchIndex, encoder: Encoder, need: Need, documents: Sequence[Document], ranker: Ranker
) -> list[_Scored]:
    looked = look(reader, encoder, need, documents)
    judged = ranker.judge(
        need.vector, [one.features for one in looked], [one.vector for one in looked], encoder.identity
    )
    scored = [_Scored(said, one.document, one.features) for one, said in zip(looked, judged, strict=True)]
    return sorted(scored, key=lambda found: (-found.judgement.score, found.document.key))


def vectors_of(reader: SearchIndex, need: Need, documents: Sequence[Document]) -> dict[int, Vectors]:
    """Stored vectors; of those that are missing the most promising by words are encoded on the way."""
    stored = reader.stored_vectors(documents)
    missing = [document for document in documents if document.key not in stored]
    if not missing:
        return stored
    return {**reader.encoded(_best_by_words(need, missing), _ENCODED_ON_THE_WAY), **stored}


def _best_by_words(need: Need, documents: Sequence[Document]) -> list[Document]:
    model = default_model()
    rough = [(model.score(features(need, document, None, None)), document) for document in documents]
    return [document for _, document in sorted(rough, key=lambda pair: (-pair[0], pair[1].key))]


def _match(question: _Question, need: Need, found: _Scored) -> Match:
    said, model = found.judgement, question.ranker.model
    evidence = Evidence((), None)
    if question.of_need:
        evidence = explain(question.asked, need, found.document, found.features, model, said)
    return Match(
        found.document.key,
        said.score,
        model.level(said.score, found.features),
        evidence.reasons,
        evidence.passage,
        found.features,
        found.document,
        said,
    )
