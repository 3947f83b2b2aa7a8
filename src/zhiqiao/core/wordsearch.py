"""Finding records by typed words through the index, for lists that the database then filters and sorts."""

from __future__ import annotations

from zhiqiao.core.indexing import search_view
from zhiqiao.engine.documents import NO_FILTERS, Document
from zhiqiao.engine.text import normalise, segment, word_weight
from zhiqiao.engine.textindex import Window

MOST_KEYS = 5_000
PAGE = 1_000


def keys_with_words(collection: str, tokens: frozenset[str], words: str) -> list[int] | None:
    """The keys of the records in which every word occurs, as far as these tokens see them; what waits for the indexer
    is looked at itself. None where there are more than can be handed to a database: narrow some other way then."""
    reader, pending = search_view(collection, tokens)
    first = reader.text.browse(words, tokens, NO_FILTERS, Window(0, PAGE, "key"))
    if first.total > MOST_KEYS:
        return None
    found = list(first.keys)
    while len(found) < first.total:
        page = reader.text.browse(words, tokens, NO_FILTERS, Window(len(found), PAGE, "key"))
        if not page.keys:
            break
        found.extend(page.keys)
    fresh = [document.key for document in pending.documents if has_words(document, words)]
    stale = pending.superseded.union(document.key for document in pending.documents)
    return [*(key for key in found if key not in stale), *fresh]


def has_words(document: Document, words: str) -> bool:
    """The same rule as the index's, for a document that is not in it yet."""
    wanted = [word for word in segment(normalise(words, 200)) if word_weight(word)]
    text = " ".join((document.title, document.abstract, document.claim, *document.holders))
    return bool(wanted) and set(wanted) <= set(segment(text))
