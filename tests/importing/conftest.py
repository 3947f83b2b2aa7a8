from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> Path:
    """An installation's home of its own, with an encoder that costs nothing."""
    place = tmp_path / "home"
    place.mkdir()
    settings.ZHIQIAO_HOME = place
    settings.ZHIQIAO_ENCODER = "tests.engine.fakes:LetterPairs"
    return place
