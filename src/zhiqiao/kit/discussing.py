"""Words and files that people put beside a record: read by the people of their own house and by the offices, what an
office writes by the houses that the record is of at that moment (``kit.readership``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, QuerySet

from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.blobs import Readable, attach, store_stream, withdraw_attachment
from zhiqiao.core.models import Attachment, Comment, NoteReader
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kernel.text import clean_text
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.permissions import ATTACH, COMMENT, HISTORY
from zhiqiao.kit.readership import Author, Reader, reader_of
from zhiqiao.kit.registers import Register
from zhiqiao.kit.roles import Role

N = TypeVar("N", Comment, Attachment)
LONGEST_COMMENT: Final = 4_000  # characters
MOST_SHOWN: Final = 200  # comments of one record; the newest
LARGEST_FILE: Final = 50 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Signed(Generic[N]):
    """What was written, and who wrote it as far as the reader may know."""

    note: N
    author: Author


def comments_of(register: Register[Any], actor: Actor, record: Model) -> QuerySet[Comment]:
    """Oldest first, those that the actor may read."""
    return _beside(Comment.objects.all(), "comment", register.subject_of(record), reader_of(register, actor, record))


def newest_comments(register: Register[Any], actor: Actor, record: Model) -> list[Signed[Comment]]:
    """The newest ``MOST_SHOWN``, oldest of them first."""
    reader = reader_of(register, actor, record)
    found = _beside(Comment.objects.all(), "comment", register.subject_of(record), reader).order_by("-id")
    return [Signed(each, reader.author_of(each)) for each in found[:MOST_SHOWN]][::-1]


def files_of(register: Register[Any], actor: Actor, record: Model) -> QuerySet[Attachment]:
    """Oldest first, those that the actor may read."""
    files = Attachment.objects.select_related("blob")
    return _beside(files, "attachment", register.subject_of(record), reader_of(register, actor, record))


def signed_files(register: Register[Any], actor: Actor, record: Model) -> list[Signed[Attachment]]:
    """As ``files_of``, with who put them there."""
    reader, files = reader_of(register, actor, record), Attachment.objects.select_related("blob")
    found = _beside(files, "attachment", register.subject_of(record), reader)
    return [Signed(each, reader.author_of(each)) for each in found]


def _beside(rows: QuerySet[N], kind: str, subject: Subject, reader: Reader) -> QuerySet[N]:
    if not reader.reach:
        return rows.none()
    standing = rows.filter(subject_type=subject.type, subject_id=subject.id, withdrawn_at=None)
    return reader.readable(standing, kind).order_by("id")


def add_comment(*, actor: Actor, register: Register[Any], record: Model, text: str) -> Comment:
    """Raises ``Invalid`` ``comment_empty``, ``Forbidden`` for those who may only read."""
    _require(register, actor, COMMENT, record)
    house, houses = _circle(register, actor, COMMENT, record)
    words = clean_text(text, limit=LONGEST_COMMENT).strip()
    if not words:
        raise Invalid("comment_empty")
    subject = register.subject_of(record)
    with unit_of_work(actor) as work:
        comment = Comment.objects.create(
            subject_type=subject.type, subject_id=subject.id, text=words, actor_id=actor.actor_id, house=house
        )
        NoteReader.objects.bulk_create(NoteReader(comment=comment, house=each) for each in houses)
        # The words may name people, so the trail keeps none of them: they stay where they can be erased.
        work.record("core.comment", subject, None, {"comment": str(comment.public_id)})
    return comment


def withdraw_comment(*, actor: Actor, register: Register[Any], record: Model, comment: Comment) -> Comment:
    """One's own words only. Raises ``Conflict`` ``comment_withdrawn`` where that was done before."""
    _require(register, actor, COMMENT, record)
    if comment.actor_id != actor.actor_id:
        raise Forbidden(verb="withdraw_comment")
    with unit_of_work(actor) as work:
        if Comment.objects.filter(pk=comment.pk, withdrawn_at=None).update(withdrawn_at=work.at) != 1:
            raise Conflict("comment_withdrawn", comment=str(comment.public_id))
        subject = Subject(comment.subject_type, comment.subject_id)
        work.record("core.withdraw_comment", subject, {"comment": str(comment.public_id)}, None)
    comment.refresh_from_db()
    return comment


def attach_file(*, actor: Actor, register: Register[Any], record: Model, name: str, stream: Readable) -> Attachment:
    """Raises ``FileTooLarge`` past 50 MiB, ``Invalid`` ``file_name``, ``Forbidden`` for those who may only read."""
    _require(register, actor, ATTACH, record)
    house, houses = _circle(register, actor, ATTACH, record)
    blob = store_stream(stream, limit=LARGEST_FILE)
    with unit_of_work(actor):
        file = attach(actor=actor, subject=register.subject_of(record), name=name, blob=blob)
        file.house = house
        file.save(update_fields=["house"])
        NoteReader.objects.bulk_create(NoteReader(attachment=file, house=each) for each in houses)
    return file


def may_withdraw(actor: Actor, file: Attachment) -> bool:
    """Whoever put it there, and the bureau."""
    return file.actor_id == actor.actor_id or actor.holds(Role.BUREAU_OFFICER)


def withdraw_file(*, actor: Actor, register: Register[Any], record: Model, file: Attachment) -> Attachment:
    """One's own; the bureau anybody's. Raises ``Conflict`` ``attachment_withdrawn`` where that was done before."""
    _require(register, actor, ATTACH, record)
    if not may_withdraw(actor, file):
        raise Forbidden(verb="withdraw_file")
    return withdraw_attachment(actor=actor, attachment=file)


def _require(register: Register[Any], actor: Actor, verb: str, record: Model) -> None:
    if not register.may(actor, HISTORY, record):
        raise NotFound
    register.policy.require(actor, verb, record)


def _circle(register: Register[Any], actor: Actor, verb: str, record: Model) -> tuple[int | None, frozenset[int]]:
    """The house in which the actor writes, None for an office; and the houses whose people may read it. Of several
    houses of the writer's that the record is of, it is the one known longest here."""
    reach = register.policy.reach(actor, verb, record)
    if reach.everywhere:
        return None, register.policy.houses_of(HISTORY, record)
    house = min(reach.houses)
    return house, frozenset({house})
