"""A record's page: its fields, what can be done to it, what belongs to it, what happened to it, what people say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiqiao.core.blobs import open_blob
from zhiqiao.kernel.errors import NotFound, ZhiqiaoError
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.columns import Kind
from zhiqiao.kit.discussing import (
    add_comment,
    attach_file,
    comments_of,
    files_of,
    may_withdraw,
    newest_comments,
    signed_files,
    withdraw_comment,
    withdraw_file,
)
from zhiqiao.kit.history import history_of
from zhiqiao.kit.permissions import ATTACH, COMMENT, HISTORY
from zhiqiao.kit.registers import Related
from zhiqiao.parties.acting import signatures
from zhiqiao.web.cells import Cell, cell, row_of
from zhiqiao.web.registers.base import RegisterView, as_id
from zhiqiao.wording import refusal

RELATED_SHOWN = 8
RELATED_COLUMNS = 4


@dataclass(frozen=True)
class Box:
    """Related records on a page: their cells, and where all of them are."""

    title: str
    icon: str
    rows: list[list[Cell]]
    more: str


class RegisterPage(RegisterView):
    open_page = True

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        record = self.record(public_id)
        return self.show(self.face.template, self.context(record))

    def context(self, record: Any) -> dict[str, Any]:
        register, actor = self.register, self.actor
        columns = register.columns_for(actor)
        cells = [cell(actor, column, record) for column in columns[1:]]
        # The first column is the page's title; where it is another record, the way there is worth a line.
        named = [cell(actor, columns[0], record)] if columns[0].kind is Kind.LINK else []
        return {
            "record": record,
            "name": register.named(record),
            "pills": [each for each in cells if each.kind == Kind.CODE and each.words],
            "facts": [each for each in [*named, *cells] if each.kind != Kind.LONG],
            "texts": [each for each in cells if each.kind == Kind.LONG and each.value],
            "note": columns[0].note(record) if columns[0].note else None,
            "moves": register.moves_open(actor, record) if actor.signed_in else [],
            "may_change": actor.signed_in and register.may_change(actor, record),
            "related": list(self.related(record)) if actor.signed_in else [],
            **self.beside(record),
            **self.face.of_page(actor, record),
        }

    def related(self, record: Any) -> Iterator[Box]:
        for each in self.register.related:
            box = self.box(each, record)
            if box is not None:
                yield box

    def box(self, related: Related[Any], record: Any) -> Box | None:
        other = register_named(related.register)
        if not other.open_to(self.actor):
            return None
        found = list(related.records(self.actor, record)[:RELATED_SHOWN])
        columns = [each for each in other.columns_for(self.actor) if each.listed and each.shown][:RELATED_COLUMNS]
        rows = [row_of(self.actor, other, columns, row) for row in other.with_attached(self.actor, found)]
        more = f"{reverse(f'{other.name}_list')}?{related.query(record)}" if related.query and rows else ""
        return Box(str(related.title), related.icon or other.icon, rows, more)

    def beside(self, record: Any) -> dict[str, Any]:
        """History, words and files, for those who may see them; names of people and houses are looked up today."""
        register, actor = self.register, self.actor
        if not (actor.signed_in and register.may(actor, HISTORY, record)):
            return {"sees_history": False}
        history, comments = history_of(register, actor, record), newest_comments(register, actor, record)
        files = signed_files(register, actor, record)
        authors = [each.author for each in history] + [each.author for each in comments]
        told = signatures([*authors, *(each.author for each in files)])
        return {
            "sees_history": True,
            "talks": COMMENT in register.policy.verbs,
            "keeps_files": ATTACH in register.policy.verbs,
            "history": [(each, told[each.author].name) for each in history],
            "comments": [
                (each.note, told[each.author].name, each.note.actor_id == actor.actor_id) for each in comments
            ],
            "files": [(each.note, told[each.author].name, may_withdraw(actor, each.note)) for each in files],
            "may_comment": register.may(actor, COMMENT, record),
            "may_attach": register.may(actor, ATTACH, record),
        }


class LivePage(RegisterPage):
    """The whole page, or for htmx while the work goes on only the ``part`` that moves. Once it ended the page is asked
    for anew: its buttons and its history are others then."""

    part = ""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        if request.headers.get("HX-Request"):
            record = self.record(public_id)
            answer = self.show(self.part, {"record": record, **self.face.of_page(self.actor, record)})
            if not self.goes_on(record):
                answer.headers["HX-Refresh"] = "true"
            return answer
        return super().get(request, public_id)

    def goes_on(self, record: Any) -> bool:
        raise NotImplementedError


class RegisterComments(RegisterView):
    """Say something beside a record, or take back what one said."""

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        record = self.record(public_id)
        given = {"actor": self.actor, "register": self.register, "record": record}
        try:
            if withdrawn := request.POST.get("withdraw", ""):
                found = comments_of(self.register, self.actor, record).filter(public_id=as_id(withdrawn)).first()
                if found is None:
                    raise NotFound
                withdraw_comment(**given, comment=found)
            else:
                add_comment(**given, text=request.POST.get("text", ""))
        except ZhiqiaoError as error:
            if error.kind in {"not_found", "forbidden"}:
                raise
            messages.error(request, refusal(error).text)
        return redirect(f"{self.page_of(record)}#comments")


class RegisterFiles(RegisterView):
    """Put a file beside a record, or take one away."""

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        record = self.record(public_id)
        given = {"actor": self.actor, "register": self.register, "record": record}
        try:
            if withdrawn := request.POST.get("withdraw", ""):
                withdraw_file(**given, file=self.file(record, as_id(withdrawn)))
            elif upload := request.FILES.get("file"):
                attach_file(**given, name=upload.name or "", stream=upload)
            else:
                messages.error(request, _("Choose a file first."))
        except ZhiqiaoError as error:
            if error.kind in {"not_found", "forbidden"}:
                raise
            messages.error(request, refusal(error).text)
        return redirect(f"{self.page_of(record)}#files")

    def file(self, record: Any, key: UUID) -> Any:
        found = files_of(self.register, self.actor, record).filter(public_id=key).first()
        if found is None:
            raise NotFound
        return found


class RegisterFile(RegisterFiles):
    """One file, as it was sent; never shown inside our own pages."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, public_id: UUID, file_id: UUID) -> HttpResponseBase:
        found = self.file(self.record(public_id), file_id)
        return FileResponse(open_blob(found.blob), as_attachment=True, filename=found.name)
