"""The figures by which one ranking is held against another, and what replies are worth."""

from __future__ import annotations

import math

import pytest

from zhiqiao.matching.lessons import level_taught
from zhiqiao.matching.measures import Figures, Scored, figures_of, may_serve, ndcg
from zhiqiao.matching.models import Reply


def judged(*levels: int, group: str = "g") -> list[Scored]:
    """In the order of the ranking, first what it puts first."""
    return [Scored(group, level, 1 - place / 100, level) for place, level in enumerate(levels)]


def test_the_right_order_earns_all_and_the_wrong_one_less() -> None:
    assert ndcg(judged(4, 2, 1)) == pytest.approx(1.0)
    best = 7 + 1 / math.log2(3)
    assert ndcg(judged(1, 2, 4)) == pytest.approx((1 / math.log2(3) + 7 / 2) / best)
    assert ndcg(judged(3, 3, 3)) is None


def test_a_ranking_that_says_the_same_of_all_earns_nothing_by_luck() -> None:
    alike = [Scored("g", level, 0.5, 2) for level in (4, 1, 1)]
    assert ndcg(alike) == ndcg(judged(1, 1, 4))


def test_only_the_first_ten_count() -> None:
    assert ndcg(judged(*[1] * 10, 4)) == 0.0


def test_figures_leave_out_needs_that_have_no_order() -> None:
    found = figures_of([*judged(4, 1), *judged(1, 4, group="h"), *judged(2, group="i")])
    assert (found.pairs, found.groups, found.error) == (5, 2, 0.0)
    assert found.ndcg is not None and 0.5 < found.ndcg < 1
    assert figures_of([]) == Figures(0, 0, None, None)


@pytest.mark.parametrize(
    ("new", "old", "groups", "serves"),
    [(0.80, 0.80, 9, True), (0.796, 0.80, 9, True), (0.79, 0.80, 9, False), (0.5, 0.8, 4, True), (None, 0.8, 0, True)],
)
def test_a_worse_ranking_does_not_serve(new: float | None, old: float, groups: int, serves: bool) -> None:
    told, before = Figures(50, groups, new, 1.0), Figures(50, groups, old, 1.0)
    good = Figures(50, 9, 0.9, 1.0)
    assert may_serve({"kept_back": good, "sample": told}, {"kept_back": good, "sample": before}) is serves


def test_what_each_reply_teaches_and_that_a_person_has_the_last_word() -> None:
    taught = {reply.value: level_taught(reply, None) for reply in Reply}
    assert taught == {
        "interested": 4, "need_meeting": 4, "price": 3, "not_now": 3, "already_have": 3, "not_mature": 2,
        "not_our_field": 1, "wrong_contact": None, "other": None,
    }  # fmt: skip
    assert (level_taught("interested", 2), level_taught("other", 4), level_taught("interested", 0)) == (2, 4, None)
