"""Open what a person hands over - a workbook, a text table, patent XML, an archive, a folder - as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from zhiqiao.exchange.archives import Limits, extract_members, is_wanted, member_count
from zhiqiao.exchange.cells import FileRefused, Table, part_of
from zhiqiao.exchange.cnipa_xml import open_xml
from zhiqiao.exchange.delimited import open_delimited
from zhiqiao.exchange.kinds import FileKind, detect_kind
from zhiqiao.exchange.web_tables import open_web_table
from zhiqiao.exchange.workbooks import open_workbook
from zhiqiao.kernel.errors import ZhiqiaoError

__all__ = ["Limits", "open_tables"]

_OPENERS: dict[FileKind, Callable[[Path, str, Limits], Iterator[Table]]] = {
    FileKind.WORKBOOK: open_workbook,
    FileKind.DELIMITED: open_delimited,
    FileKind.XML: open_xml,
    FileKind.WEB_PAGE: open_web_table,
}


def open_tables(path: Path, shown: str | None = None, limits: Limits | None = None) -> Iterator[Table]:
    """Every table in a file, an archive or a folder, in the order of their names.

    ``shown`` is the name the person knows the file by, where it is stored under another. What cannot be
    read comes as a Table with a ``refusal`` instead of rows, so that one bad part does not hide the rest;
    ``read_headings`` raises that refusal.
    """
    bounds = limits or Limits()
    name = shown or path.name
    if path.is_dir():
        for member in sorted(path.rglob("*")):
            if member.is_file() and is_wanted(member.name):
                yield from _guarded(member, f"{name}/{member.relative_to(path).as_posix()}", bounds)
    elif path.is_file():
        yield from _guarded(path, name, bounds)
    else:
        yield _refused(name, FileRefused("file_missing", file=name))


def _guarded(path: Path, shown: str, limits: Limits) -> Iterator[Table]:
    try:
        kind = detect_kind(path, shown)
        if kind is FileKind.ARCHIVE:
            yield from _archive(path, shown, limits)
        else:
            yield from _OPENERS[kind](path, shown, limits)
    except FileRefused as refusal:
        yield _refused(shown, refusal)


def _archive(path: Path, shown: str, limits: Limits) -> Iterator[Table]:
    """An archive within an archive is refused, so that nesting cannot multiply sizes."""
    members = member_count(path)
    with TemporaryDirectory(prefix="zhiqiao-archive-") as folder:
        for at, (member, extracted) in enumerate(extract_members(path, shown, Path(folder), limits)):
            name = f"{shown}/{member}"
            if isinstance(extracted, FileRefused):
                yield _refused(name, extracted)
                continue
            if _is_archive(extracted, name):
                yield _refused(name, FileRefused("archive_nested", file=name))
            else:
                for table in _guarded(extracted, name, limits):
                    yield replace(table, share=part_of(members, at, table.share))
            extracted.unlink(missing_ok=True)


def _is_archive(path: Path, shown: str) -> bool:
    try:
        return detect_kind(path, shown) is FileKind.ARCHIVE
    except FileRefused:
        return False


def _refused(shown: str, refusal: ZhiqiaoError) -> Table:
    return Table(file=shown, sheet=None, format="", rows=iter(()), refusal=refusal)
