"""Settings of the test suite: everything under a folder of its own, SQLite or the PostgreSQL it is given."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("ZHIQIAO_HOME", tempfile.mkdtemp(prefix="zhiqiao-test-"))

from zhiqiao.conf.settings import *  # noqa: F403 -- the home must be set before the settings are read

# Hashing passwords slowly protects people, not tests.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
