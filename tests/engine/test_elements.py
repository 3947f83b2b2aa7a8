"""A need part by part, and the passages that answer."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.bad_texts import NOTHING, SOMETHING
from tests.engine.fakes import patent
from zhiqiao.engine.elements import (
    ANSWERS_FROM,
    LONGEST_ELEMENT,
    MOST_ELEMENTS,
    Answered,
    answer_elements,
    elements_of,
)
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


def test_a_passage_that_holds_one_word_of_many_mentions_a_part_and_does_not_answer_it() -> None:
    asked = "冷链物流信息感知\n建立冷链运输车辆、制冷设备、蔬菜仓储、药品追溯与监控一体的城市配送网络。"
    documents = [patent(1, "一种冷链信息感知终端"), patent(2, "毛织物染色机")]
    (title, goal), (_, foreign) = answer_elements(asked, need_of(asked), documents)
    assert title.answer is not None and title.answer.answers and title.answer.coverage >= ANSWERS_FROM
    assert goal.answer is not None and not goal.answer.answers and goal.answer.coverage < ANSWERS_FROM
    assert [asked[start:end] for start, end in goal.highlights] == ["冷链"]
    assert [goal.answer.text[start:end] for start, end in goal.answer.highlights] == ["冷链"]
    assert foreign.answer is None


def test_a_single_word_answers_only_where_it_is_most_of_a_part() -> None:
    document = patent(1, "一种新型抓取机械手")
    for asked, answers in (("机械手", True), ("图像识别的机械手", False)):
        whole = f"{asked}\n解决人工操作的困难。"
        (first, *_) = answer_elements(whole, need_of(whole), [document])[0]
        assert first.answer is not None and first.answer.answers is answers


def test_words_that_say_nothing_by_themselves_are_neither_an_answer_nor_marked() -> None:
    asked = "过热时自动关断的装置"
    document = patent(1, "一种装置", abstract="插入时导向块先行对正，温度高时停机，用3个触点。")
    assert [each.answer for each in answer_elements(asked, need_of(asked), [document])[0]] == [None]
    salt = "电解用盐中的碘"
    (found,) = answer_elements(salt, need_of(salt), [patent(1, "除碘用盐")])[0]
    assert found.answer is not None
    assert [found.answer.text[start:end] for start, end in found.answer.highlights] == ["碘", "盐"]


def test_what_a_need_calls_itself_is_always_told_however_long_the_rest_is() -> None:
    asked = "机械手\n" + "。".join(f"降低第{at}类自动上下料螺纹加工设备操作人员劳动强度的成本" for at in range(9))
    (answered,) = answer_elements(asked, need_of(asked), [patent(1, "一种机械手")])
    assert answered[0].element.sort == "object" and asked[: answered[0].element.end] == "机械手"
    assert answered[0].answer is not None and len(answered) == MOST_ELEMENTS


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
