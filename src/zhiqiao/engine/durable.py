"""Files that are either the old ones or the new ones, whatever moment the power fails."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_durably(path: Path, parts: Iterable[bytes]) -> None:
    """Replace a file in one step: written beside it, flushed to disk, renamed over it."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as handle:
        for part in parts:
            handle.write(part)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def mark_of(path: Path) -> tuple[int, int, int]:
    """What tells one version of a file from the next without reading it; zeros where it cannot be had."""
    try:
        stat = path.stat()
    except OSError:
        return (0, 0, 0)
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
