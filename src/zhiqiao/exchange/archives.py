"""Unpack a vendor's zip of parts, one member at a time, never more than the limits allow."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from zhiqiao.exchange.cells import FileRefused

_BLOCK = 1 << 20
_UTF8_NAME = 0x800
# Drawings and schemas that come along with full texts.
_PASSED_OVER = (".tif", ".tiff", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".dtd", ".xsd", ".xsl", ".ent")
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes once unpacked. They keep a small hostile file from filling disk or memory."""

    member_bytes: int = 2 << 30
    archive_bytes: int = 8 << 30
    members: int = 100_000
    workbook_bytes: int = 2 << 30
    sheet_cells: int = 20_000_000  # in the rectangle around all values; a reader takes 32 bytes for each


def extract_members(path: Path, shown: str, folder: Path, limits: Limits) -> Iterator[tuple[str, Path | FileRefused]]:
    """Each member's name with the extracted file, or with why it was not extracted.

    Raises FileRefused where the archive as a whole is past its limits or damaged.
    """
    with zipfile.ZipFile(path) as archive:
        members = sorted((name, entry) for entry in archive.infolist() if is_wanted(name := member_name(entry)))
        if len(members) > limits.members:
            raise FileRefused("archive_too_large", file=shown, members=len(members), limit=limits.members)
        left = limits.archive_bytes
        for index, (name, entry) in enumerate(members):
            target = folder / f"{index}{PurePosixPath(name).suffix.lower()}"
            try:
                left -= _extract(archive, entry, target, min(left, limits.member_bytes))
            except FileRefused as refusal:
                target.unlink(missing_ok=True)
                yield name, FileRefused(refusal.reason, file=f"{shown}/{name}", **refusal.facts)
            else:
                yield name, target


def member_count(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(is_wanted(member_name(entry)) for entry in archive.infolist())


def member_name(entry: zipfile.ZipInfo) -> str:
    """The member's name; zips packed on Chinese Windows carry GBK names without saying so."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def is_wanted(name: str) -> bool:
    """Whether a file in a folder or archive may be a list: no lock files, drawings, or leavings of packers."""
    parts = PurePosixPath(name).parts
    if not parts or name.endswith("/") or "__MACOSX" in parts:
        return False
    return not parts[-1].startswith((".", "~$")) and not parts[-1].lower().endswith(_PASSED_OVER)


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limit: int) -> int:
    """Bytes written. Counts what really comes out: the size in the header can lie."""
    if entry.flag_bits & _ENCRYPTED:
        raise FileRefused("file_encrypted")
    written = 0
    try:
        with archive.open(entry) as source, target.open("wb") as sink:
            while block := source.read(_BLOCK):
                written += len(block)
                if written > limit:
                    raise FileRefused("archive_too_large", limit=limit)
                sink.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise FileRefused("file_truncated") from error
    return written
