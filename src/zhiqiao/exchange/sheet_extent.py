"""How far the cells of a sheet reach: the rectangle that its reader will build."""

from __future__ import annotations

import re

from zhiqiao.exchange.cells import FileRefused

_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_384
# A cell as spreadsheet programs write it: where it stands comes first. Its end tells whether it holds anything:
# cells that are only formatted cost nothing. Any other spelling of a cell matches without a place.
_CELL = rb'c(?: r="([A-Z]{1,3})([1-9]\d{0,6})"(?: [\w:]+="[^"<>]*")* ?(/>|></|>)|(?=[\s/>]))'
_PLAIN_CELL = re.compile(rb"<" + _CELL)
_NAMED_CELL = re.compile(rb"<(?:[^\s<>:/]*:)?" + _CELL)  # some write <x:c>; slower to look for
_PLACE = re.compile(r"([A-Z]{1,3})0*([1-9]\d{0,6})", re.ASCII)


class UnusualCell(Exception):
    """A cell in a spelling that only a real parser of XML understands."""


class Extent:
    """Grows with the cells. Raises FileRefused once they span more than ``limit`` cells, or leave the sheet."""

    def __init__(self, shown: str, limit: int) -> None:
        self._shown = shown
        self._limit = limit
        self._cells = 0
        self._column, self._column_at = 0, ""
        self._row, self._row_at = 0, ""
        self._seen: set[bytes] = set()

    def widen(self, xml: bytes) -> None:
        """Take every cell in a piece of the sheet. Raises UnusualCell where one of them has no plain place."""
        found = (_NAMED_CELL if b":c" in xml else _PLAIN_CELL).findall(xml)
        if any(not end for _, _, end in found):
            raise UnusualCell
        filled = [(letters, digits) for letters, digits, end in found if end == b">"]
        if not filled:
            return
        columns, rows = {letters for letters, _ in filled}, {digits for _, digits in filled}
        for letters in columns - self._seen:
            at = next(digits for each, digits in filled if each == letters)
            self._reach(_number(letters.decode()), int(at), letters.decode())
        self._seen |= columns
        last = max(rows, key=int)
        at_last = next(letters for letters, digits in filled if digits == last).decode()
        self._reach(_number(at_last), int(last), at_last)
        self._count(len(filled))

    def take(self, place: str | None, row: int, column: int, *, filled: bool) -> tuple[int, int]:
        """One cell and where it stands; ``row`` and ``column`` are for a cell that does not say."""
        letters = ""
        if place is not None:
            found = _PLACE.fullmatch(place.upper())
            if found is None:
                raise FileRefused("file_unreadable", file=self._shown)
            letters, row, column = found[1], int(found[2]), _number(found[1])
        if filled:
            self._reach(column, row, letters or _letters(column))
            self._count(1)
        return row, column

    def _count(self, cells: int) -> None:
        # As many cells in one place take the reader's memory too.
        self._cells += cells
        if self._cells > self._limit:
            raise FileRefused("workbook_too_large", file=self._shown, cells=self._cells, limit=self._limit)

    def _reach(self, column: int, row: int, letters: str) -> None:
        if column > _LAST_COLUMN or row > _LAST_ROW:
            raise FileRefused("file_unreadable", file=self._shown)
        if column > self._column:
            self._column, self._column_at = column, f"{letters}{row}"
        if row > self._row:
            self._row, self._row_at = row, f"{letters}{row}"
        if self._column * self._row > self._limit:
            far = ", ".join(dict.fromkeys((self._column_at, self._row_at)))
            raise FileRefused("sheet_too_wide", file=self._shown, cell=far, column=self._column, rows=self._row)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
