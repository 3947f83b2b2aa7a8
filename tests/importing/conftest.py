from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """An installation's home of its own, with an encoder that costs nothing."""
    settings.ZHIQIAO_HOME = tmp_path / "home"
    settings.ZHIQIAO_HOME.mkdir()
    settings.ZHIQIAO_ENCODER = "tests.engine.fakes:LetterPairs"
    return settings.ZHIQIAO_HOME
