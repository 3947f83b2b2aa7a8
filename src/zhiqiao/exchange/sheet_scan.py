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
from typing import IO

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from zhiqiao.exchange.archives import Limits
from zhiqiao.exchange.cells import FileRefused
from zhiqiao.exchange.sheet_extent import Extent, UnusualCell

_BLOCK = 1 << 20
_LONGEST_CELL = 4 << 20  # bytes without a tag; Excel's longest cell has 32 767 characters
_LARGEST_CONTENTS = 16 << 20  # bytes of the part that lists the sheets
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^<>]*?\shidden="(?:1|true)"')
_CLAIMED_COUNT = re.compile(rb'[cC]ount="(\d+)"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CONTENTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")


@dataclass(frozen=True, slots=True)
class SheetFacts:
    hidden_rows: int


def scan_sheets(path: Path, shown: str, limits: Limits) -> dict[str, SheetFacts]:
    """Facts by sheet name; empty for zipped formats other than .xlsx, and where a sheet cannot be found.

    Raises FileRefused for damage and excess.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, shown, limits)
            return {name: _scan(archive, part, shown, limits) for name, part in _sheet_parts(archive, shown)}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise FileRefused("file_truncated", file=shown) from error
    except (ElementTree.ParseError, DefusedXmlException, LookupError, RuntimeError, ValueError) as error:
        raise FileRefused("file_unreadable", file=shown, detail=str(error)) from error


def _check_sizes(archive: zipfile.ZipFile, shown: str, limits: Limits) -> None:
    names = [name.lower() for name in archive.namelist()]
    if len(set(names)) < len(names):
        # Which of two parts of one name counts differs from reader to reader.
        raise FileRefused("file_unreadable", file=shown)
    total = sum(entry.file_size for entry in archive.infolist())
    if total > limits.workbook_bytes:
        raise FileRefused("workbook_too_large", file=shown, bytes=total, limit=limits.workbook_bytes)
    for entry in archive.infolist():
        if entry.filename.lower().endswith("sharedstrings.xml"):
            _check_shared_texts(archive, entry, shown)


def _check_shared_texts(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> None:
    """The reader reserves room for as many texts as the part claims to have; each takes some bytes.

    The part is read to its end, since a header can claim less than it holds: then the checksum tells.
    """
    for at, block in enumerate(_blocks(archive, entry.filename)):
        claims = _CLAIMED_COUNT.findall(block[:4096]) if at == 0 else []
        if any(int(claim[:18]) > entry.file_size for claim in claims):
            raise FileRefused("file_unreadable", file=shown)


def _sheet_parts(archive: zipfile.ZipFile, shown: str) -> list[tuple[str, str]]:
    """Name and part of every sheet; empty where one of them has no part, since that one would go unlooked at."""
    names = set(archive.namelist())
    if not names.issuperset(_CONTENTS):
        return []
    for part in _CONTENTS:
        size = archive.getinfo(part).file_size
        if size > _LARGEST_CONTENTS:
            raise FileRefused("workbook_too_large", file=shown, bytes=size, limit=_LARGEST_CONTENTS)
    book, links = (ElementTree.fromstring(archive.read(part)) for part in _CONTENTS)
    relations = {node.get("Id"): node.get("Target", "") for node in links}
    found = []
    for node in book.iter():
        if node.tag.rpartition("}")[2] == "sheet":
            target = relations.get(node.get(_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found.append((node.get("name", ""), part))
    return found if names.issuperset(part for _, part in found) else []


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _scan(archive: zipfile.ZipFile, part: str, shown: str, limits: Limits) -> SheetFacts:
    hidden = 0
    extent = Extent(shown, limits.sheet_cells)
    try:
        for whole in _whole_tags(archive, part, shown):
            hidden += sum(1 for _ in _HIDDEN_ROW.finditer(whole)) if b"hidden=" in whole else 0
            extent.widen(whole)
    except UnusualCell:
        with archive.open(part) as stream:
            return _scan_slowly(stream, Extent(shown, limits.sheet_cells))
    return SheetFacts(hidden_rows=hidden)


def _whole_tags(archive: zipfile.ZipFile, part: str, shown: str) -> Iterator[bytes]:
    """The part in pieces, none of which ends within a tag."""
    rest = b""
    for block in _blocks(archive, part):
        text = rest + block
        cut = max(text.rfind(b"<"), 0)
        rest = text[cut:]
        if len(rest) > _LONGEST_CELL:
            raise FileRefused("cell_too_long", file=shown)
        yield text[:cut]


def _scan_slowly(stream: IO[bytes], extent: Extent) -> SheetFacts:
    """For cells in a spelling that XML allows and no spreadsheet program writes."""
    hidden = row = column = 0
    for event, node in ElementTree.iterparse(stream, ("start", "end")):
        name = node.tag.rpartition("}")[2]
        if name == "row" and event == "start":
            row, column = int(node.get("r") or row + 1), 0
            hidden += node.get("hidden") in {"1", "true"}
        elif name == "c" and event == "end":
            row, column = extent.take(node.get("r"), row, column + 1, filled=len(node) > 0)
        elif event == "end" and name == "row":
            node.clear()
    return SheetFacts(hidden_rows=hidden)
