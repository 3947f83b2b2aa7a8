"""The sample city as a running site: prepared once a run, copied and served for each worker, as people install it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
READY = "ready"
TEMPLATE = "sample_city"
SECONDS_TO_START = 900


@dataclass(frozen=True)
class Place:
    """One installation: its home, and its database on the server of the suite where that runs on PostgreSQL."""

    home: Path
    database: str

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ZHIQIAO_", "DJANGO_"))}
        own = {"ZHIQIAO_HOME": str(self.home), "ZHIQIAO_LANGUAGE": "zh", "PYTHONUTF8": "1"}
        if server := server_address():
            own["ZHIQIAO_DATABASE_URL"] = of_database(server, self.database)
        return {**inherited, **own}

    def run(self, *words: str) -> None:
        subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=self.environment(), check=True, timeout=1_800)


@dataclass(frozen=True)
class Site:
    """A site that answers. Everybody of the sample city has the same password."""

    url: str
    password: str
    place: Place


def server_address() -> str:
    """The suite's own PostgreSQL server, empty where the suite runs on SQLite."""
    on_server = os.environ.get("ZHIQIAO_TEST_DATABASE") == "postgresql"
    return os.environ["ZHIQIAO_DATABASE_URL"] if on_server else ""


def of_database(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def ask_server(*commands: str) -> None:
    with psycopg.connect(server_address(), autocommit=True) as connection:
        for command in commands:
            connection.execute(command.encode())


def prepared() -> Place:
    """The city through the whole flow, and what nobody but its owner may see. The first worker does it."""
    folder = Path(os.environ["ZHIQIAO_TEST_ROOT"]) / "journeys"
    folder.mkdir(parents=True, exist_ok=True)
    place = Place(folder / "city", TEMPLATE)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place.home / READY).exists():
            shutil.rmtree(place.home, ignore_errors=True)
            if server_address():
                ask_server(f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE}")
            place.run("zhiqiao", "demo", "--no-serve")
            place.run("tests.journeys.private_words")
            (place.home / READY).touch()
    return place


def copied(place: Place, name: str) -> Place:
    """A city of one's own to change."""
    copy = Place(place.home.parent / name, f"{TEMPLATE}_{name}")
    shutil.rmtree(copy.home, ignore_errors=True)
    shutil.copytree(place.home, copy.home)
    if server_address():
        folder = place.home.parent / "lock"
        with folder.open("w") as lock:
            # Two copies at a time would find the other's connection on the template.
            fcntl.flock(lock, fcntl.LOCK_EX)
            ask_server(f"DROP DATABASE IF EXISTS {copy.database}")
            # The server may not have heard yet that the programs which prepared the city have ended.
            ask_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{place.database}'")  # noqa: S608 -- our own name
            ask_server(f"CREATE DATABASE {copy.database} TEMPLATE {place.database}")
    return copy


@contextmanager
def served(place: Place) -> Iterator[Site]:
    port = free_port()
    with (place.home / "serve.log").open("wb") as told:
        command = [sys.executable, "-m", "zhiqiao", "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=place.environment(), stdout=told, stderr=told)
        try:
            wait_for_answer(port, process)
            password = (place.home / "demo-password").read_text(encoding="ascii").strip()
            yield Site(f"http://127.0.0.1:{port}", password, place)
        finally:
            process.terminate()
            process.wait(SECONDS_TO_START)


def wait_for_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while not answers(port):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the site does not answer; it ended with {process.poll()}")
        time.sleep(0.1)


def answers(port: int) -> bool:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/account/login/")
        return connection.getresponse().status == 200
    except OSError:
        return False
