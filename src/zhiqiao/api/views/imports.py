"""Files in, through the same door as the page."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from zhiqiao.api.fields import field_schema
from zhiqiao.api.forms import ImportForm
from zhiqiao.api.idempotency import Answer, write_once
from zhiqiao.api.operations import ETAG, IDEMPOTENCY, JSON, REPLAYED, WRITING, Operation, described, header
from zhiqiao.api.problems import Fault, FieldsRefused
from zhiqiao.api.schemas import record_shape
from zhiqiao.api.views.records import RecordList, register_id, replied
from zhiqiao.api.writing import filled_from_parts, told_of
from zhiqiao.core.importing import ImportRequest
from zhiqiao.kernel.errors import Forbidden
from zhiqiao.registry.sending import behalves, importable, lay_down, send
from zhiqiao.wording.interface import NOT_ON_BEHALF


class ImportList(RecordList):
    parser_classes = [MultiPartParser]

    def post(self, request: Request) -> Response:
        return replied(write_once(self.actor, request, lambda: self.write(request)))

    def write(self, request: Request) -> Answer:
        if not importable(self.actor):
            raise Forbidden(verb="import")
        said = filled_from_parts(ImportForm(), request.data)
        house = self.sender_of(said)
        with tempfile.TemporaryDirectory(prefix="zhiqiao-upload-") as folder:
            files = lay_down(said["file"], Path(folder))
            asked = ImportRequest(
                kind=said["kind"], files=files, sender=said["sender"], as_of=said["as_of"], organisation_id=house
            )
            run = send(actor=self.actor, request=asked)
        answer = told_of(self.register, self.actor, run)
        return Answer(201, answer.body, {**answer.headers, "Location": answer.body["url"]})

    def sender_of(self, said: dict[str, Any]) -> int | None:
        """On whose behalf: whoever may speak for one alone need not say for which."""
        open_to_caller = {str(each.public_id) if each else "": each for each in behalves(self.actor)}
        wanted = str(said["organisation"] or "")
        if wanted not in open_to_caller and not (wanted == "" and len(open_to_caller) == 1):
            raise FieldsRefused([Fault("organisation", "not_on_behalf", str(NOT_ON_BEHALF))])
        house = open_to_caller[wanted] if wanted in open_to_caller else next(iter(open_to_caller.values()))
        return house.pk if house else None

    def described(self, method: str) -> Operation:
        if method != "POST":
            return super().described(method)
        fields = ImportForm.base_fields
        parts = {name: field_schema(each) for name, each in fields.items() if name != "file"}
        optional = {name: {**part, "type": "string"} for name, part in parts.items()}
        files = {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1}
        sent = {
            "type": "object", "properties": {**optional, "file": files}, "required": ["kind", "file", "sender"],
        }  # fmt: skip
        return Operation(
            "send_files", "Send files to be taken in", register_id(self.register),
            "A worker takes them in; the import's record tells how far it is. The same files again give the import "
            "back that is going on.",
            [IDEMPOTENCY, header("ETag", ETAG, [201]), header("Location", "The import.", [201]), REPLAYED],
            {"multipart/form-data": sent},
            {(201, JSON): described(record_shape(self.register), "The import.")}, WRITING,
        )  # fmt: skip
