"""How well a ranking orders judged pairs, and whether another one may take its place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

DEPTH: Final = 10
FEWEST_GROUPS: Final = 5  # needs in a set, below which it decides nothing
TOLERANCE: Final = 0.005  # nDCG; below it two rankings are held to be equal


@dataclass(frozen=True, slots=True)
class Scored:
    """A judged pair under a ranking: the judge's level 1 to 4, the ranking's score 0 to 1 and its grade 1 to 4."""

    group: str
    level: int
    score: float
    grade: int


@dataclass(frozen=True, slots=True)
class Figures:
    """``groups``: needs with supplies of different levels, which alone can be ordered well or badly. ``ndcg`` at ten
    and ``error``, the mean distance of grade and level, are None where there is nothing to measure."""

    pairs: int
    groups: int
    ndcg: float | None
    error: float | None


def figures_of(scored: Sequence[Scored]) -> Figures:
    by_group: dict[str, list[Scored]] = {}
    for each in scored:
        by_group.setdefault(each.group, []).append(each)
    found = [value for judged in by_group.values() if (value := ndcg(judged)) is not None]
    error = sum(abs(each.grade - each.level) for each in scored) / len(scored) if scored else None
    return Figures(len(scored), len(found), sum(found) / len(found) if found else None, error)


def ndcg(judged: Iterable[Scored]) -> float | None:
    """Normalised discounted gain of the first ten, gains growing by the power of two; None where all are alike.

    Of equal scores the worse counts first, so that a ranking which says the same of everything earns nothing.
    """
    kept = sorted(judged, key=lambda each: (-each.score, each.level))
    levels = [each.level for each in kept]
    if len(set(levels)) < 2:
        return None
    return _gain(levels) / _gain(sorted(levels, reverse=True))


def _gain(levels: Sequence[int]) -> float:
    gains = ((2.0 ** (level - 1) - 1.0) / math.log2(place + 1) for place, level in enumerate(levels[:DEPTH], 1))
    return math.fsum(gains)


def may_serve(new: Mapping[str, Figures], old: Mapping[str, Figures]) -> bool:
    """Whether the new ranking is on none of the frozen sets worse than the one that serves."""
    return not worse_on(new, old)


def worse_on(new: Mapping[str, Figures], old: Mapping[str, Figures]) -> list[str]:
    """The frozen sets on which it is worse, by name."""
    return [name for name, figures in new.items() if _worse(figures, old[name])]


def _worse(new: Figures, old: Figures) -> bool:
    if new.ndcg is None or old.ndcg is None or new.groups < FEWEST_GROUPS:
        return False
    return new.ndcg < old.ndcg - TOLERANCE
