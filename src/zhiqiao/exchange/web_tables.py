"""Read the web page with a table that many systems hand out as .xls."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from zhiqiao.exchange.archives import Limits
from zhiqiao.exchange.cells import FileRefused, NumberedRow, Table
from zhiqiao.exchange.delimited import Encoding, detect_encoding

_BLOCK = 1 << 16
_WIDEST_SPAN = 1_000
_SILENT = frozenset({"script", "style", "title"})


def open_web_table(path: Path, shown: str, _limits: Limits) -> Iterator[Table]:
    """All rows of the page's tables as one sheet. Raises FileRefused ``file_is_web_page`` where there are none."""
    if not _has_rows(path):
        raise FileRefused("file_is_web_page", file=shown)
    encoding = detect_encoding(path, shown)
    yield Table(file=shown, sheet=None, format="xls", rows=_rows(path, encoding))


def _has_rows(path: Path) -> bool:
    rest = b""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if b"<tr" in (rest + block).lower():
                return True
            rest = block[-2:]
    return False


def _rows(path: Path, encoding: Encoding) -> Iterator[NumberedRow]:
    parser = _RowParser()
    number = 0
    with path.open(encoding=encoding.name, errors="replace", newline="") as stream:
        while block := stream.read(_BLOCK):
            parser.feed(block)
            for row in parser.take():
                number += 1
                yield number, row
    parser.close()
    for row in parser.take():
        number += 1
        yield number, row


class _RowParser(HTMLParser):
    """Collects rows; a cell over several columns stands in the first, one over several rows in each of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._ready: list[tuple[str, ...]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._silent = 0
        # By column: for how many rows a cell still holds, and its text.
        self._from_above: dict[int, tuple[int, str]] = {}
        self._to_below: dict[int, tuple[int, str]] = {}

    def take(self) -> list[tuple[str, ...]]:
        """The rows that are complete; each is given once."""
        ready, self._ready = self._ready, []
        return ready

    def close(self) -> None:
        super().close()
        self._end_row()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "tr":
            self._end_row()
            self._start_row()
        elif tag in ("td", "th"):
            self._end_cell()
            self._cell = []
            given = dict(attrs)
            self._spans = (_span(given.get("colspan")), _span(given.get("rowspan")))
        elif tag in ("br", "p", "div") and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_row()
            self._to_below = {}

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _start_row(self) -> None:
        self._row = []
        self._from_above, self._to_below = self._to_below, {}

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        lines = (" ".join(line.split()) for line in "".join(self._cell).split("\n"))
        text = "\n".join(filter(None, lines))
        self._cell = None
        if self._row is None:
            self._start_row()
        columns, rows = self._spans
        at = self._take_from_above()
        if rows > 1:
            self._to_below[len(at)] = (rows - 1, text)
        at += [text, *[""] * (columns - 1)]

    def _take_from_above(self) -> list[str]:
        """The row so far, with the cells that reach down to its next places."""
        row = self._row if self._row is not None else []
        while (held := self._from_above.pop(len(row), None)) is not None:
            left, text = held
            if left > 1:
                self._to_below[len(row)] = (left - 1, text)
            row.append(text)
        return row

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None:
            return
        row = self._take_from_above()
        for column in sorted(self._from_above):
            # One that a wide cell has run over already has no place left.
            if column >= len(row):
                row += [""] * (column - len(row))
                self._take_from_above()
        self._from_above = {}
        self._ready.append(tuple(row))
        self._row = None


def _span(given: str | None) -> int:
    if given is None or not (given.isascii() and given.isdigit() and len(given) < 6):
        return 1
    return max(1, min(int(given), _WIDEST_SPAN))
