"""How well the product ranks judged pairs that it did not learn from, beside simpler ways, in fixed folds.

    benchmarks/match_folds.py --needs NEEDS.csv --achievements ACH.csv --pairs JUDGED.csv [--json OUT.json]

Two divisions by five: by need (needs never seen) and by pair (new supplies for known needs; pairs of the same need and
title stay together). nDCG@10 has gain ``2^(level-1) - 1`` over needs with ten pairs and one of level 3 or 4, once over
all outside predictions of a need together and once fold by fold; ``contest`` is 1 / (1 + mean error in levels).
Differences to character TF-IDF are resampled over needs. Skips with a message where the tables are missing.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np
from match_quality import Judged, Pair, Seen, judge, judged_pairs, learnt, need_texts, seen, titles
from patent_rankers import gap, skip_without

from zhiqiao.engine.ranker import Judgement

FOLDS: Final = 5
BINS: Final = 10

Scores = Mapping[Pair, float]


def fold(name: str) -> int:
    return crc32(name.encode()) % FOLDS


def ndcg(levels: Sequence[int]) -> float:
    """nDCG@10 of levels in ranked order."""

    def gained(ranked: Sequence[int]) -> float:
        return sum(float(2 ** (level - 1) - 1) / math.log2(at + 2) for at, level in enumerate(ranked[:10]))

    return gained(levels) / gained(sorted(levels, reverse=True))


def by_need(judged: Sequence[Judged], scores: Scores) -> dict[str, float]:
    """nDCG@10 of each need that can be ranked."""
    mine: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        mine[one.pair[0]].append(one)
    return {
        rid: ndcg([one.level for one in sorted(found, key=lambda one: -scores[one.pair])])
        for rid, found in mine.items()
        if len(found) >= 10 and max(one.level for one in found) >= 3
    }


def in_folds(
    judged: Sequence[Judged], scores: Scores, fold_of: Callable[[Judged], int]
) -> dict[tuple[int, str], float]:
    """The same, each fold's file by itself."""
    return {
        (number, rid): value
        for number in range(FOLDS)
        for rid, value in by_need([one for one in judged if fold_of(one) == number], scores).items()
    }


def outside(seen: Seen, judged: Sequence[Judged], fold_of: Callable[[Judged], int]) -> dict[Pair, Judgement]:
    """Every pair judged by a ranking that learnt from the other folds only."""
    said: dict[Pair, Judgement] = {}
    for number in range(FOLDS):
        ranker = learnt(seen, [one for one in judged if fold_of(one) != number])
        said |= judge(ranker, seen, [one.pair for one in judged if fold_of(one) == number])
    return said


def by_letters(judged: Sequence[Judged], needs: Mapping[str, str], names: Mapping[str, str]) -> Scores:
    """Character TF-IDF of one to three letters, need against title; rarity is counted over all needs and titles."""

    def groups(text: str) -> Counter[str]:
        plain = " ".join(text.lower().split())
        return Counter(plain[at : at + size] for size in (1, 2, 3) for at in range(len(plain) - size + 1))

    def weighed(text: str) -> dict[str, float]:
        weights = {
            group: (1 + math.log(n)) * (math.log(total / (1 + found[group])) + 1) for group, n in groups(text).items()
        }
        length = math.sqrt(sum(weight**2 for weight in weights.values()))
        return {group: weight / length for group, weight in weights.items()}

    texts = [*set(names.values()), *needs.values()]
    total, found = 1 + len(texts), Counter(group for text in texts for group in groups(text))
    asked = {rid: weighed(needs[rid]) for rid in {one.pair[0] for one in judged}}
    return {
        one.pair: sum(w * asked[one.pair[0]].get(group, 0.0) for group, w in weighed(names[one.pair[1]]).items())
        for one in judged
    }


def noise(judged: Sequence[Judged], names: Mapping[str, str]) -> tuple[int, float]:
    """How many pairs of need and title were judged twice, and by how much the two levels differ on average."""
    same: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in judged:
        same[one.pair[0], names[one.pair[1]]].append(one.level)
    apart = [
        abs(level - other) for levels in same.values() for at, level in enumerate(levels) for other in levels[at + 1 :]
    ]
    return len(apart), statistics.fmean(apart)


def over(ours: Mapping[Any, float], theirs: Mapping[Any, float]) -> dict[str, float]:
    """Mean difference over needs, and the middle 95 % of it when needs are drawn again with replacement."""
    return gap(list(ours.values()), [theirs[key] for key in ours])


def calibration(judged: Sequence[Judged], said: Mapping[Pair, Judgement]) -> dict[str, Any]:
    """Of "judged 3 or 4": expected calibration error in ten bins, the bins, Brier score and its skill."""
    chances = np.array([said[one.pair].chances[1] for one in judged])
    came = np.array([one.level >= 3 for one in judged], dtype=float)
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    table = [
        (int((bins == at).sum()), float(chances[bins == at].mean()), float(came[bins == at].mean()))
        for at in range(BINS)
        if (bins == at).any()
    ]
    brier, base = float(((chances - came) ** 2).mean()), float(((came.mean() - came) ** 2).mean())
    return {
        "ece": round(sum(count * abs(said_ - was) for count, said_, was in table) / len(came), 4),
        "brier": round(brier, 4),
        "skill": round(1 - brier / base, 4),
        "bins": [(count, round(said_, 3), round(was, 3)) for count, said_, was in table],
    }


def contest(judged: Sequence[Judged], said: Mapping[Pair, int]) -> float:
    return 1 / (1 + statistics.fmean(abs(said[one.pair] - one.level) for one in judged))


def report(judged: Sequence[Judged], seen: Seen, needs: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    divisions: dict[str, Callable[[Judged], int]] = {
        "needs": lambda one: fold(one.pair[0]),
        "pairs": lambda one: fold(f"{one.pair[0]}|{names[one.pair[1]]}"),
    }
    chance = random.Random(1)
    simple: dict[str, Scores] = {
        "random": {one.pair: chance.random() for one in judged},
        "letters": by_letters(judged, needs, names),
        "encoder": {one.pair: seen.looked[one.pair].features.meaning or 0.0 for one in judged},
    }
    twice, apart = noise(judged, names)
    told: dict[str, Any] = {
        "judged twice": twice,
        "apart": round(apart, 3),
        "constant 2": round(contest(judged, {one.pair: 2 for one in judged}), 4),
    }
    for division, fold_of in divisions.items():
        said = outside(seen, judged, fold_of)
        ways = {**simple, "product": {pair: one.margin for pair, one in said.items()}}
        whole = {way: by_need(judged, scores) for way, scores in ways.items()}
        split = {way: in_folds(judged, scores, fold_of) for way, scores in ways.items()}
        told[division] = {
            "ndcg": {way: round(statistics.fmean(values.values()), 4) for way, values in whole.items()},
            "ndcg fold by fold": {way: round(statistics.fmean(values.values()), 4) for way, values in split.items()},
            "over letters": over(whole["product"], whole["letters"]),
            "over letters fold by fold": over(split["product"], split["letters"]),
            "contest": round(contest(judged, {pair: one.grade for pair, one in said.items()}), 4),
            "calibration": calibration(judged, said),
        }
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("needs", "achievements", "pairs"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    skip_without(given.needs, given.achievements, given.pairs)
    judged = judged_pairs(given.pairs)
    needs, names = need_texts(given.needs), titles(given.achievements)
    with tempfile.TemporaryDirectory(prefix="zhiqiao-folds-") as folder:
        everything = seen([one.pair for one in judged], needs, names, Path(folder) / "index")
        told = json.dumps(report(judged, everything, needs, names), ensure_ascii=False, indent=1)
    print(told)
    if given.json:
        given.json.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
