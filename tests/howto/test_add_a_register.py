"""What the how-to says, done: its code in a package of its own, in a fresh installation, used as people would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.howto.blocks import files_in, lay_down, lines_of_code

DOCUMENT = "add-a-register.md"
ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 150


def test_a_register_takes_fewer_than_150_lines() -> None:
    files = files_in(DOCUMENT)
    declared = {name: lines_of_code(code) for name, code in files.items() if name.startswith("brokers/")}
    assert sorted(declared) == [
        "brokers/actions.py",
        "brokers/models.py",
        "brokers/policies.py",
        "brokers/registers.py",
    ]
    assert sum(declared.values()) < MOST_LINES, declared


def test_what_the_document_says_comes_true(tmp_path: Path) -> None:
    city = tmp_path / "city"
    lay_down(files_in(DOCUMENT), city)
    (city / "city_tests.py").write_text(
        "from city_settings import *\n"
        'STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}\n'
        'PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]\n',
        encoding="utf-8",
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(city), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "city_tests",
        "ZHIQIAO_HOME": str(tmp_path / "home"),
        "ZHIQIAO_HOSTS": "testserver",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment.pop("ZHIQIAO_DATABASE_URL", None)
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.howto.brokers_in_use"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=1_800,
    )  # fmt: skip
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    assert ran.stdout.splitlines()[-1] == "everything came true", ran.stdout
