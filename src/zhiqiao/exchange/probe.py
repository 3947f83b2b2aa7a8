"""Try a binary workbook in a process of its own: on some damaged ones the reader asks for terabytes and aborts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from zhiqiao.exchange.cells import FileRefused

_SECONDS = 120
_MEMORY = 4 << 30
# What fails in the ordinary way fails again in our own process, where it is worded.
_SCRIPT = """
import resource, sys
import python_calamine
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
book = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
for name in book.sheet_names:
    book.get_sheet_by_name(name)
"""


def probe(path: Path, shown: str) -> None:
    """Raises FileRefused where reading the file would bring the process down or never end."""
    command = [sys.executable, "-I", "-c", _SCRIPT, str(path), str(_MEMORY)]
    try:
        # Our own interpreter and script; the path is an argument, never part of a shell line.
        tried = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise FileRefused("file_unreadable", file=shown) from error
    if tried.returncode < 0:
        raise FileRefused("file_unreadable", file=shown)
