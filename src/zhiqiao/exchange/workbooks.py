"""Read .xlsx, .xlsm, .xls, .xlsb and .ods sheets."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import python_calamine as calamine

from zhiqiao.exchange.archives import Limits
from zhiqiao.exchange.cells import Cell, Counted, FileRefused, Note, NumberedRow, Row, Table, part_of
from zhiqiao.exchange.probe import probe
from zhiqiao.exchange.sheet_scan import SheetFacts, scan_sheets

_SUFFIXES = {".xls": "xls", ".xlsb": "xlsb", ".ods": "ods"}


def open_workbook(path: Path, shown: str, limits: Limits) -> Iterator[Table]:
    """One Table a sheet, hidden ones too: what is hidden was still handed over, so it is read and said.

    Empty sheets, of which older workbooks bring two, are passed over. Raises FileRefused ``file_empty``
    where there is nothing else.
    """
    facts = scan_sheets(path, shown, limits) if zipfile.is_zipfile(path) else {}
    if not facts:
        probe(path, shown)
    book = _load(path, shown)
    found = False
    try:
        for at, sheet in enumerate(book.sheets_metadata):
            if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            table = _table(book, sheet, shown, facts.get(sheet.name))
            if table is not None:
                found = True
                yield replace(table, share=part_of(len(book.sheets_metadata), at, table.share))
    finally:
        book.close()
    if not found:
        raise FileRefused("file_empty", file=shown)


@contextmanager
def _failures_told(shown: str, sheet: str | None = None) -> Iterator[None]:
    """Turn every way in which the reader fails into a refusal."""
    facts = {"file": shown} | ({"sheet": sheet} if sheet else {})
    try:
        yield
    except calamine.PasswordError as error:
        raise FileRefused("file_encrypted", **facts) from error
    except calamine.ZipError as error:
        raise FileRefused("file_truncated", **facts, detail=str(error)[:200]) from error
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise FileRefused("file_unreadable", **facts, detail=str(error)[:200]) from error
    except BaseException as error:
        # On some damaged files the reader panics; that arrives as an exception outside Exception, in a
        # class that cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused("file_unreadable", **facts) from None


def _load(path: Path, shown: str) -> calamine.CalamineWorkbook:
    with _failures_told(shown):
        return calamine.CalamineWorkbook.from_path(str(path))


def _table(
    book: calamine.CalamineWorkbook, sheet: calamine.SheetMetadata, shown: str, facts: SheetFacts | None
) -> Table | None:
    with _failures_told(shown, sheet.name):
        cells = book.get_sheet_by_name(sheet.name)
        if cells.start is None:
            return None
    notes = []
    if sheet.visible != calamine.SheetVisibleEnum.Visible:
        notes.append(Note("sheet_hidden", {"sheet": sheet.name}))
    if facts is not None and facts.hidden_rows:
        notes.append(Note("rows_hidden", {"sheet": sheet.name, "count": facts.hidden_rows}))
    suffix = _SUFFIXES.get(Path(shown).suffix.lower(), "xlsx")
    rows = Counted(_guarded(_rows(cells), shown, sheet.name), cells.total_height)
    return Table(file=shown, sheet=sheet.name, format=suffix, rows=rows, notes=tuple(notes), share=rows.share)


def _guarded(rows: Iterator[NumberedRow], shown: str, sheet: str) -> Iterator[NumberedRow]:
    with _failures_told(shown, sheet):
        yield from rows


def _rows(sheet: calamine.CalamineSheet) -> Iterator[NumberedRow]:
    """Rows from 1, columns from A: the iterator keeps empty rows at the top but drops empty columns at the left.

    A cell merged over several rows holds for each of them; one merged over columns stands in the first.
    """
    if sheet.start is None:
        return
    pad: Row = ("",) * sheet.start[1]
    merged = _merged_down(sheet)
    held: dict[int, tuple[int, Cell]] = {}
    for at, cells in enumerate(sheet.iter_rows()):
        row = (*pad, *cells)
        if held or at in merged:
            row = _filled(row, at, held, merged.get(at, ()))
        yield at + 1, row


def _merged_down(sheet: calamine.CalamineSheet) -> dict[int, list[tuple[int, int]]]:
    """Column and last row of the cells merged downwards, by their first row; all counted from 0."""
    found: dict[int, list[tuple[int, int]]] = {}
    for (first_row, column), (last_row, _) in sheet.merged_cell_ranges or ():
        if last_row > first_row:
            found.setdefault(first_row, []).append((column, last_row))
    return found


def _filled(row: Row, at: int, held: dict[int, tuple[int, Cell]], starting: Iterable[tuple[int, int]]) -> Row:
    """The row with what the merged cells above it hold; ``held`` is kept up to date."""
    cells = list(row)
    for column, (last_row, value) in list(held.items()):
        if at > last_row:
            del held[column]
        elif column < len(cells):
            cells[column] = value
    for column, last_row in starting:
        if column < len(cells):
            held[column] = last_row, cells[column]
    return tuple(cells)
