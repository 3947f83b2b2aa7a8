"""What a search needs of an index, whether it lies in one folder or in shards on many machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from zhiqiao.engine.documents import NO_FILTERS, Document, Filters
from zhiqiao.engine.encoder import Vectors
from zhiqiao.engine.schema import WORD_FIELDS
from zhiqiao.engine.textindex import Keys


class TextSearch(Protocol):
    """Search by words; what each does stands with ``TextReader``."""

    @property
    def size(self) -> int: ...

    def rarities(self, words: Iterable[str]) -> dict[str, float]: ...

    def in_class(self, symbol: str) -> int: ...

    def search(
        self, terms: Sequence[tuple[str, float]], tokens: frozenset[str], filters: Filters, k: int
    ) -> list[tuple[int, float]]: ...

    def documents(
        self, keys: Sequence[int], tokens: frozenset[str], filters: Filters = NO_FILTERS
    ) -> dict[int, Document]: ...

    def visible(self, keys: Sequence[int], tokens: frozenset[str], filters: Filters) -> set[int]: ...

    def count(self, tokens: frozenset[str], filters: Filters = NO_FILTERS) -> int: ...

    def keys(self, tokens: frozenset[str], filters: Filters, most: int) -> list[int]: ...

    def digests(self) -> dict[int, int]: ...

    def keys_having(self, words: str, tokens: frozenset[str], fields: tuple[str, ...] = WORD_FIELDS) -> Keys: ...

    def best_begun(self, words: str, tokens: frozenset[str], k: int) -> list[int]: ...


class VectorSearch(Protocol):
    """Search by meaning; what each does stands with ``VectorSnapshot``."""

    def __len__(self) -> int: ...

    def search(
        self, query: Vectors, k: int, tokens: frozenset[str], allowed: Sequence[int] | None = None
    ) -> list[tuple[int, float]]: ...

    def sample_cosines(self, query: Vectors) -> Vectors: ...


class SearchIndex(Protocol):
    """One index as a search sees it."""

    @property
    def text(self) -> TextSearch: ...

    @property
    def vectors(self) -> VectorSearch: ...

    @property
    def watermark(self) -> str: ...

    @property
    def vector_watermark(self) -> str: ...

    @property
    def size(self) -> int: ...

    def documents(
        self, keys: Sequence[int], tokens: frozenset[str], filters: Filters = NO_FILTERS
    ) -> dict[int, Document]: ...

    def stored_vectors(self, documents: Sequence[Document]) -> dict[int, Vectors]: ...

    def encoded(self, documents: Sequence[Document], most: int) -> dict[int, Vectors]: ...
