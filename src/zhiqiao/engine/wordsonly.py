"""Search by words alone, where no vectors are to be had or those that are stored come from another encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhiqiao.engine.documents import NO_FILTERS, Document, Filters
from zhiqiao.engine.encoder import Vectors
from zhiqiao.engine.reading import SearchIndex, TextSearch


class WordsOnly:
    """Stands in for the encoder of this identity: it knows no meaning, so that nothing of two models is mixed."""

    def __init__(self, identity: str, dimension: int) -> None:
        self.identity = identity
        self.dimension = dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), self.dimension), dtype=np.float32)

    encode_passages = encode_queries


@dataclass(frozen=True, slots=True)
class _NoVectors:
    size: int

    def __len__(self) -> int:
        return self.size

    def search(
        self, query: Vectors, k: int, tokens: frozenset[str], allowed: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        return []

    def sample_cosines(self, query: Vectors) -> Vectors:
        return np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class ByWords:
    """An index as it is without its vectors."""

    index: SearchIndex

    @property
    def text(self) -> TextSearch:
        return self.index.text

    @property
    def vectors(self) -> _NoVectors:
        return _NoVectors(self.index.size)

    @property
    def watermark(self) -> str:
        return self.index.watermark

    @property
    def vector_watermark(self) -> str:
        return self.index.vector_watermark

    @property
    def size(self) -> int:
        return self.index.size

    def documents(
        self, keys: Sequence[int], tokens: frozenset[str], filters: Filters = NO_FILTERS
    ) -> dict[int, Document]:
        return self.index.documents(keys, tokens, filters)

    def stored_vectors(self, documents: Sequence[Document]) -> dict[int, Vectors]:
        return {}

    def encoded(self, documents: Sequence[Document], most: int) -> dict[int, Vectors]:
        return {}
