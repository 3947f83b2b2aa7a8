"""Rebuild the compressed reference tables of the registry from the published classification lists.

Usage: python scripts/reference/build.py FOLDER [TARGET]
FOLDER holds ipc_2026_zh.csv, gbt4754_2017.csv and dongguan_towns.csv.
What the published list lacks or garbles, and the classes that have ended, is kept by hand in ipc_repairs.csv.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "src" / "zhiqiao" / "registry" / "reference"
LEVELS = ("section", "class", "subclass", "main_group")

# The list at hand gives this class the code of the one before it.
MISPRINTED_INDUSTRIES = {"海洋石油开采": "0712"}

# A bracket that names another class, or says which place wins, sends the reader elsewhere: no title.
CROSS_REFERENCE = re.compile(r"[A-H]\s?\d{2}|优先|见第|入[A-H]")
EDITION_MARK = re.compile(r"[〔\[［][\d.,，、\s]+([〕\]］]|$)")
# Notes that the published list runs into the title.
NOTE = re.compile(r"(注意|注：|\s\d[.．]|附注).*$", re.DOTALL)
UNCLOSED = re.compile(r"（[^）]*$")
TRAILING_CODES = re.compile(r"(?<=[\u4e00-\u9fff〕\]])[A-H]\d{2}[A-Z](,[A-H]\d{2}[A-Z])*$")


def without_cross_references(title: str) -> str:
    """Drop the innermost brackets that refer to other classes until none is left."""
    text = title.replace("(", "（").replace(")", "）")
    while True:
        shorter = re.sub(
            r"（[^（）]*）", lambda found: "" if CROSS_REFERENCE.search(found[0]) else _kept(found[0]), text
        )
        if shorter == text:
            return text.replace("\x00", "（").replace("\x01", "）")
        text = shorter


def _kept(bracket: str) -> str:
    return "\x00" + bracket[1:-1] + "\x01"


def short_title(title: str) -> str:
    text = EDITION_MARK.sub("", without_cross_references(title))
    text = TRAILING_CODES.sub("", text)
    text = UNCLOSED.sub("", text)
    # The published list loses brackets now and then: a reference is known by its words too.
    text = "；".join(part for part in text.split("；") if not re.search(r"入\s?[A-H]\s?\d", part))
    text = NOTE.sub("", text)
    text = re.sub(r"\s+", " ", text).replace(";", "；")
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text).strip("；，。 ")


def parent_of(code: str) -> str:
    if len(code) == 1:
        return ""
    return {3: code[:1], 4: code[:3]}.get(len(code), code[:4])


def ipc_rows(folder: Path) -> list[tuple[str, ...]]:
    english = {row["code"]: row["title_en"] for row in read(HERE / "ipc_english.csv", "|")}
    rows = {
        row["code"]: (row["level"], short_title(row["title_zh"]), "", "")
        for row in read(folder / "ipc_2026_zh.csv")
        if row["level"] in LEVELS
    }
    for row in read(HERE / "ipc_repairs.csv", "|"):
        rows[row["code"]] = (row["level"], row["title_zh"], row["effective_from"], row["effective_to"])
    for code, (level, title, begins, ends) in rows.items():
        subclass = rows.get(code[:4], ("", "", "", ""))
        rows[code] = (level, title, begins or subclass[2], ends or subclass[3])
    return [
        (code, level, title, english.get(code, ""), parent_of(code), begins, ends)
        for code, (level, title, begins, ends) in sorted(rows.items(), key=lambda item: sort_key(item[0]))
    ]


def sort_key(code: str) -> tuple[str, int]:
    return code[:4], int(code[4:].split("/")[0] or 0) if len(code) > 4 else -1


def industry_rows(folder: Path) -> list[tuple[str, ...]]:
    english = {row["code"]: row["title_en"] for row in read(HERE / "industry_english.csv", "|")}
    levels = ("section", "division", "group", "class")
    return [
        (
            MISPRINTED_INDUSTRIES.get(row["name"], row["industry_id"]),
            levels[int(row["level_type"])],
            row["name"].replace(" ", ""),
            english.get(row["industry_id"], ""),
            row["parent_id"],
        )
        for row in read(folder / "gbt4754_2017.csv")
    ]


def town_rows(folder: Path) -> list[tuple[str, ...]]:
    kinds = {"街道": "subdistrict", "镇": "town"}
    return [
        (
            row["code"],
            next((kind for ending, kind in kinds.items() if row["name"].endswith(ending)), "park"),
            row["name"],
        )
        for row in read(folder / "dongguan_towns.csv")
    ]


def read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a gzip whose bytes depend on the rows alone: no file name and no time in its header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    path.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))


def main(folder: Path, target: Path) -> None:
    entry = ("code", "level", "title_zh", "title_en", "parent")
    write(target / "ipc.csv.gz", (*entry, "effective_from", "effective_to"), ipc_rows(folder))
    write(target / "industries.csv.gz", entry, industry_rows(folder))
    write(target / "towns.csv.gz", ("code", "level", "title_zh"), town_rows(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else TARGET)
