from __future__ import annotations

import bm25s
import pytest
import rjieba

from zhiqiao.sample.city import SampleNeed, sample_city

CITY = sample_city()


@pytest.fixture(scope="module")
def oracle() -> bm25s.BM25:
    """Plain word search: what any matcher must at least equal."""
    index = bm25s.BM25()
    words = [rjieba.cut(f"{each.title}。{each.title}。{each.abstract}") for each in CITY.patents]
    index.index(words, show_progress=False)
    return index


@pytest.mark.parametrize("need", [need for need in CITY.needs if need.expected], ids=lambda need: need.number)
def test_even_plain_word_search_finds_an_expected_patent(oracle: bm25s.BM25, need: SampleNeed) -> None:
    scores = oracle.get_scores(rjieba.cut(f"{need.title}。{need.text}"))
    best = sorted(range(len(CITY.patents)), key=lambda at: -scores[at])[:10]
    assert {CITY.patents[at].application_number for at in best} & set(need.expected)
