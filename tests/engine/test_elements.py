"""A need part by part, and the passages that answer."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.bad_texts import NOTHING, SOMETHING
from tests.engine.fakes import patent
from zhiqiao.engine.elements import LONGEST_ELEMENT, MOST_ELEMENTS, Answered, answer_elements, elements_of
from zhiqiao.engine.letters import letters_of
from zhiqiao.engine.need import Need
from zhiqiao.engine.text import QUERY_CHARACTERS, segment, word_weight

ASKED: Final = """冲压模具延寿
需求内容：现用模具刃口容易崩裂，维护困难。希望通过表面涂层，在高温工况下工作；把模具寿命提高50%以上，降低换模成本。
现有工作基础：公司已投入300万元，有研发团队。"""


def need_of(text: str) -> Need:
    words = dict.fromkeys(word for word in segment(text) if word_weight(word))
    shares = {word: 1 / len(words) for word in words}
    return Need(text, shares, dict.fromkeys(words, 8.0), letters_of(text), np.ones(4, dtype=np.float32))


def parts(asked: str) -> list[tuple[str, str]]:
    return [(each.sort, asked[each.start : each.end]) for each in elements_of(asked)]


def test_a_need_falls_into_its_parts_and_what_tells_of_the_firm_is_none() -> None:
    assert parts(ASKED) == [
        ("object", "冲压模具延寿"),
        ("problem", "现用模具刃口容易崩裂，维护困难"),
        ("means", "希望通过表面涂层"),
        ("condition", "在高温工况下工作"),
        ("figure", "把模具寿命提高50%以上"),
        ("goal", "降低换模成本"),
    ]


def test_headings_say_what_follows_where_its_own_words_do_not() -> None:
    assert parts("污水治理\n难题：（1）工艺复杂；（2）去除率差。\n目标：（1）操作简便") == [
        ("object", "污水治理"),
        ("problem", "工艺复杂；（2）去除率差"),
        ("goal", "操作简便"),
    ]


def test_each_part_has_its_own_passage_marked_on_both_sides_or_is_open() -> None:
    document = patent(
        1, "一种冲压模具", abstract="刃口镶有硬质块，不易崩裂。表面涂层为氮化钛，模具寿命长。", claim="一种木工铣床。"
    )
    (answered,) = answer_elements(ASKED, need_of(ASKED), [document])
    by_sort = {each.element.sort: each for each in answered}
    assert by_sort["problem"].answer is not None and by_sort["problem"].answer.text == "刃口镶有硬质块，不易崩裂"
    assert by_sort["means"].answer is not None and "表面涂层" in by_sort["means"].answer.text
    assert by_sort["object"].answer is not None and by_sort["object"].answer.field == "title"
    assert by_sort["condition"].answer is None and not by_sort["condition"].highlights
    for each in answered:
        if each.answer is None:
            continue
        text = getattr(document, each.answer.field)
        assert text[each.answer.start : each.answer.start + len(each.answer.text)] == each.answer.text
        theirs = {each.answer.text[start:end] for start, end in each.answer.highlights}
        ours = {ASKED[start:end] for start, end in each.highlights}
        assert theirs & ours and 0 < each.answer.coverage <= 1
        assert all(each.element.start <= start < end <= each.element.end for start, end in each.highlights)


def test_a_patent_of_another_trade_answers_nothing() -> None:
    (answered,) = answer_elements(ASKED, need_of(ASKED), [patent(1, "毛织物低温染色工艺")])
    assert answered and not any(each.answer for each in answered)


def test_the_same_question_has_the_same_parts_whatever_was_asked_before() -> None:
    document = patent(1, "一种冲压模具", abstract="刃口镶有硬质块，不易崩裂。")
    first = answer_elements(ASKED, need_of(ASKED), [document])
    answer_elements("污水治理", need_of("污水治理"), [document])
    assert answer_elements(ASKED, need_of(ASKED), [document, document]) == first * 2


@pytest.mark.parametrize(
    "asked",
    [
        *NOTHING.values(), *SOMETHING.values(),
        " " * 9_000, "问题:\n" * 3_000, "一、" * 5_000, "，" * 9_000, "\n \n" * 3_000,
        "<script>alert(1)</script>；<b>模具</b>开裂", "模具🙂开裂，寿命≥50%🙂", "锂电池隔膜容易开裂，" * 10_000,
    ],
)  # fmt: skip
def test_any_text_has_few_and_short_parts(asked: str) -> None:
    bounded(asked, answer_elements(asked, need_of(asked[:QUERY_CHARACTERS] or "无"), [patent(1, abstract=asked)])[0])


@given(st.text(alphabet="模具开裂提高50%℃，。；：:\n \t目标问题现有基础(（1、）<>&🙂a", max_size=200))
def test_parts_stand_in_order_and_do_not_overlap(asked: str) -> None:
    bounded(asked, answer_elements(asked, need_of(asked or "无"), [patent(1, "模具开裂")])[0])


def bounded(asked: str, answered: tuple[Answered, ...]) -> None:
    assert len(answered) <= MOST_ELEMENTS
    ends = [0]
    for each in answered:
        assert ends[-1] <= each.element.start < each.element.end <= min(len(asked), QUERY_CHARACTERS)
        assert each.element.end - each.element.start <= LONGEST_ELEMENT
        ends.append(each.element.end)
