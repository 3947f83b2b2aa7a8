"""Count how rare groups of letters are, and write the table that the matcher weighs them by.

    scripts/letter_rarities.py TABLE.csv [TABLE.csv …]

Every cell of the tables is a text of its own; the one in the package was counted on titles and abstracts of patents.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from zhiqiao.engine.letters import count_rarities

SHORTEST_TEXT = 6
TABLE = Path(__file__).parents[1] / "src" / "zhiqiao" / "engine" / "letters.bin"


def texts(paths: list[str]) -> Iterator[str]:
    for path in paths:
        with Path(path).open(encoding="utf-8-sig", newline="") as handle:
            for row in csv.reader(handle):
                yield from (cell for cell in row if len(cell) >= SHORTEST_TEXT and not cell.isascii())


if __name__ == "__main__":
    TABLE.write_bytes(count_rarities(texts(sys.argv[1:])))
