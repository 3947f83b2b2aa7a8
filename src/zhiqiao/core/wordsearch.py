"""Finding records by typed words through the index, for lists that the database then filters and sorts."""

from __future__ import annotations

from typing import Final

import numpy as np

from zhiqiao.core.indexing import search_view
from zhiqiao.core.keysets import AmongFew, AmongMany, among
from zhiqiao.engine.documents import Document
from zhiqiao.engine.reading import TextSearch
from zhiqiao.engine.schema import WORD_FIELDS
from zhiqiao.engine.text import normalise, segment
from zhiqiao.engine.textindex import BEGUN_FIELDS, LONGEST_TYPED, typed_words

MOST_SUPERSEDED: Final = 200  # of the best, so that as many still stand
MOST_LIKELY: Final = 200
MOST_CUT: Final = 2  # characters


def having_words(
    collection: str, tokens: frozenset[str], words: str, fields: tuple[str, ...] = WORD_FIELDS, of: str = "pk"
) -> AmongFew | AmongMany:
    """A condition on records, or on others that name one in the column ``of``: those in which every word occurs, as far
    as these tokens see them. What waits for the indexer is looked at itself."""
    reader, pending = search_view(collection, tokens)
    found = reader.text.keys_having(words, tokens, fields)
    stale = pending.superseded.union(document.key for document in pending.documents)
    fresh = [document.key for document in pending.documents if has_words(document, words, fields)]
    if stale:
        found = np.union1d(np.setdiff1d(found, np.array(sorted(stale))), np.array(fresh, np.int64))
    return among(of, found)


def best_with_words(collection: str, tokens: frozenset[str], words: str, most: int) -> list[int]:
    """Keys of the best few records while somebody types: the last word may be only begun. What was just written and
    waits for the indexer comes first."""
    reader, pending = search_view(collection, tokens)
    stale = pending.superseded.union(document.key for document in pending.documents)
    fresh = [document.key for document in reversed(pending.documents) if begins_words(document, words)]
    found = reader.text.best_begun(words, tokens, most + min(len(stale), MOST_SUPERSEDED))
    if not found and not fresh:
        fresh = [document.key for document in pending.documents if _named_with(document, words)]
        found = _best_with_beginning(reader.text, tokens, words)
    return [*fresh, *(key for key in found if key not in stale)][:most]


def _best_with_beginning(index: TextSearch, tokens: frozenset[str], words: str) -> list[int]:
    """Half-typed Chinese is cut into other words than the whole (锂离 | 锂离子): what comes before its last characters
    is looked for, and what is found must have them."""
    for cut in range(1, MOST_CUT + 1):
        if likely := index.best_begun(words[:-cut], tokens, MOST_LIKELY):
            known = index.documents(likely, tokens)
            return [key for key in likely if key in known and _named_with(known[key], words)]
    return []


def _named_with(document: Document, words: str) -> bool:
    named = normalise(" ".join((document.title, *document.holders)))
    return all(part in named for part in normalise(words, LONGEST_TYPED).split())


def has_words(document: Document, words: str, fields: tuple[str, ...] = WORD_FIELDS) -> bool:
    """The same rule as the index's, for a document that is not in it yet."""
    wanted = typed_words(words)
    return bool(wanted) and set(wanted) <= set(_words_of(document, fields))


def begins_words(document: Document, words: str) -> bool:
    """The same, while the last word may be only begun."""
    *whole, last = typed_words(words) or [""]
    named = _words_of(document, BEGUN_FIELDS)
    held = set(_words_of(document, WORD_FIELDS))
    return bool(last) and set(whole) <= held and (last in held or any(word.startswith(last) for word in named))


def _words_of(document: Document, fields: tuple[str, ...]) -> tuple[str, ...]:
    texts = {"holder_words": " ".join(document.holders)}
    return segment(" ".join(texts[name] if name in texts else str(getattr(document, name)) for name in fields))
