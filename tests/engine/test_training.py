from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engine.encoder import Vectors, unit
from zhiqiao.engine.letters import alike, count_rarities, letters_of
from zhiqiao.engine.memory import Memory, around, kinship
from zhiqiao.engine.ranker import Ranker, default_ranker
from zhiqiao.engine.relevance import Features, default_model
from zhiqiao.engine.training import Example, _left_out, _lesson, train
from zhiqiao.kernel.errors import Invalid

WIDTH = 24
HERE = "vectors of a test"


def directions(count: int, seed: int) -> Vectors:
    drawn: Vectors = np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32)
    return unit(drawn)


def features(standing: float, letters: float = 0.05) -> Features:
    return Features(0.9, standing, 0.1, 0.2, 0.0, letters)


def judged(needs: int = 8, each: int = 12) -> list[Example]:
    """What lies near in meaning was liked, except that the first need likes what points along the first axis."""
    chance = np.random.default_rng(7)
    found = []
    for at, need in enumerate(directions(needs, 1)):
        for supply in directions(each, 100 + at):
            standing = float(chance.normal(1.5, 1.0))
            level = int(np.clip(round(1 + standing), 1, 4))
            if at == 0:
                level = 4 if supply[0] > 0.2 else 1
            found.append(Example(need, supply, features(standing), level))
    return found


EXAMPLES = judged()
LEARNT = train(EXAMPLES, default_model(), "test-1", HERE)


def test_shares_add_up_to_the_margin() -> None:
    for judgement in LEARNT.judge(EXAMPLES[0].need, [features(0.5), features(3)], list(directions(2, 5)), HERE):
        assert sum(judgement.shares.values()) == pytest.approx(judgement.margin)
        assert {"standing", "letters", "replies", "habit"} <= set(judgement.shares)
        assert 0 <= judgement.score <= 1
        assert list(judgement.chances) == sorted(judgement.chances, reverse=True)


def test_what_was_said_of_a_supply_weighs_for_one_like_it_and_the_same_need() -> None:
    liked = next(example for example in EXAMPLES if example.level == 4)
    disliked = next(example for example in EXAMPLES if example.level == 1)
    good, bad = LEARNT.judge(EXAMPLES[0].need, [features(1), features(1)], [liked.supply, disliked.supply], HERE)
    assert good.shares["replies"] > 0 > bad.shares["replies"]
    assert good.score > bad.score
    assert good.near >= 1


def test_memory_fades_where_nothing_like_it_was_judged() -> None:
    memory = LEARNT.memory
    assert memory is not None
    opposite = unit(2 * memory.need_centre[None] - EXAMPLES[0].need[None])[0]
    far = memory.recall(opposite, directions(3, 77))
    near = memory.recall(EXAMPLES[0].need, np.stack([EXAMPLES[0].supply] * 3))
    assert np.abs(far.replies).max() < np.abs(near.replies).max() / 2
    assert (far.same, near.same) == (0, 12)


def test_memory_is_of_one_encoder() -> None:
    (elsewhere,) = LEARNT.judge(EXAMPLES[0].need, [features(1)], [EXAMPLES[0].supply], "another encoder")
    assert "replies" not in elsewhere.shares
    (unseen,) = LEARNT.judge(EXAMPLES[0].need, [Features(None, None, 0.1, 0.1, 0, 0.1)], [None], HERE)
    assert "replies" not in unseen.shares, "a document without a vector has no neighbours"


def test_recalling_goes_by_the_rule_that_was_learnt_by() -> None:
    needs, supplies = directions(3, 3), directions(6, 4)
    need_of = np.array([0, 0, 1, 1, 2, 2])
    centre = np.zeros(WIDTH, dtype=np.float32)
    memory = Memory(
        around(needs, centre), around(supplies, centre), need_of, np.eye(6, dtype=np.float32)[2], centre, centre
    )
    related = kinship(memory.needs, need_of, memory.supplies)
    for need in range(3):
        recalled = memory.recall(needs[need], supplies[need_of == need])
        assert recalled.replies + recalled.habit == pytest.approx(related[need_of == need, 2], abs=1e-5)


def test_leaving_out_in_closed_form_is_leaving_out() -> None:
    """Borders rest on what the ranking says of pairs that it did not learn from."""
    lesson = _lesson(EXAMPLES, default_model(), fresh=True)
    inverse = np.linalg.inv(lesson.related.astype(np.float64))
    pulls = inverse @ lesson.residue
    missed = _left_out(inverse.astype(np.float32), pulls.astype(np.float32), lesson.need_of)
    out = lesson.need_of == 3
    rest = np.linalg.solve(lesson.related[np.ix_(~out, ~out)].astype(np.float64), lesson.residue[~out])
    expected = lesson.residue[out] - lesson.related[np.ix_(out, ~out)] @ rest
    assert missed[out] == pytest.approx(expected, abs=2e-3)


def test_too_few_judgements_are_refused() -> None:
    with pytest.raises(Invalid, match="too_few_judgements"):
        train(EXAMPLES[:19], default_model(), "x", HERE)
    blind = [replace(example, features=Features(None, None, 0, 0, 0, 0)) for example in EXAMPLES]
    with pytest.raises(Invalid, match="too_few_judgements"):
        train(blind, default_model(), "x", HERE)


def test_judgements_that_weigh_less_pull_less() -> None:
    hint = train([replace(example, weight=0.05) for example in EXAMPLES], default_model(), "x", HERE)
    assert hint.memory is not None
    assert LEARNT.memory is not None
    assert np.abs(hint.memory.pulls).sum() < np.abs(LEARNT.memory.pulls).sum() / 2


def test_a_ranking_is_kept_and_read_again(tmp_path: Path) -> None:
    LEARNT.save(tmp_path)
    again = Ranker.load(tmp_path)
    asked = (EXAMPLES[0].need, [features(1), features(2)], list(directions(2, 9)), HERE)
    assert again.judge(*asked) == LEARNT.judge(*asked)
    assert again.version == "test-1"
    (tmp_path / "memory.npz").write_bytes(b"torn")
    with pytest.raises(Invalid, match="ranker_unreadable"):
        Ranker.load(tmp_path)
    with pytest.raises(Invalid, match="ranker_unreadable"):
        Ranker.load(tmp_path / "nowhere")


def test_the_delivered_ranking_remembers_nobody() -> None:
    (said,) = default_ranker().judge(EXAMPLES[0].need, [features(1)], [EXAMPLES[0].supply], HERE)
    assert set(said.shares) == set(default_model().with_meaning)
    assert said.score == pytest.approx(default_model().score(features(1)))


def test_the_middle_grade_follows_the_chances() -> None:
    low, high = LEARNT.judge(EXAMPLES[20].need, [features(-3), features(6)], [EXAMPLES[30].supply] * 2, HERE)
    assert 1 <= low.grade < high.grade <= 4


texts = st.text(alphabet="电池隔膜孔径制备方法abc 12，。", max_size=40)


@given(texts, texts)
def test_letters_are_alike_both_ways_and_most_with_themselves(one: str, other: str) -> None:
    there, back = alike(letters_of(one), letters_of(other)), alike(letters_of(other), letters_of(one))
    assert there == pytest.approx(back)
    assert 0 <= there <= 1
    if any(character.isalnum() for character in one):
        assert alike(letters_of(one), letters_of(one)) == pytest.approx(1)


def test_rare_letters_count_more_than_those_of_every_title() -> None:
    need = letters_of("锂电池隔膜的制备方法")
    assert alike(need, letters_of("一种隔膜")) > alike(need, letters_of("一种制备方法及其用途"))
    assert letters_of("") == letters_of("，。 ！") == {}


def test_rarities_are_counted_over_texts() -> None:
    table = np.frombuffer(count_rarities(["电池", "电机", "水泵"]), dtype=np.uint8)
    assert len(table) == 2**18
    assert len(np.unique(table)) == 3, "in no text, in one, in two"
