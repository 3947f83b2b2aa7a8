"""Two lists of candidates, one by words and one by meaning, made into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# Reciprocal rank fusion; 60 is the constant of Cormack, Clarke and Büttcher (SIGIR 2009).
RANK_CONSTANT: Final = 60
DEPTH: Final = 200


def fuse(*rankings: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """One ranking of (key, score) from several, best first; only ranks count, so the scores need no common scale."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, (key, _) in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (RANK_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
