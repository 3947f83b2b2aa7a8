from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from zhiqiao.core.actors import SystemActor

ACTOR = SystemActor("test")
PATIENCE = 300  # seconds that only what is broken takes
ROOT = Path(__file__).resolve().parents[2]


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


def until(condition: Callable[[], bool], worker: subprocess.Popen[bytes] | None = None) -> None:
    gave_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < gave_up_at:
        if condition():
            return
        assert worker is None or worker.poll() is None, "the worker has ended"
        time.sleep(0.02)
    pytest.fail(f"it did not happen within {PATIENCE} seconds")


@pytest.fixture
def start_worker(settings: Any, home: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers in processes of their own on the test's database, with a lease of one second."""
    started: list[subprocess.Popen[bytes]] = []
    database = {key: connection.settings_dict[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")}
    options = {key: value for key, value in connection.settings_dict["OPTIONS"].items() if isinstance(value, str | int)}
    changed = {
        "DATABASES": {"default": {**database, "OPTIONS": options}},
        "ZHIQIAO_JOBS": settings.ZHIQIAO_JOBS,
        "ZHIQIAO_HOUSEKEEPING": [],
        "ZHIQIAO_JOB_LEASE": 1,
    }
    environment = {**os.environ, "ZHIQIAO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "zhiqiao.conf.settings_test"}

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.core.worker_process", json.dumps(changed, default=str)]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
