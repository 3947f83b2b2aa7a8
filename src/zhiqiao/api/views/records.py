"""A register for programs: its list, its records, its sheets, making, changing and moving a record."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from zhiqiao.api.fields import Body, field_schema
from zhiqiao.api.idempotency import Answer, write_once
from zhiqiao.api.listing import links, told_list, understood
from zhiqiao.api.operations import (
    ETAG,
    IDEMPOTENCY,
    IF_MATCH,
    IF_NONE_MATCH,
    JSON,
    PARTIAL,
    PUBLIC_ID,
    REPLAYED,
    WRITING,
    Operation,
    described,
    header,
)
from zhiqiao.api.represent import etag_of, in_full
from zhiqiao.api.schemas import camel, list_shape, record_shape
from zhiqiao.api.views.base import JsonBody, MergePatchBody, RegisterAddress
from zhiqiao.api.writing import changed, created, found, moved
from zhiqiao.exchange.spreadsheets import XLSX
from zhiqiao.kernel.errors import Forbidden
from zhiqiao.kit.downloads import download
from zhiqiao.kit.forms import RecordForm
from zhiqiao.kit.lists import AT, LARGEST_PAGE, SIZE_ASKED, SORT
from zhiqiao.kit.paging import SIZE
from zhiqiao.kit.registers import Move, Register

SEARCH = "q"
SHEETS = {"csv": "text/csv", "xlsx": XLSX}


def replied(answer: Answer) -> Response:
    response = Response(answer.body, status=answer.status, headers=dict(answer.headers))
    if answer.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


class RecordList(RegisterAddress):
    @property
    def scope(self) -> str:  # type: ignore[override]  # a search by words costs more than a list
        return "search" if self.request.method in ("GET", "HEAD") and self.request.GET.get(SEARCH) else ""

    def get(self, request: Request) -> Response:
        body = told_list(understood(self.register, self.actor, request.GET))
        return Response(body, headers={"Link": links(body)} if links(body) else None)

    def described(self, method: str) -> Operation:
        register, filters = self.register, filter_parameters(self)
        searches = [PARTIAL] if any(each.name == SEARCH for each in filters) else []
        return Operation(
            id=f"list_{register_id(register)}",
            summary=f"{register.title}: list",
            tag=register_id(register),
            description="Filters, order and pages are those of the list on the pages; see the guide for paging.",
            parameters=[*filters, *paging_parameters(self), header("Link", "RFC 8288.", [200]), *searches],
            answers={(200, JSON): described(list_shape(register), "A page of the list.")},
            refusals=(400, 422),
            public=register.public,
        )


class RecordListAndNew(RecordList):
    def post(self, request: Request) -> Response:
        register, actor = self.register, self.actor
        way = register.create
        if way is None or not register.may_create(actor):
            raise Forbidden(verb=way.verb if way else "create")
        return replied(write_once(actor, request, lambda: created(register, actor, way, request.data)))

    def described(self, method: str) -> Operation:
        if method != "POST":
            return super().described(method)
        register = self.register
        assert register.create is not None  # noqa: S101 -- only then is there such an address
        return Operation(
            id=f"create_{register.name}",
            summary=f"{register.one}: make a new one",
            tag=register_id(register),
            parameters=[
                IDEMPOTENCY, header("ETag", ETAG, [201]), header("Location", "The new record.", [201]), REPLAYED
            ],
            body={JSON: body_of(register.create.form, f"{camel(register.name)}New")},
            answers={(201, JSON): described(record_shape(register), "The new record.")},
            refusals=WRITING,
        )  # fmt: skip


class RecordSheet(RegisterAddress):
    """Exactly what is filtered, with every column that the caller is told."""

    scope = "export"
    sheet: str = ""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request) -> HttpResponseBase:
        asked = understood(self.register, self.actor, request.GET, (SORT,))
        return download(asked.sheet(), self.sheet)

    def described(self, method: str) -> Operation:
        register = self.register
        return Operation(
            id=f"export_{register_id(register)}_{self.sheet}",
            summary=f"{register.title}: the whole list as {self.sheet}",
            tag=register_id(register),
            parameters=[*filter_parameters(self), paging_parameters(self)[0]],
            answers={(200, SHEETS[self.sheet]): described({"type": "string"}, "The sheet.")},
            refusals=(400, 422),
            public=register.public,
        )


class OneRecord(RegisterAddress):
    def get(self, request: Request, public_id: UUID) -> Response:
        record = found(self.register, self.actor, public_id)
        body = in_full(self.register, self.actor, record)
        etag = etag_of(body, record)
        if etag in [each.strip() for each in request.headers.get("If-None-Match", "").split(",")]:
            return Response(status=304, headers={"ETag": etag})
        return Response(body, headers={"ETag": etag})

    def described(self, method: str) -> Operation:
        register = self.register
        return Operation(
            id=f"get_{register.name}",
            summary=f"{register.one}: read",
            tag=register_id(register),
            parameters=[PUBLIC_ID, IF_NONE_MATCH, header("ETag", ETAG, [200, 304])],
            answers={
                (200, JSON): described(record_shape(register), "The record."),
                304: described(None, "The record is as it was."),
            },
            public=register.public,
        )


class OneRecordToChange(OneRecord):
    parser_classes = [JsonBody, MergePatchBody]

    def patch(self, request: Request, public_id: UUID) -> Response:
        register, actor = self.register, self.actor
        return replied(write_once(actor, request, lambda: changed(register, actor, public_id, request)))

    def described(self, method: str) -> Operation:
        if method != "PATCH":
            return super().described(method)
        register = self.register
        assert register.change is not None  # noqa: S101 -- only then is there such an address
        body = body_of(register.change.form, f"{camel(register.name)}Change", partial=True)
        return Operation(
            id=f"change_{register.name}",
            summary=f"{register.one}: change",
            tag=register_id(register),
            description="A merge patch (RFC 7396): what is not sent stays, null takes a value away.",
            parameters=[PUBLIC_ID, IF_MATCH, IDEMPOTENCY, header("ETag", ETAG, [200, 412]), REPLAYED],
            body={JSON: body, MergePatchBody.media_type: body},
            answers={
                (200, JSON): described(record_shape(register), "The record as it is now."),
                204: described(None, "Done; the record is not open to the caller any more."),
            },
            refusals=(*WRITING, 412, 428),
        )


class RecordMove(RegisterAddress):
    move: Move[Any] = None  # type: ignore[assignment]  # as_view gives it

    def post(self, request: Request, public_id: UUID) -> Response:
        register, actor, move = self.register, self.actor, self.move
        return replied(write_once(actor, request, lambda: moved(register, actor, public_id, move, request)))

    def described(self, method: str) -> Operation:
        register, move = self.register, self.move
        return Operation(
            id=f"{move.name}_{register.name}",
            summary=f"{register.one}: {move.label}",
            tag=register_id(register),
            description=str(move.confirm),
            parameters=[PUBLIC_ID, IF_MATCH, IDEMPOTENCY, header("ETag", ETAG, [200, 412]), REPLAYED],
            body={JSON: body_of(move.form or RecordForm, f"{camel(register.name)}{camel(move.name)}")},
            answers={
                (200, JSON): described(record_shape(register), "The record as it is now."),
                204: described(None, "Done; the record is not open to the caller any more."),
            },
            refusals=(*WRITING, 412, 428),
        )


def body_of(form: type[RecordForm], name: str, *, partial: bool = False) -> Body:
    return Body(asked=form.base_fields, name=name, partial=partial)


def filter_parameters(view: RegisterAddress) -> list[OpenApiParameter]:
    filters = view.register.filters.base_filters
    return [_parameter(name, each.field) for name, each in filters.items()]


def _parameter(name: str, field: forms.Field) -> OpenApiParameter:
    schema = field_schema(field)
    text = schema.pop("description", "")
    if isinstance(schema["type"], list):
        schema["type"] = schema["type"][0]
    if "enum" in schema:
        schema["enum"] = [each for each in schema["enum"] if each]
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=text)


def paging_parameters(view: RegisterAddress) -> tuple[OpenApiParameter, ...]:
    register = view.register
    names = [sort.name for sort in register.sorts]
    sort = {"type": "string", "enum": names, "default": names[0]}
    size = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": SIZE}
    cursor = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,300}$"}
    return (
        OpenApiParameter(SORT, sort, description="Order; a minus before it turns it round."),
        OpenApiParameter(SIZE_ASKED, size, description="How many records a page holds."),
        OpenApiParameter(AT, cursor, description="A place in the list, as `next` and `previous` name it."),
    )


def register_id(register: Register[Any]) -> str:
    """The register's path as a part of an operation's id."""
    return re.sub("[^a-z0-9]+", "_", register.path)
