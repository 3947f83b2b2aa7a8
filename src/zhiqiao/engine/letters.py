"""How alike two texts are written: groups of one to three neighbouring letters, rare ones counting more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from math import log, sqrt
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from zhiqiao.engine.text import normalise

LETTER_CHARACTERS: Final = 1_000
_BUCKETS: Final = 2**18
_STEP: Final = 0.05
_RUN = re.compile(r"[^\W_]+")
_TABLE: Final = "letters.bin"
_REMEMBERED: Final = 4_096  # texts, some 6 kB each

Letters = Mapping[int, float]


class Spectrum(NamedTuple):
    """The same as ``Letters`` in two columns: many texts are held against one in no time."""

    buckets: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]


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


def spectrum_of(text: str) -> Spectrum:
    """``letters_of`` for long texts, a few times as quick."""
    return _spectrum_of(normalise(text, LETTER_CHARACTERS))


def alike_spectra(one: Spectrum, others: Sequence[Spectrum]) -> list[float]:
    """``alike`` of one text and each of the others."""
    whole = np.zeros(_BUCKETS, dtype=np.float32)
    whole[one.buckets] = one.weights
    return [min(1.0, float(whole[other.buckets] @ other.weights)) for other in others]


@lru_cache(maxsize=_REMEMBERED)
def _spectrum_of(plain: str) -> Spectrum:
    buckets, counts = np.unique(_all_buckets(plain), return_counts=True)
    weights = (1 + np.log(counts)) * _rarities()[buckets]
    length = max(float(np.sqrt(weights @ weights)), 1e-9)
    return Spectrum(buckets.astype(np.int32), (weights / length).astype(np.float32))


def _all_buckets(plain: str) -> npt.NDArray[np.uint32]:
    """``_buckets`` of a whole text at once. The checksum of letters in a row comes from those of each letter."""
    inside = np.zeros(len(plain) + 1, dtype=bool)
    for run in _RUN.finditer(plain):
        inside[run.start() : run.end()] = True
    letters = [letter.encode("utf-8", "surrogatepass") for letter in plain]
    sizes = np.array([len(letter) for letter in letters], dtype=np.int8)
    single = np.array([crc32(letter) for letter in letters], dtype=np.uint32)
    found, sums = [single[inside[:-1]]], single
    for length in (2, 3):
        sums = _behind(sums[:-1], single[length - 1 :], sizes[length - 1 :])
        whole = np.logical_and.reduce([inside[at : at + len(sums)] for at in range(length)])
        found.append(sums[whole])
    return np.concatenate(found) % _BUCKETS


def _behind(
    first: npt.NDArray[np.uint32], second: npt.NDArray[np.uint32], sizes: npt.NDArray[np.int8]
) -> npt.NDArray[np.uint32]:
    """The checksum of two texts in a row, the second of that many bytes, at most four."""
    shifted = first
    for size in range(1, 5):
        shifted = np.where(sizes >= size, (shifted >> np.uint32(8)) ^ _steps()[shifted & np.uint32(255)], shifted)
    joined: npt.NDArray[np.uint32] = shifted ^ second
    return joined


@cache
def _steps() -> npt.NDArray[np.uint32]:
    """What a byte of nothing does to a checksum, by its last eight bits."""
    steps = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        steps = np.where(steps & 1, (steps >> 1) ^ np.uint32(0xEDB88320), steps >> 1).astype(np.uint32)
    return steps


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
