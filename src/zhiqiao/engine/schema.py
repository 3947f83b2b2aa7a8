"""The fields of the text index, and how a document is laid out in them."""

from __future__ import annotations

from typing import Final

import tantivy

from zhiqiao.engine.documents import (
    HIGHEST_KEY,
    SEES_ALL,
    Document,
    class_symbol,
    number_symbol,
    sortable_date,
    to_bytes,
)
from zhiqiao.engine.text import segment

# The index holds one record that is no document: it carries the watermark, so that both are committed at once
# (the Python binding of tantivy has no commit payload).
WATERMARK_KEY: Final = HIGHEST_KEY + 1
WORD_FIELDS: Final = ("title", "claim", "abstract", "holder_words")
EXACT_FIELDS: Final = ("seen", "facet", "class", "holder", "number")


def build_schema() -> tantivy.Schema:
    """The schema; changing it needs a new generation of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    builder.add_unsigned_field("date", fast=True)
    builder.add_unsigned_field("digest", fast=True)
    for name in WORD_FIELDS:
        builder.add_text_field(name, tokenizer_name="words", index_option="freq")
    for name in EXACT_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("stored", stored=True)
    return builder.build()


def open_index(path: str, schema: tantivy.Schema) -> tantivy.Index:
    """The tantivy index in a folder, made if absent. Words arrive cut, so only blanks separate them."""
    index = tantivy.Index(schema, path=path)
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("words", words)
    return index


def row_of(document: Document, digest: int) -> tantivy.Document:
    """A document as the text index holds it; ``digest`` tells which text its vector must come from."""
    row = tantivy.Document()
    # Unsigned fields given as keywords kill the writer: always add_unsigned.
    row.add_unsigned("key", document.key)
    row.add_unsigned("date", sortable_date(document))
    row.add_unsigned("digest", digest)
    for name, text in (("title", document.title), ("claim", document.claim), ("abstract", document.abstract)):
        row.add_text(name, " ".join(segment(text)))
    row.add_text("holder_words", " ".join(word for holder in document.holders for word in segment(holder)))
    for name, value in _exact_values(document):
        row.add_text(name, value)
    row.add_bytes("stored", to_bytes(document))
    return row


def _exact_values(document: Document) -> set[tuple[str, str]]:
    symbols = [class_symbol(symbol) for symbol in document.classes]
    return {
        ("number", number_symbol(document.number)),
        *(("seen", token) for token in (*document.visibility, *SEES_ALL)),
        *(("facet", f"{name}={value}") for name, value in document.facets.items()),
        *(("holder", holder) for holder in document.holders),
        *(("class", symbol[:end]) for symbol in symbols for end in range(1, len(symbol) + 1)),
    }


def watermark_row(watermark: str) -> tantivy.Document:
    """The record that carries the watermark; no reader's token finds it."""
    row = tantivy.Document()
    row.add_unsigned("key", WATERMARK_KEY)
    row.add_bytes("stored", watermark.encode())
    return row
