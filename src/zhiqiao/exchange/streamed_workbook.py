"""A list as .xlsx, sent while it is made: the first bytes leave at once and memory stays flat at any length."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from html import escape
from typing import Final

from zhiqiao.exchange.spreadsheets import LAST_ROW, Column, Value, as_figure, as_local, as_text, sheet_title, xlsx_text

AT_ONCE: Final = 1 << 16  # bytes
LARGEST_SHEET: Final = 1_500_000_000  # bytes before packing; beyond 2 GiB the archive would need another form
HEADING, DAY, MOMENT = 1, 2, 3  # styles below
_FIRST_DAY = date(1899, 12, 30)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/>'
    '<name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/>'
    '<xf fontId="1" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Passing:
    """A file that only ever goes forward: what was written is taken away and sent."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, data: bytes, /) -> int:
        self._waiting += data
        return len(data)

    def flush(self) -> None:
        """There is nothing below to flush to."""

    def close(self) -> None:
        """What waits is taken after the archive is closed."""

    def __len__(self) -> int:
        return len(self._waiting)

    def taken(self) -> bytes:
        data = bytes(self._waiting)
        self._waiting.clear()
        return data


def workbook_chunks(title: str, columns: Sequence[Column], rows: Iterable[Iterable[Value]]) -> Iterator[bytes]:
    """Text stays text: nothing in a cell is a formula or a link. A full sheet goes on in another."""
    passing, source = _Passing(), iter(rows)
    taken: set[str] = set()
    titles: list[str] = []
    more = True
    with zipfile.ZipFile(passing, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        while more:
            titles.append(sheet_title(title, taken))
            with archive.open(f"xl/worksheets/sheet{len(titles)}.xml", "w") as part:
                part.write(_opening(columns).encode())
                more, row, written = False, 1, 0
                for values in source:
                    row += 1
                    written += part.write(_row(row, values).encode())
                    if len(passing) > AT_ONCE:
                        yield passing.taken()
                    if row == LAST_ROW or written > LARGEST_SHEET:
                        more = True
                        break
                part.write(b"</sheetData></worksheet>")
        for name, text in _frame(titles):
            archive.writestr(name, text)
    yield passing.taken()


def _opening(columns: Sequence[Column]) -> str:
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{column.width}" customWidth="1"/>' for at, column in enumerate(columns, 1)
    )
    headings = "".join(f'<c t="inlineStr" s="{HEADING}">{_text(column.heading)}</c>' for column in columns)
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
        f' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>{f"<cols>{widths}</cols>" * bool(columns)}'
        f'<sheetData><row r="1">{headings}</row>'
    )


def _row(number: int, values: Iterable[Value]) -> str:
    return f'<row r="{number}">{"".join(map(_cell, values))}</row>'


def _cell(value: Value) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr">{_text(value)}</c>'
    if (figure := as_figure(value)) is not None:
        return f"<c><v>{figure!r}</v></c>"
    if isinstance(value, datetime) and value.year >= 1900:
        local = as_local(value)
        since = local - datetime(_FIRST_DAY.year, _FIRST_DAY.month, _FIRST_DAY.day)
        return f'<c s="{MOMENT}"><v>{since.days + since.seconds / 86_400!r}</v></c>'
    if isinstance(value, date) and not isinstance(value, datetime) and value.year >= 1900:
        return f'<c s="{DAY}"><v>{(value - _FIRST_DAY).days}</v></c>'
    return f'<c t="inlineStr">{_text(as_text(value))}</c>'


def _text(text: str) -> str:
    plain = _UNWRITABLE.sub("", _LIKE_AN_ESCAPE.sub("_x005F_", xlsx_text(text)))
    return f'<is><t xml:space="preserve">{escape(plain, quote=False)}</t></is>'


def _frame(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What holds the sheets together; it may stand at the end of the archive."""
    numbered = list(enumerate(titles, 1))
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"/>' for at, name in numbered)
    yield "xl/workbook.xml", f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{sheets}</sheets></workbook>'
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at, _ in numbered
    )
    styles = f'<Relationship Id="rId{len(titles) + 1}" Type="{_LINKS}/styles" Target="styles.xml"/>'
    head = f'{_XML}<Relationships xmlns="{_PARTS}/relationships">'
    yield "xl/_rels/workbook.xml.rels", f"{head}{links}{styles}</Relationships>"
    yield "xl/styles.xml", _STYLES
    root = f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f"{head}{root}</Relationships>"
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{_KIND}.worksheet+xml"/>' for at, _ in numbered
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PARTS}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
        f' ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{kinds}</Types>',
    )
