"""What a need is made of: object, problem, goal, means, condition; and the passage that answers each best.

Told by headings and by the words that people use for each, clause by clause: no model, no work beyond a bounded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Final, Literal

from zhiqiao.engine.documents import Document
from zhiqiao.engine.marking import spans
from zhiqiao.engine.need import MOST_WORDS, Need
from zhiqiao.engine.text import QUERY_CHARACTERS, Span, fold, segment, sentences, tells, word_weight

Field = Literal["title", "abstract", "claim"]
Sort = Literal["object", "problem", "goal", "figure", "means", "condition"]
SORTS: Final[tuple[Sort, ...]] = ("object", "problem", "goal", "figure", "means", "condition")
MOST_ELEMENTS: Final = 6
LONGEST_ELEMENT: Final = 120
# Of an element's words, by weight, that a passage has to hold to be called its answer, and from which on a single word
# is enough.
ANSWERS_FROM: Final = 0.25
_ONE_WORD_ANSWERS_FROM: Final = 0.5
# What neither a heading nor its own words say anything of is told after what is a problem, a goal and so on.
_UNLABELLED: Final = 0.5
# With less it touches on the element, if the words it holds are rare enough: each in less than 5 % of documents (the
# logarithm of 1 / 0.05), and all together as rare as one in 2 %.
_RARE_FROM: Final = 3.0
_TOUCHES_FROM: Final = 4.0
_MOST_LOOKED_AT: Final = 12
_MOST_HEADINGS: Final = 40
_LONGEST_GAP: Final = 20
_READ_OF_FIELD: Final = 2_000
_MOST_SENTENCES: Final = 40
_LONGEST_TITLE: Final = 80

# What is no element: what tells of the firm, the market or money; and a heading that says nothing of what follows.
_BACKGROUND: Final = "background"
_PLAIN: Final = "plain"
_CLAUSE = re.compile(r"[^，,；;。！？!?\n]+")
_NUMBERING = re.compile(r"^[\s(（]{0,12}(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})[、.．)）]\s*")
_JOINED_BY = re.compile(r"[\s，,、；;]*[(（]?(?:[0-9]{1,2}[、.．)）]+)?\s*")
# A heading stands alone in its line or before a colon, and says what the following clauses are.
_HEADING = re.compile(
    r"(?m)(?:^|(?<=[。；;\s]))[\s\d、.．()（）一二三四五六]{0,12}([^\s，。；;：:\d]{2,16})\s*(?:[:：]|$)"
)
_HEADED: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("problem", ("难题", "问题", "难点", "瓶颈", "痛点")),
    (_BACKGROUND, ("基础", "背景", "预算", "投入", "资金", "联系", "简介", "合作方式", "现状", "经费")),
    ("goal", ("目标", "指标", "预期", "效果")),
    ("condition", ("条件", "工况", "约束")),
    (_PLAIN, ("内容", "需求", "方案", "方向", "概述", "要求")),
)
_CUES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        _BACKGROUND,
        re.compile(
            r"万元|亿元|预算|我司|我公司|本公司|公司[^，]{0,6}(?:成立|已|自)|销售收入|利润|国家|政策|市场|随着|近年|"
            r"产学研|专利号|高新技术企业|厂房|合作方式|技术人员|团队|工作基础|一流|国[际内]先进|国内领先|合作单位|立项|研发机构"
        ),
    ),
    (
        "figure",
        re.compile(
            r"[≥≤><＞＜±～~]\s*[0-9]|[0-9]\s*(?:%|％|‰|℃|°|mm|cm|μm|um|nm|kg|mg|mpa|kpa|pa|kw|mw|hz|ppm|db|ml|kv|mah|"
            r"mm2|倍|小时|分钟|秒|年|个月|天|吨|米|毫米|微米|纳米|克|伏|安|瓦|次|件|平方|立方|目|丝)|"
            r"[一二两三四五六七八九十百千万半]+(?:倍|成[^本品分果]?$|万次|年|个月|小时)|"
            r"(?:不低于|不高于|不小于|不大于|不超过|大于|小于|高于|低于|达到|以上|以下)\s*[0-9]"
        ),
    ),
    (
        "problem",
        re.compile(
            r"问题|难题|缺点|不足|缺陷|难以|不能|无法|隐患|困难|瓶颈|容易|易[^于]|过高|过大|过低|太[高大低多少长]|不理想|"
            r"不均|失效|泄漏|堵塞|开裂|变形|较差|偏[高低]|故障|损坏|不稳定|污染|脱落|影响"
        ),
    ),
    (
        "goal",
        re.compile(
            r"提高|提升|降低|减少|延长|翻倍|增加|实现|改善|缩短|节约|节省|节能|目标|避免|防止|增强|保证|确保|优化|加快|"
            r"满足|解决|消除|抑制|代替|替代|希望[^，]{0,8}能|能够|期望"
        ),
    ),
    (
        "condition",
        re.compile(r"前提|条件|环境|工况|不影响|范围内|温度|压力|适用于|用于|应用于|情况下|在[^，]{1,20}[下中时]$"),
    ),
    ("means", re.compile(r"通过|采用|利用|基于|借助|运用")),
)


@dataclass(frozen=True, slots=True)
class Element:
    """A part of a need: characters ``start`` to ``end`` of it as it was asked, and what sort of part that is."""

    sort: Sort
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The passage that holds most of an element: ``getattr(document, field)[start:start + len(text)] == text``.

    ``coverage`` is the weighted share of the element's words in it; where it is too low to say that the passage
    ``answers``, it does no more than touch on the element. ``highlights`` are offsets in ``text``.
    """

    field: Field
    start: int
    text: str
    coverage: float
    highlights: tuple[Span, ...]
    answers: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """An element and its answer, None: open. ``highlights`` are offsets in the need as it was asked."""

    element: Element
    highlights: tuple[Span, ...]
    answer: Answer | None


Answers = tuple[Answered, ...]


def elements_of(asked: str) -> tuple[Element, ...]:
    """The parts of a need in their order, at most twelve; what tells of the firm, the market or money is left out."""
    text = asked[:QUERY_CHARACTERS]
    title = _title(text)
    named = [] if title is None else [Element("object", title.start, title.end)]
    return tuple(islice(chain(named, _joined(text, _clauses(text, title.end if title else 0))), _MOST_LOOKED_AT))


def _title(text: str) -> Span | None:
    """The first line, where more follows and it is short enough to name what is wanted."""
    line, broken, rest = text.partition("\n")
    name = line.strip()
    if not broken or not rest.strip() or not 2 <= len(name) <= _LONGEST_TITLE:
        return None
    start = line.index(name)
    return Span(start, start + len(name))


def _clauses(text: str, start: int) -> Iterator[Element]:
    named = ((at, _headed(at[1])) for at in _HEADING.finditer(text, start))
    headings = [(at.start(1), at.end(), sort) for at, sort in islice(named, _MOST_HEADINGS) if sort]
    for clause in _CLAUSE.finditer(text, start):
        span = _core(text, clause.start(), clause.end(), headings)
        under = [sort for _, stop, sort in headings if stop <= span.start]
        told = _sort(fold(text[span.start : span.end]), under[-1] if under else _PLAIN)
        if told is not None and any(character.isalpha() for character in text[span.start : span.end]):
            yield Element(told, span.start, span.end)


def _headed(words: str) -> str:
    return next((sort for sort, cues in _HEADED if any(cue in words for cue in cues)), "")


def _core(text: str, start: int, end: int, headings: Sequence[tuple[int, int, str]]) -> Span:
    """A clause without its heading, numbering and white space."""
    start = max([start, *(stop for begin, stop, _ in headings if start <= begin < end)])
    if numbered := _NUMBERING.match(text[start:end]):
        start += numbered.end()
    while start < end and not text[start].isalnum() and text[start] not in "≥≤":
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, min(end, start + LONGEST_ELEMENT))


def _sort(clause: str, under: str) -> Sort | None:
    """What a clause is by its own words; where these say nothing, by its heading. None: no element."""
    if under == _BACKGROUND:
        return None
    told = next((sort for sort, cue in _CUES if cue.search(clause)), under)
    return next((sort for sort in SORTS if sort == told), None if told == _BACKGROUND else "object")


def _joined(text: str, found: Iterable[Element]) -> Iterator[Element]:
    """Neighbours of one sort become one, as long as they stay short."""
    last: Element | None = None
    for each in found:
        if last and _belong(text, last, each):
            last = Element(last.sort, last.start, each.end)
            continue
        if last:
            yield last
        last = each
    if last:
        yield last


def _belong(text: str, one: Element, next_one: Element) -> bool:
    short = next_one.end - one.start <= LONGEST_ELEMENT and next_one.start - one.end <= _LONGEST_GAP
    return short and one.sort == next_one.sort and bool(_JOINED_BY.fullmatch(text, one.end, next_one.start))


def answer_elements(asked: str, need: Need, documents: Sequence[Document]) -> list[Answers]:
    """For each document the passages that answer a need's elements best: its title, if it has one, and of the others
    the weightiest, in its order."""
    weighed = [(each, _words(asked, each, need)) for each in elements_of(asked)]
    telling = [(each, words) for each, words in weighed if words]
    title = _title(asked[:QUERY_CHARACTERS])

    def least(one: tuple[Element, Mapping[str, float]]) -> tuple[bool, float, int]:
        each, words = one
        factor = _UNLABELLED if each.sort == "object" else 1.0
        return title is None or each.end != title.end, -factor * sum(words.values()), each.start

    kept = {each for each, _ in sorted(telling, key=least)[:MOST_ELEMENTS]}
    return [_answers(asked, [one for one in telling if one[0] in kept], document) for document in documents]


def _answers(asked: str, elements: Sequence[tuple[Element, Mapping[str, float]]], document: Document) -> Answers:
    passages = list(_passages(document))
    return tuple(_answered(asked, each, words, passages, document) for each, words in elements)


def _words(asked: str, element: Element, need: Need) -> dict[str, float]:
    words = dict.fromkeys(segment(asked[element.start : element.end])[:MOST_WORDS])
    return {word: need.rarities[word] * word_weight(word) for word in words if word in need.rarities and tells(word)}


def _passages(document: Document) -> Iterator[tuple[Field, Span, frozenset[str]]]:
    places: tuple[tuple[Field, str], ...] = (
        ("title", document.title), ("abstract", document.abstract), ("claim", document.claim),
    )  # fmt: skip
    for field, text in places:
        read = text[:_READ_OF_FIELD]
        for span in sentences(read)[:_MOST_SENTENCES]:
            yield field, span, _segmented(read[span.start : span.end])


@lru_cache(maxsize=4_096)
def _segmented(text: str) -> frozenset[str]:
    return frozenset(segment(text))


def _answered(
    asked: str,
    element: Element,
    words: Mapping[str, float],
    passages: Sequence[tuple[Field, Span, frozenset[str]]],
    document: Document,
) -> Answered:
    best, at = 0.0, 0
    for place, (_, _, here) in enumerate(passages):
        covered = sum(weight for word, weight in words.items() if word in here)
        if covered > best + 1e-9:
            best, at = covered, place
    shared = [word for word in words if best and word in passages[at][2]]
    share, whole = best / sum(words.values()), _whole(shared)
    answers = share >= ANSWERS_FROM and (len(whole) > 1 or share >= _ONE_WORD_ANSWERS_FROM)
    rare = sum(words[word] for word in whole if words[word] >= _RARE_FROM)
    if not shared or (share < ANSWERS_FROM and rare < _TOUCHES_FROM):
        return Answered(element, (), None)
    field, span, _ = passages[at]
    text = getattr(document, field)[span.start : span.end]
    answer = Answer(field, span.start, text, round(share, 3), spans(text, shared), answers)
    own = spans(asked[element.start : element.end], shared)
    return Answered(element, tuple(Span(each.start + element.start, each.end + element.start) for each in own), answer)


def _whole(words: Sequence[str]) -> list[str]:
    """The words of a text without those that are parts of a longer one."""
    return [word for word in words if not any(word in other and word != other for other in words)]
