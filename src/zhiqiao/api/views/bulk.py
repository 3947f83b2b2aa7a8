"""One move on many records at once: each by itself, what one is refused does not hold up the next."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from zhiqiao.api.fields import StrictBody, StrictFlag, StrictId, cleaned, form_schema
from zhiqiao.api.idempotency import Answer, write_once
from zhiqiao.api.operations import IDEMPOTENCY, JSON, REPLAYED, WRITING, Operation, described
from zhiqiao.api.schemas import NUMBER, TEXT, Schema, Shape, camel, many, pointer, record
from zhiqiao.api.schemas import UUID as ID
from zhiqiao.api.views.base import RegisterAddress
from zhiqiao.api.views.records import register_id, replied
from zhiqiao.api.writing import filled
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kit.bulk import AT_ONCE, Chosen, Refused, chosen_records, move_all, preview
from zhiqiao.kit.forms import RecordForm
from zhiqiao.kit.registers import Move
from zhiqiao.wording import refusal

REFUSED: Schema = record({"id": ID, "name": TEXT, "code": TEXT, "detail": TEXT})
RESULT: Schema = record(
    {
        "moved": {**NUMBER, "description": "How many; with `preview` how many would be."},
        "refused": many(pointer("Refused")),
    }
)


class BulkBody(StrictBody):
    ids = serializers.ListField(child=StrictId(), min_length=1, max_length=AT_ONCE)
    said = serializers.DictField(required=False)
    preview = StrictFlag(required=False)


def told(each: Refused) -> dict[str, str]:
    why = refusal(ZhiqiaoError(each.code, **each.facts))
    return {"id": each.id, "name": each.name, "code": each.code, "detail": why.text}


class BulkMove(RegisterAddress):
    move: Move[Any] = None  # type: ignore[assignment]  # as_view gives it

    def post(self, request: Request) -> Response:
        return replied(write_once(self.actor, request, lambda: self.write(request)))

    def write(self, request: Request) -> Answer:
        asked = cleaned(BulkBody(data=request.data))
        # Checked once for all before any is moved; each record's own form reads it anew.
        said = filled(self.move.form or RecordForm, self.actor, None, asked.get("said", {})).data
        chosen = Chosen(tuple(dict.fromkeys(asked["ids"])))
        records = chosen_records(self.register, self.actor, chosen)
        known = set(records.values_list("public_id", flat=True))
        if asked.get("preview"):
            result = preview(self.register, self.actor, self.move, chosen)
        else:
            result = move_all(self.register, self.actor, self.move, records, dict(said))
        hidden = [Refused("", str(each), "not_found") for each in chosen.ids or () if each not in known]
        return Answer(200, {"moved": result.moved, "refused": [told(each) for each in (*result.refused, *hidden)]})

    def described(self, method: str) -> Operation:
        register, move = self.register, self.move
        said = form_schema((move.form or RecordForm).base_fields, partial=False)
        sent = record(
            {
                "ids": {**many(ID), "minItems": 1, "maxItems": AT_ONCE}, "said": said,
                "preview": {"type": "boolean", "description": "Only tell what would happen."},
            },
            optional=frozenset({"preview"} if said.get("required") else {"preview", "said"}),
        )  # fmt: skip
        name = f"{camel(register.name)}{camel(move.name)}Bulk"
        shape = Shape("BulkResult", lambda: RESULT, (Shape("Refused", lambda: REFUSED),))
        return Operation(
            f"{move.name}_{register_id(register)}", f"{register.title}: {move.label} (many)", register_id(register),
            parameters=[IDEMPOTENCY, REPLAYED], body={JSON: Shape(name, lambda: sent)},
            answers={(200, JSON): described(shape, "What became of each.")}, refusals=WRITING,
        )  # fmt: skip
