"""Read .xlsx, .xlsm, .xls, .xlsb and .ods sheets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import python_calamine as calamine

from zhiqiao.exchange.archives import Limits
from zhiqiao.exchange.cells import FileRefused, Note, NumberedRow, Table
from zhiqiao.exchange.sheet_scan import SheetFacts, scan_sheets

_SUFFIXES = {".xls": "xls", ".xlsb": "xlsb", ".ods": "ods"}


def open_workbook(path: Path, shown: str, limits: Limits) -> Iterator[Table]:
    """One Table a sheet, hidden ones too: what is hidden was still handed over, so it is read and said.

    Empty sheets, of which older workbooks bring two, are passed over. Raises FileRefused ``file_empty``
    where there is nothing else.
    """
    facts = scan_sheets(path, shown, limits)
    book = _load(path, shown)
    found = False
    try:
        for sheet in book.sheets_metadata:
            if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            table = _table(book, sheet, shown, facts.get(sheet.name))
            if table is not None:
                found = True
                yield table
    finally:
        book.close()
    if not found:
        raise FileRefused("file_empty", file=shown)


def _load(path: Path, shown: str) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as error:
        raise FileRefused("file_encrypted", file=shown) from error
    except calamine.ZipError as error:
        raise FileRefused("file_truncated", file=shown, detail=str(error)) from error
    except (calamine.CalamineError, OSError) as error:
        raise FileRefused("file_unreadable", file=shown, detail=str(error)) from error


def _table(
    book: calamine.CalamineWorkbook, sheet: calamine.SheetMetadata, shown: str, facts: SheetFacts | None
) -> Table | None:
    try:
        cells = book.get_sheet_by_name(sheet.name)
    except (calamine.CalamineError, OSError) as error:
        raise FileRefused("file_unreadable", file=shown, sheet=sheet.name, detail=str(error)) from error
    if cells.start is None:
        return None
    notes = []
    if sheet.visible != calamine.SheetVisibleEnum.Visible:
        notes.append(Note("sheet_hidden", {"sheet": sheet.name}))
    if facts is not None and facts.hidden_rows:
        notes.append(Note("rows_hidden", {"sheet": sheet.name, "count": facts.hidden_rows}))
    suffix = _SUFFIXES.get(Path(shown).suffix.lower(), "xlsx")
    return Table(file=shown, sheet=sheet.name, format=suffix, rows=_rows(cells), notes=tuple(notes))


def _rows(sheet: calamine.CalamineSheet) -> Iterator[NumberedRow]:
    """Rows from 1, columns from A: the iterator keeps empty rows at the top but drops empty columns at the left."""
    if sheet.start is None:
        return
    pad = ("",) * sheet.start[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, (*pad, *row)
