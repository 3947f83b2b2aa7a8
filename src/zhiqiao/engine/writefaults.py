"""Why an index cannot be written: the library often says only that its writer died, the system says why."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_TRIED: Final = bytes(1_000_000)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """What the library cannot write there is raised as the system's ``OSError``."""
    try:
        yield
    except ValueError as told:
        raise fault(folder, str(told)) from told


def fault(folder: Path, told: str) -> OSError:
    """Found by trying to write there. ``EIO`` with what was told where that goes well by now."""
    try:
        with tempfile.TemporaryFile(dir=folder) as tried:
            tried.write(_TRIED)
            tried.flush()
            os.fsync(tried.fileno())
    except OSError as reason:
        return OSError(reason.errno, reason.strerror, str(folder))
    return OSError(errno.EIO, told, str(folder))
