"""The ways of ranking patents that are compared: character TF-IDF, BM25, the encoder alone and what serves users.

All of them rank the same documents; a patent's key is its row in the list they were given.
"""

from __future__ import annotations

import csv
import random
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import bm25s
import numpy as np
import numpy.typing as npt

from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import Encoder, Vectors
from zhiqiao.engine.match import Scope, match
from zhiqiao.engine.store import SearchReader, open_reader, open_writer, passage_text
from zhiqiao.engine.text import normalise, segment, word_weight
from zhiqiao.engine.vectorcache import text_digest

EVERYONE: Final = frozenset({"public"})
RESAMPLED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Ranked:
    """Keys best first; ``claims`` says for each whether the system recommends it at all, None where it cannot."""

    keys: Sequence[int]
    claims: Sequence[bool] | None = None


class Ranker(Protocol):
    """A system under comparison."""

    def rank(self, text: str, depth: int) -> Ranked:
        """The best ``depth`` documents for a text."""
        ...


def read_rows(path: Path) -> list[dict[str, str]]:
    """A table with headings, with or without a byte order mark."""
    with path.open(newline="", encoding="utf-8-sig") as handle:
        return list(csv.DictReader(handle))


def skip_without(*paths: Path) -> None:
    """Ends well, saying what is missing: the records are not part of the repository."""
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        print(f"skipped: no {', '.join(missing)}")
        sys.exit(0)


def city_patents(path: Path) -> list[Document]:
    """The patents as an office hands them over; anyone may see them."""
    return [
        Document(
            key,
            row["申请号"],
            row["专利名称"],
            row["摘要"],
            classes=(row["主分类号"],),
            holders=(row["申请人"],),
            visibility=tuple(EVERYONE),
            facets={"date": row["申请日"]},
        )
        for key, row in enumerate(read_rows(path))
    ]


def need_text(row: dict[str, str]) -> str:
    """A need as it is asked: its title, then what it says."""
    return f"{row['title']}\n{row['content']}".strip()


def best(scores: npt.NDArray[np.float32], depth: int) -> list[int]:
    """Positions of the highest scores, best first, ties by position."""
    return [int(at) for at in np.argsort(-scores, kind="stable")[:depth]]


def gap(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float]:
    """Mean difference of paired figures with its 95 % interval: pairs drawn again with replacement."""
    gaps = [our - their for our, their in zip(ours, theirs, strict=True)]
    chance = random.Random(1)
    means = sorted(statistics.fmean(chance.choices(gaps, k=len(gaps))) for _ in range(RESAMPLED))
    low, high = means[RESAMPLED // 40], means[-RESAMPLED // 40]
    return {"difference": round(statistics.fmean(gaps), 4), "from": round(low, 4), "to": round(high, 4)}


class Chance:
    """Ranks by chance, the same each time for the same text."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._count = len(documents)

    def rank(self, text: str, depth: int) -> Ranked:
        return Ranked(random.Random(text).sample(range(self._count), min(depth, self._count)))


class CharacterTfIdf:
    """Cosine of TF-IDF over runs of two and three characters, as scikit-learn's vectorizer weighs them.

    Counts enter as 1 + ln, rarity as ln((1 + n) / (1 + df)) + 1, rows have length one.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self._vocabulary: dict[str, int] = {}
        owners, grams, weights = [], [], []
        for key, document in enumerate(documents):
            counts = self._counts(f"{document.title}\n{document.abstract}")
            known = [self._vocabulary.setdefault(gram, len(self._vocabulary)) for gram in counts]
            grams.append(np.array(known, dtype=np.int32))
            owners.append(np.full(len(known), key, dtype=np.int32))
            weights.append(1 + np.log(np.array(list(counts.values()), dtype=np.float32)))
        self._count = len(documents)
        self._index(np.concatenate(owners), np.concatenate(grams), np.concatenate(weights))

    def rank(self, text: str, depth: int) -> Ranked:
        counts = {self._vocabulary[gram]: n for gram, n in self._counts(text).items() if gram in self._vocabulary}
        scores = np.zeros(self._count, dtype=np.float32)
        for gram, count in counts.items():
            row = slice(self._starts[gram], self._starts[gram + 1])
            scores[self._owners[row]] += (1 + np.log(count)) * self._rarities[gram] * self._weights[row]
        return Ranked(best(scores, depth))

    def _index(
        self, owners: npt.NDArray[np.int32], grams: npt.NDArray[np.int32], weights: npt.NDArray[np.float32]
    ) -> None:
        frequencies = np.bincount(grams, minlength=len(self._vocabulary))
        self._rarities = np.log((1 + self._count) / (1 + frequencies)).astype(np.float32) + 1
        weighted = weights * self._rarities[grams]
        lengths = np.sqrt(np.bincount(owners, weighted**2, minlength=self._count))
        order = np.argsort(grams, kind="stable")
        self._owners = owners[order]
        self._weights = (weighted / lengths[owners])[order].astype(np.float32)
        self._starts = np.concatenate(([0], np.cumsum(frequencies)))

    @staticmethod
    def _counts(text: str) -> Counter[str]:
        plain = " ".join(normalise(text).split())
        return Counter(plain[at : at + size] for size in (2, 3) for at in range(len(plain) - size + 1))


class Bm25:
    """BM25 over the words of title and abstract, stop words left out."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._engine = bm25s.BM25()
        self._engine.index([words(f"{one.title}\n{one.abstract}") for one in documents], show_progress=False)

    def scores(self, text: str) -> npt.NDArray[np.float32]:
        """One score a document."""
        found: npt.NDArray[np.float32] = self._engine.get_scores(sorted(set(words(text))))
        return found

    def rank(self, text: str, depth: int) -> Ranked:
        return Ranked(best(self.scores(text), depth))


def words(text: str) -> list[str]:
    """The words of a text that say something."""
    return [word for word in segment(text) if word_weight(word) > 0]


class EncoderAlone:
    """Cosine of the encoder's vectors of the need as it stands and of titles."""

    def __init__(self, encoder: Encoder, titles: Vectors) -> None:
        self._encoder = encoder
        self._titles = titles

    def rank(self, text: str, depth: int) -> Ranked:
        return Ranked(best(self._titles @ self._encoder.encode_queries([text])[0], depth))


class Product:
    """What serves users: ``zhiqiao.engine.match.match`` over an index of the documents."""

    def __init__(self, reader: SearchReader, encoder: Encoder) -> None:
        self._reader = reader
        self._encoder = encoder

    def rank(self, text: str, depth: int) -> Ranked:
        found = match(self._reader, self._encoder, text, Scope(EVERYONE, k=depth))
        return Ranked([each.key for each in found], [each.level != "none" for each in found])


def open_index(folder: Path, encoder: Encoder, documents: Iterable[Document]) -> SearchReader:
    """An index of the documents with all their vectors; a folder used before gives the vectors it knows."""
    place = folder / text_digest(encoder.identity).hex()[:12]
    with open_writer(place, encoder) as writer:
        writer.rebuild(documents, "all")
        while writer.encode_pending(60):
            pass
    return open_reader(place, encoder)


def title_vectors(reader: SearchReader, documents: Sequence[Document]) -> Vectors:
    """The documents' stored vectors, in their order."""
    stored = reader.stored_vectors(documents)
    missing = [document.number for document in documents if document.key not in stored and passage_text(document)]
    if missing:
        raise SystemExit(f"{len(missing)} documents have no vector, {missing[0]} first")
    return np.stack([stored[document.key] for document in documents])
