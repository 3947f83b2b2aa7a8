from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from zhiqiao.core.actors import SystemActor

ACTOR = SystemActor("test")


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    """An installation's home of its own for one test."""
    settings.ZHIQIAO_HOME = tmp_path
    return tmp_path


@pytest.fixture
def at_once() -> Iterator[Callable[..., list[Any]]]:
    """Calls a function in several threads that start together, each with a connection of its own."""

    def call(function: Callable[[int], Any], threads: int = 4) -> list[Any]:
        start = threading.Barrier(threads)

        def work(number: int) -> Any:
            start.wait()
            try:
                return function(number)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(work, range(threads)))

    yield call
