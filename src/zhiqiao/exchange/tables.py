"""Open what a person hands over - a workbook, a text table, patent XML, an archive, a folder - as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from zhiqiao.exchange.archives import Limits, extract_members
from zhiqiao.exchange.cells import FileRefused, Table
from zhiqiao.exchange.cnipa_xml import open_xml
from zhiqiao.exchange.delimited import open_delimited
from zhiqiao.exchange.kinds import FileKind, detect_kind
from zhiqiao.exchange.workbooks import open_workbook
from zhiqiao.kernel.errors import ZhiqiaoError

__all__ = ["Limits", "open_tables"]

_OPENERS: dict[FileKind, Callable[[Path, str, Limits], Iterator[Table]]] = {
    FileKind.WORKBOOK: open_workbook,
    FileKind.DELIMITED: open_delimited,
    FileKind.XML: open_xml,
}


def open_tables(path: Path, limits: Limits | None = None, shown: str | None = None) -> Iterator[Table]:
    """Every table in a file, an archive or a folder, in the order of their names. ``shown`` is the name the person
    knows, where the file lies under another one.

    Raises FileRefused for a single file that cannot be read; inside folders and archives the
    member comes as a Table with a ``refusal`` instead, so that one bad part does not hide the rest.
    """
    bounds = limits or Limits()
    if path.is_dir():
        return _folder(path, bounds)
    if not path.is_file():
        raise FileRefused("file_missing", file=path.name)
    return _file(path, shown or path.name, bounds)


def _folder(path: Path, limits: Limits) -> Iterator[Table]:
    for member in sorted(path.rglob("*")):
        if member.is_file() and not member.name.startswith((".", "~$")):
            yield from _guarded(member, f"{path.name}/{member.relative_to(path).as_posix()}", limits)


def _file(path: Path, name: str, limits: Limits) -> Iterator[Table]:
    kind = detect_kind(path, name)
    if kind is FileKind.ARCHIVE:
        yield from _archive(path, name, limits)
    else:
        yield from _OPENERS[kind](path, name, limits)


def _archive(path: Path, name: str, limits: Limits) -> Iterator[Table]:
    with TemporaryDirectory(prefix="zhiqiao-archive-") as folder:
        for member, extracted in extract_members(path, name, Path(folder), limits):
            shown = f"{name}/{member}"
            if isinstance(extracted, ZhiqiaoError):
                yield _refused(shown, extracted)
                continue
            try:
                yield from _guarded_member(extracted, shown, limits)
            finally:
                extracted.unlink(missing_ok=True)


def _guarded_member(path: Path, shown: str, limits: Limits) -> Iterator[Table]:
    """A member of an archive; an archive within an archive is refused, so nesting cannot multiply sizes."""
    try:
        if detect_kind(path, shown) is FileKind.ARCHIVE:
            raise FileRefused("archive_nested", file=shown)
    except FileRefused as refusal:
        yield _refused(shown, refusal)
        return
    yield from _guarded(path, shown, limits)


def _guarded(path: Path, shown: str, limits: Limits) -> Iterator[Table]:
    try:
        yield from _file(path, shown, limits)
    except FileRefused as refusal:
        yield _refused(shown, refusal)


def _refused(shown: str, refusal: ZhiqiaoError) -> Table:
    return Table(file=shown, sheet=None, format="", rows=iter(()), refusal=refusal)
