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
# Columns from AAA (703) on, with a value: self-closing cells are only formatted and cost nothing.
_FAR_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]{3})(\d+)"[^>]*[^/]>')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class SheetFacts:
    hidden_rows: int
    last_row: int
    far_column: str | None


def scan_sheets(path: Path, shown: str, limits: Limits) -> dict[str, SheetFacts]:
    """Facts by sheet name; empty for formats other than .xlsx. Raises FileRefused for damage and excess."""
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, shown, limits)
            parts = _sheet_parts(archive)
            return {name: _scan(archive, part, shown, limits) for name, part in parts.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise FileRefused("file_truncated", file=shown) from error
    except (ElementTree.ParseError, DefusedXmlException, KeyError, RuntimeError) as error:
        raise FileRefused("file_unreadable", file=shown, detail=str(error)) from error


def _check_sizes(archive: zipfile.ZipFile, shown: str, limits: Limits) -> None:
    total = sum(entry.file_size for entry in archive.infolist())
    if total > limits.workbook_bytes:
        raise FileRefused("workbook_too_large", file=shown, bytes=total, limit=limits.workbook_bytes)
    # A header can claim less than it holds; reading to the claimed end makes the checksum tell.
    for entry in archive.infolist():
        if entry.filename.endswith("sharedStrings.xml"):
            for _block in _blocks(archive, entry.filename):
                pass


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
    hidden, last_row, far = 0, 0, ""
    rest = b""
    for block in _blocks(archive, part):
        text = rest + block
        cut = text.rfind(b"<")
        whole, rest = (text[:cut], text[cut:]) if cut >= 0 else (b"", text[-_BLOCK:])
        hidden += sum(1 for _ in _HIDDEN_ROW.finditer(whole)) if b"hidden=" in whole else 0
        last_row = max(last_row, _last_row(whole))
        far = max(far, *(found.group(1).decode() for found in _FAR_CELL.finditer(whole)), "")
    facts = SheetFacts(hidden_rows=hidden, last_row=last_row, far_column=far or None)
    if _column_number(far) * last_row > limits.sheet_cells:
        raise FileRefused("sheet_too_wide", file=shown, column=far, rows=last_row)
    return facts


def _last_row(whole: bytes) -> int:
    start = max(whole.rfind(b"<row "), whole.rfind(b":row "))
    found = _ROW_NUMBER.search(whole, max(start - 4, 0)) if start >= 0 else None
    return int(found.group(1)) if found else 0


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
