"""Search by words: who may see a document is part of every query."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import tantivy

from zhiqiao.engine.bm25 import FIELD_BOOSTS, Term, Totals
from zhiqiao.engine.bm25 import rarity as rarity_of
from zhiqiao.engine.documents import (
    NO_FILTERS,
    SEES_ALL,
    Document,
    Filters,
    class_symbol,
    from_bytes,
    number_symbol,
)
from zhiqiao.engine.durable import mark_of
from zhiqiao.engine.schema import WATERMARK_KEY, WORD_FIELDS, build_schema, open_index, row_of, watermark_row
from zhiqiao.engine.text import normalise, segment, word_weight
from zhiqiao.engine.writefaults import fault, writing
from zhiqiao.kernel.errors import Invalid, Unavailable

Query = tantivy.Query
Occur = tantivy.Occur

BEGUN_FIELDS: Final = ("title", "holder_words")
MOST_TERMS: Final = 64
MOST_WORDS_IN_LIST_SEARCH: Final = 12
LONGEST_TYPED: Final = 200  # characters
DEEPEST_OFFSET: Final = 100_000
_WRITER_MEMORY: Final = 64_000_000
_HELD: Final = "LockBusy"  # how tantivy says that another process writes
_MOST_REMEMBERED: Final = 16  # searches; a page is turned more often than other words are typed
Keys = npt.NDArray[np.int64]

Order = Literal["score", "date", "key"]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: the keys in order, and how many there are in all."""

    keys: list[int]
    total: int


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is wanted, and in which order."""

    offset: int = 0
    limit: int = 50
    order: Order = "score"
    ascending: bool = False


class TextWriter:
    """Writes the text index; nothing is seen by readers before ``commit``. Raises ``OSError`` where it cannot be
    written; the writer is of no use then, and what it had not committed is lost."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._schema = build_schema()
        with writing(folder):
            self._index = open_index(str(folder), self._schema)
        try:
            self._writer = self._index.writer(_WRITER_MEMORY, 1)
        except ValueError as told:
            if _HELD not in str(told):
                raise fault(folder, str(told)) from told
            raise Unavailable("index_busy", folder=folder.name) from told

    def put(self, document: Document, digest: int) -> None:
        """Add a document, or replace the one with its key."""
        self.drop(document.key)
        with writing(self._folder):
            self._writer.add_document(row_of(document, digest))

    def drop(self, key: int) -> None:
        """Take a document out; an unknown key is no error."""
        # ``delete_documents_by_term`` takes a number for a signed one and finds no unsigned field.
        with writing(self._folder):
            self._writer.delete_documents_by_query(_key_query(self._schema, key))

    def commit(self, watermark: str) -> None:
        """Make everything since the last commit durable and findable, together with its watermark."""
        self.drop(WATERMARK_KEY)
        with writing(self._folder):
            self._writer.add_document(watermark_row(watermark))
            self._writer.commit()

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        with writing(self._folder):
            self._writer.rollback()

    def close(self) -> None:
        """Let go of the lock; uncommitted changes are lost."""
        try:
            self.rollback()
        finally:
            with writing(self._folder):
                self._writer.wait_merging_threads()


class TextReader:
    """Reads the text index as of the newest commit it was refreshed to."""

    def __init__(self, folder: Path) -> None:
        self._meta = folder / "meta.json"
        self._found: dict[tuple[object, ...], Keys] = {}
        self._mark = mark_of(self._meta)
        self._schema = build_schema()
        self._index = open_index(str(folder), self._schema)
        self._index.config_reader("manual")
        self._index.reload()

    def refresh(self) -> bool:
        """Move to the newest commit; cheap when there is none newer. True when it moved."""
        mark = mark_of(self._meta)
        if mark == self._mark:
            return False
        self._index.reload()
        self._found = {}
        self._mark = mark
        return True

    @property
    def mark(self) -> tuple[int, int, int]:
        """Changes whenever what is read here changes."""
        return self._mark

    @property
    def size(self) -> int:
        """How many documents there are, seen or not."""
        return self.count(SEES_ALL)

    @property
    def watermark(self) -> str:
        """The watermark of the newest commit, empty before the first."""
        searcher = self._index.searcher()
        hits = searcher.search(_key_query(self._schema, WATERMARK_KEY), 1, count=False).hits
        return bytes(searcher.doc(hits[0][1])["stored"][0]).decode() if hits else ""

    def rarities(self, words: Iterable[str]) -> dict[str, float]:
        """The rarity (idf) of each word in titles and texts, about 0 (everywhere) to 13 (nowhere in 300 000)."""
        searcher = self._index.searcher()
        size = max(searcher.num_docs, 1)

        def rarity(word: str) -> float:
            return rarity_of(size, min(size, max(searcher.doc_freq(field, word) for field in FIELD_BOOSTS)))

        return {word: rarity(word) for word in words}

    def frequencies(self, words: Iterable[str]) -> dict[Term, int]:
        """For each field and word that occurs in it, in how many documents, replaced ones included."""
        searcher = self._index.searcher()
        counts = ((name, word, searcher.doc_freq(name, word)) for word in words for name in FIELD_BOOSTS)
        return {(name, word): count for name, word, count in counts if count}

    def totals(self, terms: Iterable[Term]) -> Totals:
        """What scores rest on here; the words of those fields alone that one of the terms occurs in."""
        searcher = self._index.searcher()
        documents, words = float(searcher.num_docs), {}
        for name, word in terms:
            if name in words:
                continue
            query = Query.term_query(self._schema, name, word, index_option="freq")
            for _, address in searcher.search(query, 1, count=False).hits:
                told = _told(json.loads(query.explain(searcher, address).to_json()))
                documents = told["N, total number of docs"]
                words[name] = told["avgdl, average length of field"] * documents
        return Totals(documents, float(searcher.num_docs), words)

    def in_class(self, symbol: str) -> int:
        """In how many documents, seen or not, a class begins so."""
        return self._index.searcher().doc_freq("class", class_symbol(symbol))

    def search(
        self, terms: Sequence[tuple[str, float]], tokens: frozenset[str], filters: Filters, k: int
    ) -> list[tuple[int, float]]:
        """The ``k`` best documents for weighted words, best first, as (key, BM25 score)."""
        if not terms or not tokens:
            return []
        # One flat list of terms is half as dear as a list of words, each with its fields.
        boosts = {
            (name, word): boost * weight for word, weight in terms[:MOST_TERMS] for name, boost in FIELD_BOOSTS.items()
        }
        return self.weighted(boosts, tokens, filters, k)

    def weighted(
        self, boosts: Mapping[Term, float], tokens: frozenset[str], filters: Filters, k: int
    ) -> list[tuple[int, float]]:
        """The same for words with a factor of their own in each field."""
        if not boosts or not tokens:
            return []
        wanted = [(Occur.Should, self._term(name, word, boost)) for (name, word), boost in boosts.items()]
        rules = self._narrowing(tokens, filters)
        query = Query.boolean_query([*wanted, *rules], minimum_number_should_match=1)
        return self._scored(query, k)

    def documents(
        self, keys: Sequence[int], tokens: frozenset[str], filters: Filters = NO_FILTERS
    ) -> dict[int, Document]:
        """Those of the documents that exist, that the reader may see and that pass the filters."""
        searcher = self._index.searcher()
        hits = searcher.search(self._among(keys, tokens, filters), max(len(keys), 1), count=False).hits
        addresses = [address for _, address in hits]
        found = searcher.fast_field_values("key", addresses)
        rows = (searcher.doc(address)["stored"][0] for address in addresses)
        return {
            int(key): from_bytes(int(key), bytes(row)) for key, row in zip(found, rows, strict=True) if key is not None
        }

    def visible(self, keys: Sequence[int], tokens: frozenset[str], filters: Filters) -> set[int]:
        """Those of the keys that the reader may see and that pass the filters."""
        return {key for key, _ in self._scored(self._among(keys, tokens, filters), max(len(keys), 1))}

    def count(self, tokens: frozenset[str], filters: Filters = NO_FILTERS) -> int:
        """How many documents the reader may see that pass the filters."""
        if not tokens:
            return 0
        return _total(self._index.searcher().search(Query.boolean_query(self._narrowing(tokens, filters)), 1))

    def keys(self, tokens: frozenset[str], filters: Filters, most: int) -> list[int]:
        """Up to ``most`` keys of the documents the reader may see that pass the filters, in no order."""
        return [key for key, _ in self._scored(Query.boolean_query(self._narrowing(tokens, filters)), most)]

    def digests(self) -> dict[int, int]:
        """For every document the digest of the text that its vector comes from."""
        searcher = self._index.searcher()
        query = self._seen(SEES_ALL)
        hits = searcher.search(query, max(searcher.num_docs, 1), count=False).hits
        addresses = [address for _, address in hits]
        columns = zip(
            searcher.fast_field_values("key", addresses),
            searcher.fast_field_values("digest", addresses),
            strict=True,
        )
        return {int(key): int(digest or 0) for key, digest in columns if key is not None}

    def browse(self, words: str, tokens: frozenset[str], filters: Filters, window: Window) -> Page:
        """A page of the list for what somebody typed: every word must occur in the title, abstract, claim or a
        holder's name, or the number must begin with it. Nothing typed means everything.

        Raises ``Invalid("page_too_deep")`` beyond 100 000 rows.
        """
        if window.offset > DEEPEST_OFFSET or window.offset < 0 or not 0 < window.limit <= 1_000:
            raise Invalid("page_too_deep", offset=window.offset, limit=window.limit)
        if not tokens:
            return Page([], 0)
        query = Query.boolean_query([*self._typed(words), *self._narrowing(tokens, filters)])
        return self._page(query, window)

    def keys_having(self, words: str, tokens: frozenset[str], fields: tuple[str, ...] = WORD_FIELDS) -> Keys:
        """The keys of all documents that the reader may see and in which every word occurs, in any of the fields."""
        wanted = typed_words(words)
        if not wanted or not tokens:
            return np.empty(0, np.int64)
        asked, kept = (tokens, fields, *wanted), self._found
        if (found := kept.get(asked)) is None:
            found = self._keys_having(wanted, tokens, fields)
            if len(kept) >= _MOST_REMEMBERED:
                kept.clear()
            # Not in ``self._found``: another thread may have moved on to a newer commit meanwhile.
            kept[asked] = found
        return found

    def _keys_having(self, wanted: Sequence[str], tokens: frozenset[str], fields: tuple[str, ...]) -> Keys:
        every = [
            (Occur.Must, Query.boolean_query([(Occur.Should, self._term(name, word, 1.0)) for name in fields]))
            for word in wanted
        ]
        query = Query.boolean_query([*every, *self._narrowing(tokens, NO_FILTERS)])
        searcher = self._index.searcher()
        # In the order of a column the answer brings its values along: twice as fast as asking for them.
        hits = searcher.search(query, max(searcher.num_docs, 1), count=False, order_by_field="key").hits
        return np.array([key for key, _ in hits], np.int64)

    def best_begun(self, words: str, tokens: frozenset[str], k: int) -> list[int]:
        """The keys of the best documents in which every word occurs, the last of them perhaps only begun."""
        return [key for key, _ in self.begun(words, tokens, k)]

    def begun(self, words: str, tokens: frozenset[str], k: int) -> list[tuple[int, float]]:
        """The same with their scores."""
        wanted = typed_words(words)
        if not wanted or not tokens:
            return []
        every = [(Occur.Must, self._anywhere(word)) for word in wanted[:-1]]
        every.append((Occur.Must, self._begun(wanted[-1])))
        query = Query.boolean_query([*every, *self._narrowing(tokens, NO_FILTERS)])
        return self._scored(query, k)

    def _begun(self, word: str) -> tantivy.Query:
        pattern = re.escape(word) + ".*"
        begun = [Query.regex_query(self._schema, name, pattern) for name in BEGUN_FIELDS]
        return Query.boolean_query([(Occur.Should, self._anywhere(word)), *((Occur.Should, each) for each in begun)])

    def _page(self, query: tantivy.Query, window: Window) -> Page:
        searcher = self._index.searcher()
        field = None if window.order == "score" else window.order
        direction = tantivy.Order.Asc if window.ascending else tantivy.Order.Desc
        result = searcher.search(query, window.limit, offset=window.offset, order_by_field=field, order=direction)
        keys = searcher.fast_field_values("key", [address for _, address in result.hits])
        return Page([int(key) for key in keys if key is not None], _total(result))

    def _typed(self, words: str) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        plain = normalise(words, LONGEST_TYPED)
        if not plain:
            return []
        by_words = [(Occur.Must, self._anywhere(word)) for word in typed_words(plain)]
        ways = [(Occur.Should, Query.boolean_query(by_words))] if by_words else []
        number = number_symbol(plain)
        if len(number) >= 4:
            ways.append((Occur.Should, Query.regex_query(self._schema, "number", re.escape(number) + ".*")))
        return [(Occur.Must, Query.boolean_query(ways) if ways else Query.empty_query())]

    def _anywhere(self, word: str) -> tantivy.Query:
        boosts = {**FIELD_BOOSTS, "holder_words": 2.0}
        return Query.boolean_query([(Occur.Should, self._term(name, word, boost)) for name, boost in boosts.items()])

    def _term(self, field: str, word: str, boost: float) -> tantivy.Query:
        return Query.boost_query(Query.term_query(self._schema, field, word, index_option="freq"), boost)

    def _among(self, keys: Sequence[int], tokens: frozenset[str], filters: Filters) -> tantivy.Query:
        if not keys or not tokens:
            return Query.empty_query()
        wanted = Query.boolean_query([(Occur.Should, _key_query(self._schema, key)) for key in keys])
        return Query.boolean_query([(Occur.Must, wanted), *self._narrowing(tokens, filters)])

    def _narrowing(self, tokens: frozenset[str], filters: Filters) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        rules = [self._seen(tokens)]
        rules += [self._any("facet", [f"{name}={value}" for value in values]) for name, values in filters.facets]
        if filters.classes:
            rules.append(self._any("class", [class_symbol(prefix) for prefix in filters.classes]))
        if filters.holders:
            rules.append(self._any("holder", filters.holders))
        return [(Occur.Must, rule) for rule in rules]

    def _seen(self, tokens: frozenset[str]) -> tantivy.Query:
        return self._any("seen", sorted(SEES_ALL if tokens >= SEES_ALL else tokens))

    def _any(self, field: str, values: Sequence[str]) -> tantivy.Query:
        """Matches without changing the score."""
        choices = [
            (Occur.Should, Query.term_query(self._schema, field, value, index_option="basic")) for value in values
        ]
        return Query.const_score_query(Query.boolean_query(choices), 0.0)

    def _scored(self, query: tantivy.Query, k: int) -> list[tuple[int, float]]:
        searcher = self._index.searcher()
        hits = searcher.search(query, max(k, 1), count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return [(int(key), float(score)) for key, (score, _) in zip(keys, hits, strict=True) if key is not None]


def _key_query(schema: tantivy.Schema, key: int) -> tantivy.Query:
    return Query.term_query(schema, "key", key, index_option="basic")


def _told(explained: dict[str, Any]) -> dict[str, float]:
    """What the explanation of a score names, by its descriptions."""
    told = {str(explained["description"]): float(explained["value"])}
    for detail in explained.get("details", ()):
        told.update(_told(detail))
    return told


def _total(result: tantivy.SearchResult) -> int:
    counted: Any = result  # The stub of tantivy leaves the count out.
    return int(counted.count or 0)


def typed_words(text: str) -> list[str]:
    """The words that somebody who typed this looks for, each once."""
    words = (word for word in segment(normalise(text, LONGEST_TYPED)) if word_weight(word))
    return list(dict.fromkeys(words))[:MOST_WORDS_IN_LIST_SEARCH]
