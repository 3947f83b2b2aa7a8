"""Whatever is asked, there is a sensible answer or a clear refusal, for a bounded amount of work."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.bad_texts import NOTHING, SOMETHING
from tests.engine.fakes import TITLES, LetterPairs, patent
from zhiqiao.engine.encoder import Vectors
from zhiqiao.engine.evidence import Passage
from zhiqiao.engine.match import Match, Scope, match
from zhiqiao.engine.store import SearchReader, SearchWriter, open_reader
from zhiqiao.engine.text import QUERY_CHARACTERS
from zhiqiao.kernel.errors import Invalid

PUBLIC = Scope(frozenset({"public"}))
ABSTRACT = "所述隔膜由聚丙烯制成，锂离子电池的隔膜孔径为50纳米；成本低。装置包括机架、电机与控制器。"
MOST_SECONDS = 3.0  # of one core, on a machine that does other things as well; ordinary needs take some milliseconds


class Watched(LetterPairs):
    """Counts the characters that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.characters = 0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.characters += sum(map(len, texts))
        return super().encode_queries(texts)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> SearchReader:
    folder: Path = tmp_path_factory.mktemp("bad") / "index"
    with SearchWriter(folder, LetterPairs()) as writer:
        writer.apply(
            [patent(key, f"{TITLES[key % 12]}{key}", abstract=f"{ABSTRACT}第{key}种。") for key in range(300)], [], "1"
        )
        writer.commit()
        while writer.pending_vectors:
            writer.encode_pending(60)
    return open_reader(folder, LetterPairs())


def asked(reader: SearchReader, text: str) -> list[Match]:
    """The answers, found within bounds of time and of what is encoded."""
    encoder = Watched()
    began = time.thread_time()
    found = match(reader, encoder, text, PUBLIC)
    assert time.thread_time() - began < MOST_SECONDS
    assert encoder.characters <= 3 * QUERY_CHARACTERS
    return found


@pytest.mark.parametrize("name", NOTHING)
def test_a_text_that_says_nothing_is_refused_as_such(reader: SearchReader, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        asked(reader, NOTHING[name])
    assert refused.value.reason == "query_empty"


@pytest.mark.parametrize("name", SOMETHING)
def test_a_text_that_says_something_is_answered(reader: SearchReader, name: str) -> None:
    found = asked(reader, SOMETHING[name])
    assert len({each.key for each in found}) == len(found) <= PUBLIC.k
    assert all(0 <= each.score <= 1 for each in found)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    for passage in (each.passage for each in found if each.passage):
        assert_quoted(passage, SOMETHING[name])


def assert_quoted(passage: Passage, text: str) -> None:
    """Highlights lie within the passage and within the need as it was typed."""
    assert all(0 <= span.start < span.end <= len(passage.text) for span in passage.highlights)
    assert all(0 <= span.start < span.end <= len(text) for span in passage.need_highlights)


@pytest.mark.parametrize("name", ["one letter", "pure numbers", "English", "Russian and Arabic", "grammar alone"])
def test_what_is_foreign_to_the_collection_has_no_good_answer(reader: SearchReader, name: str) -> None:
    assert {each.level for each in asked(reader, SOMETHING[name])} <= {"none", "weak"}


def test_a_need_that_is_a_patent_word_for_word_finds_that_patent(reader: SearchReader) -> None:
    (document,) = reader.documents([123], PUBLIC.tokens).values()
    for text in (document.title, f"{document.title}。{document.abstract}", document.title + " " * 90_000):
        first = asked(reader, text)[0]
        assert first.key == 123 and first.level == "strong"


def test_a_hundred_thousand_characters_cost_no_more_than_the_part_that_is_read(reader: SearchReader) -> None:
    need = "、".join(TITLES) * 1_000
    asked(reader, need)
    assert [(each.key, each.score) for each in asked(reader, need)] == [
        (each.key, each.score) for each in asked(reader, need[:QUERY_CHARACTERS])
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_answered_or_refused(reader: SearchReader, text: str) -> None:
    try:
        found = asked(reader, text)
    except Invalid as refused:
        assert refused.reason == "query_empty"
    else:
        assert len(found) <= PUBLIC.k
