"""The patents nearest to a patent: their order, what it is the sum of, and who may see it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.fakes import LetterPairs, patent
from zhiqiao.engine.documents import Document
from zhiqiao.engine.letters import alike, alike_spectra, letters_of, spectrum_of
from zhiqiao.engine.match import Scope
from zhiqiao.engine.neighbours import neighbours, weights
from zhiqiao.engine.store import SearchReader, SearchWriter, open_reader
from zhiqiao.kernel.errors import Invalid

PUBLIC = frozenset({"public"})
WELDING = "一种焊接机器人的焊缝跟踪装置"
ABSTRACT = "激光传感器扫描焊缝，控制器修正焊枪的轨迹，减少飞溅。"
RECENT, OLD, SECRET = 100, 101, 102


def welding(key: int, filed: str, abstract: str = ABSTRACT, seen: str = "public") -> Document:
    return Document(key, f"CN{key}", WELDING, abstract, visibility=(seen,), facets={"date": filed})


@pytest.fixture
def reader(writer: SearchWriter, tmp_path: Path, encoder: LetterPairs) -> SearchReader:
    others = [patent(key) for key in range(12)]
    own = [welding(RECENT, "2023-05-01"), welding(OLD, "2009-05-01"), welding(SECRET, "2023-05-01", seen="org:1")]
    writer.apply([*others, *own], [], "1")
    writer.commit()
    writer.encode_pending(10)
    return open_reader(tmp_path / "index", encoder)


def test_the_nearest_come_first_and_the_older_of_two_alike_behind(reader: SearchReader) -> None:
    found = neighbours(reader, LetterPairs(), welding(1_000, "2024-05-01"), Scope(PUBLIC, k=5))
    assert [each.key for each in found[:2]] == [RECENT, OLD]
    assert len(found) == 5 and found[1].score > found[2].score
    recent, old = (each.shares["older"] for each in found[:2])
    assert old == pytest.approx(10 * weights()["older"]) and recent == pytest.approx(weights()["older"], abs=0.01)


def test_the_shares_add_up_to_what_the_score_rests_on(reader: SearchReader) -> None:
    for each in neighbours(reader, LetterPairs(), welding(1_000, "2024-05-01"), Scope(PUBLIC)):
        assert sum(each.shares.values()) == pytest.approx(each.margin)
        assert each.score == pytest.approx(1 / (1 + math.exp(-each.margin)))


def test_nothing_hidden_or_left_out_is_near(reader: SearchReader) -> None:
    source = welding(1_000, "2024-05-01")
    left_out = Scope(PUBLIC, superseded=frozenset({RECENT}))
    assert not {RECENT, SECRET} & {each.key for each in neighbours(reader, LetterPairs(), source, left_out)}
    assert SECRET in {each.key for each in neighbours(reader, LetterPairs(), source, Scope(PUBLIC | {"org:1"}))}


def test_what_the_index_does_not_know_yet_is_near_too(reader: SearchReader) -> None:
    scope = Scope(PUBLIC, k=3, tail=[welding(2_000, "2024-01-01")])
    found = neighbours(reader, LetterPairs(), welding(1_000, "2024-05-01"), scope)
    assert 2_000 in {each.key for each in found}


def test_a_patent_without_a_letter_is_refused(reader: SearchReader) -> None:
    with pytest.raises(Invalid):
        neighbours(reader, LetterPairs(), Document(1_000, "CN1", "——", "。"), Scope(PUBLIC))


@given(st.text(max_size=60) | st.just("焊接机器人 ＬＥＤ 😀x电_y"), st.text(alphabet="焊接机器ab1 ，", max_size=60))
def test_both_ways_of_counting_letters_say_the_same(one: str, other: str) -> None:
    (quick,) = alike_spectra(spectrum_of(one), [spectrum_of(other)])
    assert quick == pytest.approx(alike(letters_of(one), letters_of(other)), abs=1e-4)
    assert set(spectrum_of(one).buckets.tolist()) == set(letters_of(one))
