"""Read .csv, .tsv and .txt tables: any of the encodings Chinese offices save in, any usual delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from zhiqiao.exchange.archives import Limits
from zhiqiao.exchange.cells import Cell, FileRefused, Note, NumberedRow, Table

# Whole claims stand in one cell; the module's own limit of 128 KB is too small. It is process-wide.
_FIELD_LIMIT = 4 << 20
csv.field_size_limit(_FIELD_LIMIT)

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_RECORDS = 30
_BLOCK = 1 << 20
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_TEXT_FORMULA_CELL = re.compile(r"""(?:^|[,;\t|])"?="+[^"]""", re.MULTILINE)
# Fed after the last line: if it does not come back as a row of its own, a quote was left open.
_END = "\x00zhiqiao-end\x00"


@dataclass(frozen=True, slots=True)
class Encoding:
    """``damaged`` counts characters that could not be decoded; they read as U+FFFD."""

    name: str
    damaged: int


def open_delimited(path: Path, shown: str, _limits: Limits) -> Iterator[Table]:
    """The one table of a text file. Raises FileRefused encoding_unknown."""
    encoding = detect_encoding(path, shown)
    delimiter = sniff_delimiter(path, encoding)
    notes = (Note("text_damaged", {"count": encoding.damaged}),) if encoding.damaged else ()
    lines = _Lines(path, encoding)
    rows = _rows(lines, shown, delimiter)
    if _holds_texts_as_formulas(path, encoding):
        rows = ((number, tuple(map(_unwrapped, row))) for number, row in rows)
    yield Table(file=shown, sheet=None, format="csv", rows=rows, notes=notes, share=lines.share)


def detect_encoding(path: Path, shown: str) -> Encoding:
    """UTF-8, UTF-16 by its mark, else GB18030; the file is read through once, a block at a time."""
    with path.open("rb") as stream:
        head = stream.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", _damage(path, "utf-16"))
    if (damaged := _damage(path, "utf-8-sig")) == 0:
        return Encoding("utf-8-sig", 0)
    if (foreign := _damage(path, "gb18030")) == 0:
        return Encoding("gb18030", 0)
    best = min(Encoding("utf-8-sig", damaged), Encoding("gb18030", foreign), key=lambda each: each.damaged)
    # A cut or flipped byte spoils a character or two; more than one in a thousand is another encoding.
    if best.damaged * 1000 > path.stat().st_size:
        raise FileRefused("encoding_unknown", file=shown)
    return best


def _damage(path: Path, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    damaged = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            damaged += decoder.decode(block).count("\ufffd")
    return damaged + decoder.decode(b"", final=True).count("\ufffd")


def sniff_delimiter(path: Path, encoding: Encoding) -> str:
    """The delimiter under which most of the first rows have the same number of cells, more than one."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(path, encoding, delimiter))


def _evenness(path: Path, encoding: Encoding, delimiter: str) -> tuple[int, int]:
    with path.open(encoding=encoding.name, errors="replace", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        try:
            widths = Counter(len(row) for row in islice(reader, _SAMPLE_RECORDS) if len(row) > 1)
        except csv.Error:
            return (0, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return (count, width)


def _holds_texts_as_formulas(path: Path, encoding: Encoding) -> bool:
    """Whether numbers are written ``="2017…"``, by which exports keep a spreadsheet from rounding them."""
    with path.open(encoding=encoding.name, errors="replace", newline="") as stream:
        return _TEXT_FORMULA_CELL.search(stream.read(_BLOCK >> 4)) is not None


def _unwrapped(cell: Cell) -> Cell:
    found = _TEXT_FORMULA.fullmatch(cell) if isinstance(cell, str) and cell.startswith("=") else None
    return found.group(1) if found else cell


class _Lines:
    """The lines of a file, which knows how far into it they were read."""

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self._path = path
        self._encoding = encoding
        self._bytes = path.stat().st_size
        self._read = 0

    def __iter__(self) -> Iterator[str]:
        with self._path.open("rb") as raw:
            for line in io.TextIOWrapper(raw, encoding=self._encoding.name, errors="replace", newline=""):
                self._read = raw.tell()
                yield line
        yield f"{_END}\n"

    def share(self) -> float:
        return self._read / self._bytes if self._bytes else 0.0


def _rows(lines: _Lines, shown: str, delimiter: str) -> Iterator[NumberedRow]:
    """Blank lines are rows too, as in the spreadsheet program; line breaks inside quotes are not.

    Raises FileRefused quote_unclosed or cell_too_long where reading cannot go on.
    """
    reader = csv.reader(lines, delimiter=delimiter)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if row and _END in row[-1]:
                if row != [_END]:
                    raise FileRefused("quote_unclosed", file=shown, row_number=number)
                return
            yield number, tuple(row)
    except csv.Error as error:
        raise FileRefused("cell_too_long", file=shown, row_number=number + 1, detail=str(error)) from error
