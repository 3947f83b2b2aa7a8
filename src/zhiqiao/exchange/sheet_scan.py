"""Look at the XML inside an .xlsx before it is loaded: honest sizes, hidden rows, a stray cell far away.

The reader builds a full rectangle around the outermost cells, so that one stray value in column XFD
of a long sheet would take gigabytes; and it does not tell which rows are hidden.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from zhiqiao.exchange.archives import Limits
from zhiqiao.exchange.cells import FileRefused

_BLOCK = 1 << 20
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\shidden="(?:1|true)"')
_ROW_NUMBER = re.compile(rb'<(?:\w+:)?row\b[^>]*?\sr="(\d+)"')
# A value in a column from AAA (703) or a row from 1 000 000 on; self-closing cells are only formatted and cost nothing.
_FAR_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\sr="(?:([A-Z]{3,})(\d+)|[A-Z]{1,2}(\d{7,}))"[^>]*[^/]>')
_CLAIMED_COUNT = re.compile(rb'[cC]ount="(\d+)"')
_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_384
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class SheetFacts:
    hidden_rows: int
    last_row: int


def scan_sheets(path: Path, shown: str, limits: Limits) -> dict[str, SheetFacts]:
    """Facts by sheet name; empty for zipped formats other than .xlsx. Raises FileRefused for damage and excess."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, shown, limits)
            parts = _sheet_parts(archive)
            return {name: _scan(archive, part, shown, limits) for name, part in parts.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise FileRefused("file_truncated", file=shown) from error
    except (ElementTree.ParseError, DefusedXmlException, LookupError, RuntimeError, ValueError) as error:
        raise FileRefused("file_unreadable", file=shown, detail=str(error)) from error


def _check_sizes(archive: zipfile.ZipFile, shown: str, limits: Limits) -> None:
    total = sum(entry.file_size for entry in archive.infolist())
    if total > limits.workbook_bytes:
        raise FileRefused("workbook_too_large", file=shown, bytes=total, limit=limits.workbook_bytes)
    for entry in archive.infolist():
        if entry.filename.endswith("sharedStrings.xml"):
            _check_shared_texts(archive, entry, shown)


def _check_shared_texts(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> None:
    """The reader reserves room for as many texts as the part claims to have; each takes some bytes.

    The part is read to its end, since a header can claim less than it holds: then the checksum tells.
    """
    for at, block in enumerate(_blocks(archive, entry.filename)):
        claims = _CLAIMED_COUNT.findall(block[:4096]) if at == 0 else []
        if any(int(claim[:18]) > entry.file_size for claim in claims):
            raise FileRefused("file_unreadable", file=shown)


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    relations = {
        node.get("Id"): node.get("Target", "")
        for node in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    found = {}
    for node in book.iter():
        if node.tag.endswith("}sheet"):
            target = relations.get(node.get(_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in names:
                found[node.get("name", "")] = part
    return found


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _scan(archive: zipfile.ZipFile, part: str, shown: str, limits: Limits) -> SheetFacts:
    hidden, last_row, column = 0, 0, 0
    rest = b""
    for block in _blocks(archive, part):
        text = rest + block
        cut = text.rfind(b"<")
        whole, rest = (text[:cut], text[cut:]) if cut >= 0 else (b"", text[-_BLOCK:])
        hidden += sum(1 for _ in _HIDDEN_ROW.finditer(whole)) if b"hidden=" in whole else 0
        last_row = max(last_row, _last_row(whole))
        for found in _FAR_CELL.finditer(whole):
            column = max(column, _column_number((found[1] or b"").decode()))
            last_row = max(last_row, int((found[2] or found[3])[:12]))
    if column > _LAST_COLUMN or last_row > _LAST_ROW:
        raise FileRefused("file_unreadable", file=shown)
    if column * last_row > limits.sheet_cells:
        raise FileRefused("sheet_too_wide", file=shown, column=column, rows=last_row)
    return SheetFacts(hidden_rows=hidden, last_row=last_row)


def _last_row(whole: bytes) -> int:
    start = max(whole.rfind(b"<row "), whole.rfind(b":row "))
    found = _ROW_NUMBER.search(whole, max(start - 4, 0)) if start >= 0 else None
    return int(found[1][:12]) if found else 0


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
