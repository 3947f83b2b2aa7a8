"""How alike two texts are written: groups of one to three neighbouring letters, rare ones counting more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from math import log, sqrt
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from zhiqiao.engine.text import normalise

LETTER_CHARACTERS: Final = 1_000
_BUCKETS: Final = 2**18
_STEP: Final = 0.05
_RUN = re.compile(r"[^\W_]+")
_TABLE: Final = "letters.bin"

Letters = Mapping[int, float]


def letters_of(text: str) -> Letters:
    """The letter groups of the first 1,000 characters, as a unit vector: bucket to weight; empty for no letters."""
    rarities = _rarities()
    weights = {
        bucket: (1 + log(count)) * float(rarities[bucket])
        for bucket, count in Counter(_buckets(normalise(text, LETTER_CHARACTERS))).items()
    }
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return {bucket: weight / length for bucket, weight in weights.items()} if length else {}


@lru_cache(maxsize=8_192)
def letters_of_title(title: str) -> Letters:
    """As ``letters_of``, remembered: the same titles are looked at again and again."""
    return letters_of(title)


def alike(one: Letters, other: Letters) -> float:
    """Cosine of two texts' letter groups, 0 (nothing in common) to 1 (written the same)."""
    few, many = sorted((one, other), key=len)
    return min(1.0, sum(weight * many[bucket] for bucket, weight in few.items() if bucket in many))


def count_rarities(texts: Iterable[str]) -> bytes:
    """The table that ``letters_of`` reads, counted on a collection of texts: one byte a bucket."""
    counts = np.zeros(_BUCKETS, dtype=np.int64)
    total = 0
    for text in texts:
        total += 1
        counts[list(set(_buckets(normalise(text))))] += 1
    rarities = np.log((1 + total) / (1 + counts)) + 1
    return np.clip(np.rint(rarities / _STEP), 0, 255).astype(np.uint8).tobytes()


def _buckets(plain: str) -> Iterator[int]:
    for run in _RUN.findall(plain):
        for length in (1, 2, 3):
            for at in range(len(run) - length + 1):
                yield crc32(run[at : at + length].encode()) % _BUCKETS


@cache
def _rarities() -> npt.NDArray[np.float32]:
    table = np.frombuffer((files("zhiqiao.engine") / _TABLE).read_bytes(), dtype=np.uint8)
    rarities: npt.NDArray[np.float32] = table.astype(np.float32) * np.float32(_STEP)
    return rarities
