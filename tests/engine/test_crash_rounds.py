"""Killed at any moment, again and again: the last commit stands, whole, and what is missing is made good."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.engine.endless_writer import documents_at, encoder_of
from zhiqiao.engine.documents import SEES_ALL
from zhiqiao.engine.store import SearchReader, open_reader, open_writer, passage_text
from zhiqiao.engine.vectorcache import VectorCache
from zhiqiao.engine.vectorrows import to_codes

ROOT = Path(__file__).resolve().parents[2]
SEEDS = [1, 2]
SOAK = range(100, 200)
LONGEST_LIFE = 0.3  # seconds after the last commit that is waited for


def killed_somewhere(folder: Path, chance: random.Random) -> int:
    """The last watermark that the writer told of before it was killed."""
    command = [sys.executable, "-m", "tests.engine.endless_writer", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(chance.randint(1, 12))][-1]
    time.sleep(chance.uniform(0, LONGEST_LIFE))
    process.kill()
    rest = process.stdout.read().split()
    process.wait()
    return int(rest[-1] if rest else told)


def check_as_committed(reader: SearchReader, told: int) -> None:
    """The documents of one watermark and of no other; each vector that is there is its document's own."""
    batch = int(reader.watermark)
    assert batch in (told, told + 1), "the kill may fall between a commit and the telling of it"
    expected = documents_at(batch)
    assert reader.documents(sorted(reader.text.digests()), SEES_ALL) == expected
    vectors = reader.stored_vectors(list(expected.values()))
    texts = [passage_text(expected[key]) for key in vectors]
    right = to_codes(reader.encoder.encode_passages(texts))
    assert np.array_equal(right, to_codes(np.stack(list(vectors.values()))) if vectors else right)


def check_cache(folder: Path, reader: SearchReader) -> None:
    known = VectorCache(folder, reader.encoder)
    for document in documents_at(int(reader.watermark)).values():
        code = known.get(passage_text(document))
        if code is not None:
            assert np.array_equal(code, to_codes(reader.encoder.encode_passages([passage_text(document)]))[0])


def rounds(folder: Path, seed: int, kills: int) -> None:
    chance = random.Random(seed)
    for _ in range(kills):
        told = killed_somewhere(folder, chance)
        reader = open_reader(folder, encoder_of(folder))
        check_as_committed(reader, told)
        check_cache(folder, reader)
    with open_writer(folder, encoder_of(folder)) as writer:
        while writer.pending_vectors:
            writer.encode_pending(60)
        last = writer.watermark
    reader.refresh()
    check_as_committed(reader, told)
    assert len(reader.vectors) == reader.size and reader.vector_watermark == last
    assert len(list(folder.glob("gen-*"))) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_writer_killed_at_any_moment(seed: int, tmp_path: Path) -> None:
    rounds(tmp_path / "index", seed, kills=3)


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAK)
def test_a_writer_killed_at_any_moment_many_times(seed: int, tmp_path: Path) -> None:
    rounds(tmp_path / "index", seed, kills=5)
