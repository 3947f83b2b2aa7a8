"""From the vectors of one encoder to those of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import Encoder
from zhiqiao.engine.generations import current_generation
from zhiqiao.engine.store import text_given
from zhiqiao.engine.vectorcache import VectorCache
from zhiqiao.engine.vectorrows import to_codes
from zhiqiao.engine.vectors import read_manifest
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import Unavailable

_ENCODED_AT_ONCE: Final = 64


def encode_ahead(folder: Path, encoder: Encoder, documents: Iterable[Document]) -> Iterator[int]:
    """Make the vectors of documents known for a rebuild with another encoder, while the index goes on as it is.

    Gives after each batch how many documents were looked at. What was encoded is kept whatever comes: the next call
    goes on from there. The caller makes sure that there is only one, and that nobody writes an index of this encoder.
    Raises ``EncoderDown``.
    """
    known, looked_at = VectorCache(folder, encoder), 0
    for batch in in_batches(documents, _ENCODED_AT_ONCE):
        given = dict.fromkeys(text_given(encoder, document) for document in batch)
        unknown = [text for text in given if known.get(text) is None]
        for text, code in zip(unknown, to_codes(encoder.encode_passages(unknown)), strict=True):
            known.put(text, code)
        known.flush()
        looked_at += len(batch)
        yield looked_at


def stored_encoder(folder: Path) -> tuple[str, int] | None:
    """Identity and dimension of the encoder whose vectors an index holds; ``None`` while it holds none."""
    try:
        manifest = read_manifest(current_generation(folder) / "vectors")
    except Unavailable:
        return None
    return None if manifest is None else (manifest.encoder, manifest.dimension)
