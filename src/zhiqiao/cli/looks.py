"""What a file that is no list seems to be, so that its sender knows what to do with it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from zhiqiao.core.importing import ImportRequest
from zhiqiao.exchange.cells import FileRefused

Looks = tuple[str, str]
WORD: Final[Looks] = ("Word 文档", "a Word document")
SLIDES: Final[Looks] = ("演示文稿", "a presentation")
PICTURE: Final[Looks] = ("图片", "a picture")
PDF: Final[Looks] = ("PDF", "a PDF")

BEGINNINGS: Final = {
    b"%PDF": PDF, b"\x89PNG": PICTURE, b"\xff\xd8\xff": PICTURE, b"GIF8": PICTURE, b"II*\x00": PICTURE,
    b"MM\x00*": PICTURE, b"{\\rtf": WORD,
}  # fmt: skip
MEMBERS: Final = {"word/": WORD, "ppt/": SLIDES}
STREAMS: Final = {"WordDocument": WORD, "PowerPoint Document": SLIDES}
# What a file can be refused for that is something else altogether.
DOUBTFUL: Final = frozenset(
    {"file_unreadable", "file_kind_unknown", "file_truncated", "encoding_unknown", "heading_missing", "sheet_empty"}
)


@contextmanager
def named_refusals(request: ImportRequest) -> Iterator[None]:
    """A refusal of a file carries which kind of list was wanted and, where it shows, what the file is instead."""
    try:
        yield
    except FileRefused as refusal:
        refusal.facts.update(more_facts(request, refusal.reason, str(refusal.facts.get("file"))))
        raise


def refused_table(request: ImportRequest, table: Mapping[str, Any]) -> FileRefused:
    """The same for one table among others that could be read."""
    code, file = table["refused"], table["file"]
    return FileRefused(code, file=file, **more_facts(request, code, file))


def more_facts(request: ImportRequest, code: str, file: str) -> dict[str, Any]:
    path = dict(request.files).get(file)
    return {"kind": request.kind, "looks": looks_like(path) if path is not None and code in DOUBTFUL else None}


def looks_like(path: Path) -> Looks | None:
    """None for what may be a list, and for what shows no sign of anything else."""
    try:
        with path.open("rb") as stream:
            head = stream.read(1 << 20)
        if head.startswith(b"PK"):
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
            return next((looks for start, looks in MEMBERS.items() if any(n.startswith(start) for n in names)), None)
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return None
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return next((looks for name, looks in STREAMS.items() if name.encode("utf-16-le") in head), None)
    return next((looks for start, looks in BEGINNINGS.items() if head.lstrip().startswith(start)), None)
