"""The tenth place, kept for an answer from another field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.engine.fakes import LetterPairs, patent
from zhiqiao.engine.crossfield import PLACE, of_other_field
from zhiqiao.engine.documents import Document
from zhiqiao.engine.match import Match, Scope, match
from zhiqiao.engine.ranker import Judgement, default_ranker
from zhiqiao.engine.relevance import Features
from zhiqiao.engine.store import SearchReader, SearchWriter, open_reader

PUBLIC = frozenset({"public"})
FEATURES = Features(0.9, 4.0, 0.4, 0.4, 0.0, 0.3)


@dataclass(frozen=True)
class One:
    document: Document
    features: Features = FEATURES
    score: float = 0.7

    @property
    def judgement(self) -> Judgement:
        return Judgement(0.0, {}, (self.score,) * 3, 0)


def judged(*classes: str) -> list[One]:
    return [One(patent(key, classes=(each,) if each else ())) for key, each in enumerate(classes)]


def held(one: One, words: float) -> One:
    return replace(one, features=replace(FEATURES, title_coverage=words))


def test_the_one_of_another_section_with_most_of_the_words_is_found_below_the_tenth() -> None:
    scored = judged(*["H01M50/40"] * 12, "B22D17/22", "C23C14/06", "H01M4/04")
    scored[13] = held(scored[13], 0.6)
    found = of_other_field(scored, default_ranker())
    assert found is not None
    assert (found.at, found.section, found.usual) == (13, "C", "H")
    assert (found.reason.code, dict(found.reason.facts)) == ("cross_field", {"section": "C", "usual": "H"})


@pytest.mark.parametrize(
    "scored",
    [
        [],
        judged(*["H01M50/40"] * 14),
        judged(*[""] * 14),
        judged(*["06-01"] * 10, *["07-02"] * 4),
        judged("B22D17/22", *["H01M50/40"] * 14),
        judged(*["H01M50/40"] * 50, "B22D17/22"),
        [*judged(*["H01M50/40"] * 12), One(patent(12, classes=("B22D17/22",)), score=0.01)],
    ],
    ids=["nothing", "one field", "no classes", "designs", "there already", "too far down", "not recommended"],
)
def test_no_place_is_kept_where_there_is_nobody_to_keep_it_for(scored: list[One]) -> None:
    assert of_other_field(scored, default_ranker()) is None


@pytest.fixture
def reader(writer: SearchWriter, tmp_path: Path, encoder: LetterPairs) -> SearchReader:
    """Fifteen patents that answer, the last and poorest from another field."""
    near = [patent(key, "锂离子电池隔膜的制备方法", classes=("H01M50/40",)) for key in range(14)]
    other = patent(14, "过滤用隔膜及其制备", abstract="隔膜孔径均匀，用于锂离子电池。", classes=("B01D69/02",))
    writer.apply([*near, other], [], "1")
    writer.commit()
    writer.encode_pending(10)
    return open_reader(tmp_path / "index", encoder)


def answers(reader: SearchReader, k: int) -> list[Match]:
    return match(reader, LetterPairs(), "寻求锂离子电池隔膜制备技术，孔径均匀。", Scope(PUBLIC, k=k))


def test_ten_answers_end_with_the_one_from_another_field_and_say_so(reader: SearchReader) -> None:
    found = answers(reader, PLACE)
    assert [answer.key for answer in found] == [*range(9), 14]
    assert [answer.reasons[0].code == "cross_field" for answer in found] == [False] * 9 + [True]


def test_more_answers_keep_their_order_behind_it_and_none_is_lost_or_told_twice(reader: SearchReader) -> None:
    assert [answer.key for answer in answers(reader, 15)] == [*range(9), 14, *range(9, 14)]


def test_who_asks_for_fewer_gets_the_best(reader: SearchReader) -> None:
    assert [answer.key for answer in answers(reader, 9)] == list(range(9))
