"""The generations of an index: folders of which ``CURRENT`` names the one in use, and the writer's lock."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import Final

from zhiqiao.engine.durable import write_durably
from zhiqiao.engine.textindex import TextWriter
from zhiqiao.kernel.errors import Unavailable

CURRENT: Final = "CURRENT"


def current_generation(folder: Path) -> Path:
    """The folder of the generation in use. Raises ``Unavailable("index_missing")`` when there is none."""
    try:
        return folder / (folder / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        raise Unavailable("index_missing", folder=str(folder)) from None


def new_generation(folder: Path) -> Path:
    """An empty one, which nobody reads yet."""
    numbers = [int(path.name.removeprefix("gen-")) for path in _generations(folder)]
    fresh = folder / f"gen-{max(numbers, default=0) + 1:04d}"
    text = TextWriter(fresh / "text")
    text.commit("")
    text.close()
    return fresh


def point_to(folder: Path, generation: str) -> None:
    """Make a generation the one in use."""
    write_durably(folder / CURRENT, [generation.encode()])


def remove_others(folder: Path, kept: set[str]) -> None:
    for path in _generations(folder):
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def locked(path: Path) -> int:
    """Hold a lock until the handle is closed. Raises ``Unavailable("index_busy")`` where another process has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as busy:
        os.close(handle)
        raise Unavailable("index_busy", folder=path.parent.name) from busy
    return handle


def _generations(folder: Path) -> list[Path]:
    return list(folder.glob("gen-*"))
