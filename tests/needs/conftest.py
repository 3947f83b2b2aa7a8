from __future__ import annotations

from tests.importing.conftest import home

__all__ = ["home"]
