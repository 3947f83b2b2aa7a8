"""The site as it is started: its worker comes back when it dies, and files carry their guards."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tests.importing.programs import Installation
from tests.ports import free_port
from zhiqiao.cli import keeper

PATIENCE = 300  # seconds that only what is broken takes


def until(condition: Callable[[], bool]) -> None:
    gave_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < gave_up_at:
        if condition():
            return
        time.sleep(0.02)
    pytest.fail("it never came to that")


def words_of(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")
    except OSError:  # gone, or going
        return []


def workers_of(parent: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{parent}/task").iterdir())
        found = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return []
    return [process for process in found if "worker" in words_of(process)]


@pytest.fixture
def port() -> int:
    return free_port()


def answer(port: int, path: str) -> HTTPResponse | None:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path)
        return connection.getresponse()
    except OSError:
        return None


@pytest.fixture
def serving(place: Installation, port: int, tmp_path: Path) -> Iterator[int]:
    """The process of a site that answers."""
    process = place.start("serve", "--port", str(port))
    try:
        until(lambda: answer(port, "/static/") is not None)
        yield process.pid
        workers = workers_of(process.pid)
        process.terminate()
        _, err = process.communicate(timeout=PATIENCE)
        assert "后台任务意外结束，现重新启动 (-9)" in err
        assert not any(words_of(worker) for worker in workers), "the worker ends with the site"
    finally:
        process.kill()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes under /proc")
def test_a_worker_that_is_killed_comes_back_and_ends_with_the_site(
    serving: int, port: int, place: Installation
) -> None:
    until(lambda: len(workers_of(serving)) == 1)
    (first,) = workers_of(serving)
    os.kill(first, signal.SIGKILL)
    until(lambda: bool(set(workers_of(serving)) - {first}))

    (drawing, *_) = (path for path in (place.home / "static").rglob("*.svg"))
    file = answer(port, f"/static/{drawing.relative_to(place.home / 'static').as_posix()}")
    assert file is not None
    assert file.status == 200
    assert "default-src 'none'" in str(file.getheader("Content-Security-Policy"))
    assert (file.getheader("X-Frame-Options"), file.getheader("X-Content-Type-Options")) == ("DENY", "nosniff")
    assert file.getheader("Access-Control-Allow-Origin") is None


def test_a_process_that_keeps_dying_is_started_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(keeper, "LONGEST_PAUSE", 0.02)
    log = tmp_path / "starts"
    with keeper.kept_running([sys.executable, "-c", f"open({str(log)!r}, 'a').write('x')"]):
        until(lambda: log.exists() and len(log.read_text()) >= 3)


def test_a_process_that_cannot_be_started_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "FIRST_PAUSE", 0.01)
    program = tmp_path / "program"
    with keeper.kept_running([str(program)]):
        program.write_text("#!/bin/sh\ntouch $0.ran\n")
        program.chmod(0o700)
        until(tmp_path.joinpath("program.ran").exists)


def test_a_process_that_will_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "GRACE", 0.2)
    mark = tmp_path / "process"
    script = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    )
    with keeper.kept_running([sys.executable, "-c", script]):
        until(lambda: mark.exists() and bool(mark.read_text()))
        process = int(mark.read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
