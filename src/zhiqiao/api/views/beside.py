"""What stands beside a record: its history, comments and files, for those who may see its history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import FileResponse
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from zhiqiao.api.fields import Body
from zhiqiao.api.forms import CommentForm, FileForm
from zhiqiao.api.idempotency import Answer, write_once
from zhiqiao.api.operations import IDEMPOTENCY, JSON, PUBLIC_ID, REPLAYED, WRITING, Operation, described, uuid_in_path
from zhiqiao.api.problems import NotAuthenticated
from zhiqiao.api.represent import ROOT, moment_of, public_id_of
from zhiqiao.api.schemas import MOMENT, NUMBER, REFERENCE, TEXT, Schema, Shape, either, many, pointer, record
from zhiqiao.api.schemas import UUID as ID
from zhiqiao.api.views.base import RegisterAddress
from zhiqiao.api.views.records import register_id, replied
from zhiqiao.api.writing import filled, filled_from_parts, found
from zhiqiao.core.blobs import open_blob
from zhiqiao.core.models import Attachment, Comment
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.discussing import add_comment, attach_file, files_of, newest_comments, signed_files
from zhiqiao.kit.history import Happening, history_of
from zhiqiao.kit.permissions import HISTORY
from zhiqiao.kit.readership import Author
from zhiqiao.parties.acting import signatures
from zhiqiao.wording import trail_word

WHO: Schema = record({"id": TEXT, "name": TEXT})
HAPPENING: Schema = record(
    {
        "at": MOMENT, "who": pointer("Who"), "action": TEXT, "title": TEXT, "sealed": {"type": "boolean"},
        "changes": many(record({"field": TEXT, "before": either(TEXT), "after": either(TEXT)})),
    },
    text="An entry of the audit trail; sealed ones are linked into the chain.",
)  # fmt: skip
COMMENT_SCHEMA: Schema = record({"id": ID, "at": MOMENT, "who": pointer("Who"), "text": TEXT})
FILE: Schema = record(
    {"id": ID, "at": MOMENT, "who": pointer("Who"), "name": TEXT, "size": NUMBER, "sha256": TEXT, "url": REFERENCE}
)
BYTES: Schema = {"type": "string", "format": "binary"}


def who() -> Shape:
    return Shape("Who", lambda: WHO)


def items_of(name: str, schema: Schema) -> Shape:
    one = Shape(name, lambda: schema, (who(),))
    return Shape(f"{name}List", lambda: record({"items": many(pointer(name))}), (one,))


def told_who(authors: Iterable[Author]) -> dict[Author, dict[str, str]]:
    return {author: {"id": told.id, "name": told.name} for author, told in signatures(authors).items()}


def by_oneself(actor: Actor) -> dict[str, str]:
    author = Author(actor.actor_id)
    return told_who([author])[author]


class BesideRecord(RegisterAddress):
    def admit(self) -> None:
        if not self.caller.known:
            raise NotAuthenticated  # what stands beside a record is nowhere public
        super().admit()

    def record(self, public_id: UUID) -> Any:
        """Raises ``NotFound`` also where the record is seen but not its history, as for the public."""
        seen: Model = found(self.register, self.actor, public_id)
        if not self.register.may(self.actor, HISTORY, seen):
            raise NotFound
        return seen


class Timeline(BesideRecord):
    def get(self, request: Request, public_id: UUID) -> Response:
        happenings = history_of(self.register, self.actor, self.record(public_id))
        people = told_who(each.author for each in happenings)
        return Response({"items": [told_happening(each, people) for each in happenings]})

    def described(self, method: str) -> Operation:
        register = self.register
        return Operation(
            f"list_history_of_{register.name}", f"{register.one}: what happened, newest first", register_id(register),
            parameters=[PUBLIC_ID], answers={(200, JSON): described(items_of("Happening", HAPPENING), "The history.")},
        )  # fmt: skip


def told_happening(each: Happening, people: dict[Author, dict[str, str]]) -> dict[str, Any]:
    changes = [{"field": c.field, "before": c.before, "after": c.after} for c in each.changes]
    return {
        "at": moment_of(each.at), "who": people[each.author], "action": each.action,
        "title": str(trail_word(each.action)), "sealed": each.sealed, "changes": changes,
    }  # fmt: skip


class Comments(BesideRecord):
    def get(self, request: Request, public_id: UUID) -> Response:
        comments = newest_comments(self.register, self.actor, self.record(public_id))
        people = told_who(each.author for each in comments)
        return Response({"items": [told_comment(each.note, people[each.author]) for each in comments]})

    def post(self, request: Request, public_id: UUID) -> Response:
        return replied(write_once(self.actor, request, lambda: self.write(request, public_id)))

    def write(self, request: Request, public_id: UUID) -> Answer:
        seen = self.record(public_id)
        said = filled(CommentForm, self.actor, seen, request.data).cleaned_data
        comment = add_comment(actor=self.actor, register=self.register, record=seen, text=said["text"])
        return Answer(201, told_comment(comment, by_oneself(self.actor)))

    def described(self, method: str) -> Operation:
        register = self.register
        if method != "POST":
            shape = items_of("Comment", COMMENT_SCHEMA)
            return Operation(
                f"list_comments_of_{register.name}", f"{register.one}: the newest 200 comments, oldest first",
                register_id(register),
                parameters=[PUBLIC_ID], answers={(200, JSON): described(shape, "The comments.")},
            )  # fmt: skip
        return Operation(
            f"comment_on_{register.name}", f"{register.one}: comment", register_id(register),
            parameters=[PUBLIC_ID, IDEMPOTENCY, REPLAYED],
            body={JSON: Body(asked=CommentForm.base_fields, name="NewComment")},
            answers={(201, JSON): described(Shape("Comment", lambda: COMMENT_SCHEMA, (who(),)), "The comment.")},
            refusals=WRITING,
        )  # fmt: skip


def told_comment(each: Comment, who: dict[str, str]) -> dict[str, Any]:
    return {"id": public_id_of(each), "at": moment_of(each.created_at), "who": who, "text": each.text}


class Files(BesideRecord):
    parser_classes = [MultiPartParser]

    def get(self, request: Request, public_id: UUID) -> Response:
        seen = self.record(public_id)
        files = signed_files(self.register, self.actor, seen)
        people = told_who(each.author for each in files)
        return Response({"items": [self.told(seen, each.note, people[each.author]) for each in files]})

    def post(self, request: Request, public_id: UUID) -> Response:
        return replied(write_once(self.actor, request, lambda: self.write(request, public_id)))

    def write(self, request: Request, public_id: UUID) -> Answer:
        seen = self.record(public_id)
        sent: UploadedFile[Any] = filled_from_parts(FileForm(), request.data)["file"]
        kept = attach_file(
            actor=self.actor, register=self.register, record=seen, name=sent.name or "", stream=sent.open()
        )
        return Answer(201, self.told(seen, kept, by_oneself(self.actor)))

    def told(self, seen: Model, each: Attachment, who: dict[str, str]) -> dict[str, Any]:
        place = f"{ROOT}{self.register.path}/{public_id_of(seen)}/files/{public_id_of(each)}/"
        return {
            "id": public_id_of(each), "at": moment_of(each.created_at), "who": who,
            "name": each.name, "size": each.blob.size, "sha256": each.blob.sha256, "url": place,
        }  # fmt: skip

    def described(self, method: str) -> Operation:
        register = self.register
        if method != "POST":
            return Operation(
                f"list_files_of_{register.name}", f"{register.one}: files, oldest first", register_id(register),
                parameters=[PUBLIC_ID], answers={(200, JSON): described(items_of("File", FILE), "The files.")},
            )  # fmt: skip
        sent = {"type": "object", "properties": {"file": BYTES}, "required": ["file"]}
        return Operation(
            f"attach_file_to_{register.name}", f"{register.one}: put a file beside it", register_id(register),
            parameters=[PUBLIC_ID, IDEMPOTENCY, REPLAYED], body={"multipart/form-data": sent},
            answers={(201, JSON): described(Shape("File", lambda: FILE, (who(),)), "The file.")},
            refusals=WRITING,
        )  # fmt: skip


class OneFile(BesideRecord):
    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request, public_id: UUID, file_id: UUID) -> FileResponse:
        seen = self.record(public_id)
        kept = files_of(self.register, self.actor, seen).filter(public_id=file_id).first()
        if kept is None:
            raise NotFound
        return FileResponse(
            open_blob(kept.blob), as_attachment=True, filename=kept.name, content_type="application/octet-stream"
        )

    def described(self, method: str) -> Operation:
        register = self.register
        return Operation(
            f"get_file_of_{register.name}", f"{register.one}: fetch a file", register_id(register),
            parameters=[PUBLIC_ID, uuid_in_path("file_id", "The file's id.")],
            answers={(200, "application/octet-stream"): described(BYTES, "Its bytes.")},
        )  # fmt: skip
