"""Files kept under the SHA-256 of their content, in the installation's home; and files beside a record."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Protocol

from django.conf import settings

from zhiqiao.core.actors import ActingUser
from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.models import Attachment, Blob
from zhiqiao.kernel.errors import Conflict, Invalid, ZhiqiaoError

LIMIT = 2 * 1024**3  # bytes; a caller that takes files from the public names a smaller one
CHUNK = 1024 * 1024  # bytes
STALE = 24 * 3600  # seconds after which a half-written file is of no use to anybody
NAME_LENGTH = 255  # characters
UNKNOWN_TYPE = "application/octet-stream"


class FileTooLarge(ZhiqiaoError):
    """The file has more bytes than are taken here; ``limit`` says how many are."""

    code = "file_too_large"


class BlobDamaged(ZhiqiaoError):
    """The kept bytes are missing or are not the ones that were stored."""

    code = "blob_damaged"
    kind = "unavailable"


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Received:
    path: Path
    sha256: str
    size: int


def store_stream(stream: Readable, media_type: str = UNKNOWN_TYPE, *, limit: int = LIMIT) -> Blob:
    """Keep what the stream gives; the same bytes are kept once. Raises ``FileTooLarge`` past ``limit`` bytes.

    The bytes are on disk before the row is written, so a row never names bytes that a crash could lose.
    """
    with _received(stream, limit) as received:
        target = _path_of(received.sha256)
        if not target.is_file() or target.stat().st_size != received.size:
            _move(received.path, target)
    blob, _ = Blob.objects.get_or_create(
        sha256=received.sha256, defaults={"size": received.size, "media_type": media_type[:100]}
    )
    return blob


def store_path(path: Path, media_type: str = UNKNOWN_TYPE, *, limit: int = LIMIT) -> Blob:
    with path.open("rb") as stream:
        return store_stream(stream, media_type, limit=limit)


def blob_path(blob: Blob) -> Path:
    """Where the bytes lie, for readers that need a file of their own."""
    path = _path_of(blob.sha256)
    if not path.is_file():
        raise BlobDamaged("blob_missing", sha256=blob.sha256)
    return path


def open_blob(blob: Blob) -> BinaryIO:
    return blob_path(blob).open("rb")


def check_blob(blob: Blob) -> None:
    """Read every byte again; raises ``BlobDamaged`` unless they are the ones that were stored."""
    with blob_path(blob).open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != blob.sha256:
        raise BlobDamaged(sha256=blob.sha256, found=found)


def sweep_incoming(now: float | None = None) -> int:
    """Remove what killed processes left half-written more than a day ago; returns how many files."""
    before = (time.time() if now is None else now) - STALE
    stale = [path for path in _incoming().iterdir() if path.stat().st_mtime < before]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def attach(*, actor: ActingUser, subject: Subject, name: str, blob: Blob) -> Attachment:
    """Put a file beside a record. Whether the actor may touch that record is for the caller to ask."""
    with unit_of_work(actor) as work:
        attachment = Attachment.objects.create(
            subject_type=subject.type,
            subject_id=subject.id,
            name=plain_name(name),
            blob=blob,
            actor_id=actor.actor_id,
        )
        after = {"name": attachment.name, "sha256": blob.sha256, "of": [subject.type, subject.id]}
        work.record("core.attach", _subject_of(attachment), None, after)
    return attachment


def withdraw_attachment(*, actor: ActingUser, attachment: Attachment) -> Attachment:
    """Take a file away from its record; the bytes and the row stay. ``Conflict`` if that was done before."""
    with unit_of_work(actor) as work:
        standing = Attachment.objects.filter(pk=attachment.pk, withdrawn_at=None)
        if standing.update(withdrawn_at=work.at) != 1:
            raise Conflict("attachment_withdrawn", attachment=str(attachment.public_id))
        work.record("core.withdraw_attachment", _subject_of(attachment), {"name": attachment.name}, None)
    attachment.refresh_from_db()
    return attachment


def attachments_of(subject: Subject) -> list[Attachment]:
    """The files standing beside a record, oldest first."""
    standing = Attachment.objects.filter(subject_type=subject.type, subject_id=subject.id, withdrawn_at=None)
    return list(standing.select_related("blob").order_by("id"))


def plain_name(name: str) -> str:
    """A file's own name without folders and unprintable characters, its ending kept when it is cut."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    printable = "".join(character for character in bare if character.isprintable()).strip()
    if printable in {"", ".", ".."}:
        raise Invalid("file_name", name=name[:NAME_LENGTH])
    ending = PurePosixPath(printable).suffix[:16]
    return printable if len(printable) <= NAME_LENGTH else printable[: NAME_LENGTH - len(ending)] + ending


def _subject_of(attachment: Attachment) -> Subject:
    return Subject("core.attachment", str(attachment.public_id))


@contextmanager
def _received(stream: Readable, limit: int) -> Iterator[_Received]:
    handle, name = tempfile.mkstemp(dir=_incoming())
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            sha256, size = _copy(stream, out, limit)
            out.flush()
            os.fsync(out.fileno())
        yield _Received(path, sha256, size)
    finally:
        path.unlink(missing_ok=True)


def _copy(stream: Readable, out: IO[bytes], limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise FileTooLarge(limit=limit)
        digest.update(chunk)
        out.write(chunk)
    return digest.hexdigest(), size


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _folder() -> Path:
    return Path(settings.ZHIQIAO_HOME) / "blobs"


def _incoming() -> Path:
    # Inside the folder of the blobs: a rename is atomic within one file system only.
    incoming = _folder() / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    return incoming


def _path_of(sha256: str) -> Path:
    return _folder() / sha256[:2] / sha256[2:]
