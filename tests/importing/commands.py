"""Several commands in one process: ``python -m tests.importing.commands '[["match", "--text", …], …]'``.

Prints what each of them printed last, as a list of JSON objects.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stdout
from typing import Any

from zhiqiao.cli import console, main


def told(words: list[str]) -> Any:
    shown = io.StringIO()
    with redirect_stdout(shown):
        console.STDOUT.file = shown
        code = main.zhiqiao.main(words, standalone_mode=False, prog_name="zhiqiao")
    assert not code, (words, code, shown.getvalue())
    lines = shown.getvalue().splitlines()
    return json.loads(lines[-1]) if "--json" in words else lines


if __name__ == "__main__":
    sys.stdout.write(json.dumps([told(words) for words in json.loads(sys.argv[1])]))
