"""Start the command line as people do, on an installation of its own."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import psycopg

from tests.journeys.site import ask_server, of_database, server_address

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installation:
    """One ``ZHIQIAO_HOME`` with the embedded database, or with one on the server at ``database``."""

    home: Path
    database: str = ""

    def environment(self, **more: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ZHIQIAO_", "DJANGO_"))}
        own = {
            "ZHIQIAO_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "tests.importing.quick_settings",
            "ZHIQIAO_LANGUAGE": "zh",
            "PYTHONUTF8": "1",
        }
        if self.database:
            own["ZHIQIAO_DATABASE_URL"] = self.database
        return {**inherited, **own, **more}

    def start(self, *words: str | Path, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "zhiqiao", *map(str, words)],
            cwd=ROOT, env=self.environment(**more), text=True, encoding="utf-8", errors="surrogateescape",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str | Path, **more: str) -> Ran:
        process = self.start(*words, **more)
        try:
            out, err = process.communicate(timeout=600)
        finally:
            process.kill()
        return Ran(process.returncode, out, err)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a statement answers; it is committed."""
        if self.database:
            with psycopg.connect(self.database, autocommit=True) as server:
                asked = server.execute(query.encode())
                return asked.fetchall() if asked.description else []
        with sqlite3.connect(self.home / "zhiqiao.sqlite3", timeout=300) as database:
            return database.execute(query).fetchall()


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The last line of the output."""
        told: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return told

    @property
    def refused(self) -> str:
        """The one line that says what is wrong."""
        assert self.code == 1, (self.code, self.out, self.err)
        assert "Traceback" not in self.err + self.out
        (line,) = self.err.splitlines()
        return line


class CommandLine(Protocol):
    """The command line as a test calls it, word by word."""

    def __call__(self, *words: str | Path) -> Ran: ...


@lru_cache(maxsize=1)
def _ready() -> Path:
    """An installation set up once, to copy."""
    home = Path(tempfile.mkdtemp(prefix="zhiqiao-ready-", dir=os.environ.get("ZHIQIAO_TEST_ROOT")))
    assert Installation(home).run("setup").code == 0
    shutil.rmtree(home / "static")
    return home


def installation(home: Path) -> Installation:
    """A fresh installation that was set up already."""
    shutil.copytree(_ready(), home, dirs_exist_ok=True)
    return Installation(home)


def installation_on_database(home: Path) -> Installation:
    """Likewise, with a database of its own on the suite's server where the suite runs on PostgreSQL."""
    server = server_address()
    if not server:
        return installation(home)
    name = f"installation_{sha256(str(home).encode()).hexdigest()[:16]}"
    ask_server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    place = Installation(home, of_database(server, name))
    assert place.run("setup").code == 0
    return place
