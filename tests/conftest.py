from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.chromium import chromium

__all__ = ["chromium"]

# A law is tried on new examples at every run, in CI on the same ones: there a red run must come from the change.
# ``--hypothesis-profile=thorough`` searches long. No deadlines: a busy machine is not a defect.
settings.register_profile("quick", max_examples=60, deadline=None)
settings.register_profile("ci", settings.get_profile("quick"), derandomize=True)
settings.register_profile("thorough", max_examples=2_000, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "quick")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real records beside the checkout; tests that read them skip where they are missing."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: real records are not part of the repository")
    return SHARED / "data"
