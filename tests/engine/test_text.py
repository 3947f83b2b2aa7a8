from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engine.text import (
    DOCUMENT_CHARACTERS,
    LONGEST_SENTENCE,
    bigrams,
    fold,
    normalise,
    printable,
    segment,
    sentences,
    word_weight,
)

any_text = st.text(st.characters(), max_size=300)


@given(any_text)
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert len(printable(text)) == len(text)
    fold(text).encode("utf-8")
    printable(text).encode("utf-8")


@given(any_text)
def test_normalised_text_is_bounded_printable_and_stable(text: str) -> None:
    plain = normalise(text, 50)
    assert len(plain) <= 50
    assert "\0" not in plain
    plain.encode("utf-8")
    assert normalise(plain, 50) == plain


def test_full_width_and_capitals_read_the_same() -> None:
    assert normalise("ＬＥＤ　灯") == "led 灯"
    assert segment("ＬＥＤ灯") == segment("led灯")


def test_text_that_grows_when_normalised_stays_bounded() -> None:
    assert len(normalise("\ufdfa" * 10_000, 100)) <= 100


def test_words_come_without_punctuation_and_with_their_parts() -> None:
    words = segment("锂离子电池，隔膜！")
    assert "电池" in words
    assert "隔膜" in words
    assert all(any(character.isalnum() for character in word) for word in words)


def test_phrases_of_every_need_count_little_and_grammar_nothing() -> None:
    assert word_weight("的") == 0
    assert 0 < word_weight("方法") < word_weight("隔膜")
    assert 0 < word_weight("2021") < word_weight("隔膜")


@given(st.text(st.sampled_from("电池，。；！\n ab. "), max_size=600))
def test_sentences_are_exact_ordered_and_lose_no_word(text: str) -> None:
    spans = sentences(text)
    assert all(0 < span.end - span.start <= LONGEST_SENTENCE for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    covered = {at for span in spans for at in range(span.start, span.end)}
    assert all(at in covered for at, character in enumerate(text) if character.isalnum())


def test_a_sentence_ends_where_it_is_written_to_end() -> None:
    text = "第一句。第二句；third one. fourth"
    assert [text[start:end] for start, end in sentences(text)] == ["第一句", "第二句", "third one", "fourth"]


def test_documents_are_cut_at_the_cap() -> None:
    assert len(printable("电" * (DOCUMENT_CHARACTERS + 5))) == DOCUMENT_CHARACTERS


def test_letter_pairs_skip_punctuation() -> None:
    assert bigrams("电、池 X") == {"电池", "池x"}
