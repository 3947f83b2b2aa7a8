"""Keep a process of ours running beside the site: one that dies is started again, later each time it dies early."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from zhiqiao.cli.console import STDERR, say

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before it is started again
STEADY = 60.0  # seconds after which a process counts as having run well
LOOK_EVERY = 0.25
GRACE = 30.0  # for work in hand, when the site stops

Process = subprocess.Popen[bytes]


@contextmanager
def kept_running(command: Sequence[str]) -> Iterator[None]:
    """The process runs for as long as the block; it inherits this one's environment and output."""
    stop = threading.Event()
    # Started here, not in the thread: the web server forks meanwhile, its child would hold the pipe by which a
    # process that is being started tells that it began, and the thread would wait for that for ever.
    keeper = threading.Thread(target=_keep, args=(command, _started(command), stop), name="keeper")
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _started(command: Sequence[str]) -> Process | None:
    try:
        return subprocess.Popen(command, env=os.environ.copy())  # noqa: S603 -- our own command
    except OSError:  # no memory for another process, for one: later, perhaps
        return None


def _keep(command: Sequence[str], process: Process | None, stop: threading.Event) -> None:
    pause = FIRST_PAUSE
    while True:
        began = time.monotonic()
        how = _watched(process, stop) if process else "–"
        if time.monotonic() - began >= STEADY:
            pause = FIRST_PAUSE
        # Told after the pause: an interrupt from the keyboard ends both, and then there is nothing to tell.
        if stop.wait(pause):
            return
        told = say("后台任务意外结束，现重新启动", "the worker ended by itself and is started again")
        STDERR.print(f"{told} ({how})", markup=False)
        pause = min(pause * 2, LONGEST_PAUSE)
        process = _started(command)


def _watched(process: Process, stop: threading.Event) -> int:
    """Its exit status, once it ended by itself or was ended because of ``stop``."""
    while process.poll() is None:
        if stop.wait(LOOK_EVERY):
            _end(process)
    return process.wait()


def _end(process: Process) -> None:
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
