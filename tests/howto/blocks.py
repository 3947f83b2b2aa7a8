"""The code of a how-to: each block under the name of its file."""

from __future__ import annotations

import re
from pathlib import Path

HOWTO = Path(__file__).resolve().parents[2] / "docs" / "howto"
_FILE = re.compile(r"^`(?P<name>[\w/]+\.py)`\n\n```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def files_in(document: str) -> dict[str, str]:
    text = (HOWTO / document).read_text(encoding="utf-8")
    return {found["name"]: found["code"] for found in _FILE.finditer(text)}


def lines_of_code(code: str) -> int:
    """Without blank lines."""
    return sum(bool(line.strip()) for line in code.splitlines())


def lay_down(files: dict[str, str], folder: Path) -> None:
    for name, code in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        (place.parent / "__init__.py").touch()
        place.write_text(code, encoding="utf-8")
