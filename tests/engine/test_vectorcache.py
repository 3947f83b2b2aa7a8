"""What was encoded once is remembered on disk, and takes little memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from tests.engine.fakes import LetterPairs
from zhiqiao.engine import vectorcache
from zhiqiao.engine.vectorcache import VectorCache, text_digest
from zhiqiao.engine.vectorrows import Codes


def code(number: int) -> Codes:
    return np.full(64, number % 251, dtype=np.uint8)


def number_of(cache: VectorCache, text: str) -> int | None:
    found = cache.get(text)
    return None if found is None else int(found[0])


def test_vectors_are_found_before_and_after_they_are_written_and_by_the_next_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectorcache, "_RECENT", 30)
    cache = VectorCache(tmp_path, LetterPairs())
    for number in range(200):
        cache.put(f"装置{number}", code(number))
        cache.put(f"装置{number}", code(number + 1))
        if number % 7 == 0:
            cache.flush()
        assert number_of(cache, f"装置{number}") == number
    cache.flush()
    for known in (cache, VectorCache(tmp_path, LetterPairs())):
        assert len(known) == 200 and known.get("装置200") is None
        assert [number_of(known, f"装置{number}") for number in range(200)] == list(range(200))


def test_digests_that_begin_alike_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectorcache, "text_digest", lambda text: b"12345678" + text_digest(text)[8:])
    cache = VectorCache(tmp_path, LetterPairs())
    for number in range(20):
        cache.put(f"装置{number}", code(number))
    cache.flush()
    again = VectorCache(tmp_path, LetterPairs())
    assert [number_of(again, f"装置{number}") for number in range(20)] == list(range(20))
    assert again.get("别的") is None


def test_each_encoder_has_its_own(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, LetterPairs())
    cache.put("隔膜", code(1))
    cache.flush()
    for other in (LetterPairs("letter-pairs-2"), LetterPairs(dimension=32)):
        assert VectorCache(tmp_path, other).get("隔膜") is None


def test_many_vectors_take_little_memory(tmp_path: Path) -> None:
    writing = VectorCache(tmp_path, LetterPairs())
    for number in range(20_000):
        writing.put(f"装置{number}", code(number))
    writing.flush()
    tracemalloc.start()
    cache = VectorCache(tmp_path, LetterPairs())
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(cache) == 20_000 and kept < 20_000 * 16
