from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.fakes import LetterPairs
from zhiqiao.engine.store import SearchWriter, open_writer


@pytest.fixture
def encoder() -> LetterPairs:
    return LetterPairs()


@pytest.fixture
def writer(tmp_path: Path, encoder: LetterPairs) -> Iterator[SearchWriter]:
    with open_writer(tmp_path / "index", encoder) as opened:
        yield opened
