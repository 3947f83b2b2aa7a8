"""Tell what a file is from its first bytes; the ending of its name only helps to word a refusal."""

from __future__ import annotations

import codecs
import zipfile
from enum import Enum
from pathlib import Path

from zhiqiao.exchange.cells import FileRefused

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Stream names in an OLE directory are UTF-16; these two mean a password-protected Office file.
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_TEXT_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SNIFFED_BYTES = 8192


class FileKind(Enum):
    WORKBOOK = "workbook"
    DELIMITED = "delimited"
    XML = "xml"
    WEB_PAGE = "web_page"
    ARCHIVE = "archive"


def detect_kind(path: Path, shown: str) -> FileKind:
    """Raises FileRefused: file_missing, file_empty, file_encrypted, file_truncated, file_kind_unknown."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_SNIFFED_BYTES)
    except OSError as error:
        raise FileRefused("file_unreadable", file=shown, detail=error.strerror or "") from error
    if not head.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise FileRefused("file_empty", file=shown)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path, shown)
    if head.startswith(_OLE):
        return _ole_kind(path, shown)
    return _text_kind(head, shown)


def _zip_kind(path: Path, shown: str) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefused("file_truncated", file=shown) from error
    if "[Content_Types].xml" in names or "content.xml" in names:
        return FileKind.WORKBOOK
    if not names:
        raise FileRefused("file_empty", file=shown)
    return FileKind.ARCHIVE


def _ole_kind(path: Path, shown: str) -> FileKind:
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            if _ENCRYPTED_STREAM in block:
                raise FileRefused("file_encrypted", file=shown)
    return FileKind.WORKBOOK


def _text_kind(head: bytes, shown: str) -> FileKind:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        return FileKind.WEB_PAGE
    if start.startswith(b"<"):
        return FileKind.XML
    if head.startswith(_TEXT_MARKS):
        return FileKind.DELIMITED
    if b"\x00" in head:
        raise FileRefused("file_kind_unknown", file=shown)
    return FileKind.DELIMITED
