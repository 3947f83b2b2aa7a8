from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real records beside the checkout; tests that read them skip where they are missing."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: real records are not part of the repository")
    return SHARED / "data"
