"""Writing through a register: what was sent goes to the form of the page, what was seen is compared with what is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import connection
from django.db.models import Model
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework.request import Request

from zhiqiao.api.fields import Body, cleaned, faults_of_form, unknown_field
from zhiqiao.api.idempotency import Answer
from zhiqiao.api.problems import Fault, FieldsRefused, PreconditionFailed, PreconditionRequired
from zhiqiao.api.represent import ONCE, etag_of, in_full, public_id_of
from zhiqiao.core.audit import unit_of_work
from zhiqiao.kernel.errors import Conflict, NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.forms import RecordForm
from zhiqiao.kit.lists import one_of
from zhiqiao.kit.registers import Create, Move, Register


def found(register: Register[Any], actor: Actor, public_id: Any) -> Any:
    """Raises ``NotFound`` where absent or hidden, which take the same query."""
    record = one_of(register, actor, public_id)
    if record is None:
        raise NotFound
    return record


def held(register: Register[Any], actor: Actor, public_id: Any) -> Any:
    """The record, and nobody else writes to it before this transaction ends.

    SQLite's transactions take the one write lock as they begin. On PostgreSQL the row is locked: the comparison with
    the ETag and the write that follows must not let another write between them, and the actions' own comparison
    (``UPDATE … WHERE state``) knows states alone, not everything that the ETag covers.
    """
    if connection.vendor == "postgresql":
        rows = register.model._base_manager.filter(public_id=public_id).order_by().select_for_update()
        list(rows.values_list("pk"))
    return found(register, actor, public_id)


def compare(register: Register[Any], actor: Actor, record: Model, wanted: str | None) -> None:
    """Raises ``PreconditionRequired`` without an ETag, ``PreconditionFailed`` with another one than the record's."""
    compare_with(etag_of(in_full(register, actor, record), record), wanted)


def compare_with(etag: str, wanted: str | None) -> None:
    if not wanted:
        raise PreconditionRequired
    if wanted.strip() != "*" and etag not in [each.strip() for each in wanted.split(",")]:
        raise PreconditionFailed(etag)


def created(register: Register[Any], actor: Actor, way: Create[Any], sent: Any) -> Answer:
    form = filled(way.form, actor, None, sent)
    record = way.act(actor, form.cleaned_data)
    told = told_of(register, actor, record)
    return Answer(201, told.body, {**told.headers, "Location": told.body["url"]})


def changed(register: Register[Any], actor: Actor, public_id: Any, request: Request) -> Answer:
    way = register.change
    assert way is not None  # noqa: S101 -- only then is there such an address
    with unit_of_work(actor):
        record = held(register, actor, public_id)
        register.policy.require(actor, way.verb, record)
        compare(register, actor, record, request.headers.get("If-Match"))
        form = filled(way.form, actor, record, request.data, way.as_it_stands(record))
        return told_of(register, actor, way.act(actor, record, form.cleaned_data))


def moved(register: Register[Any], actor: Actor, public_id: Any, move: Move[Any], request: Request) -> Answer:
    with unit_of_work(actor):
        record = held(register, actor, public_id)
        register.policy.require(actor, move.verb, record)
        compare(register, actor, record, request.headers.get("If-Match"))
        if not move.offered(record):
            raise Conflict("move_not_offered")
        said = filled(move.form or RecordForm, actor, record, request.data).cleaned_data
        return told_of(register, actor, move.act(actor, record, said))


def filled(
    form: type[RecordForm], actor: Actor, record: Any, sent: Any, first: Mapping[str, Any] | None = None
) -> RecordForm:
    """A valid form. ``first``: what stands there already, of which only a part may be sent.

    Raises ``FieldsRefused``: for types that JSON tells apart, then for what the form itself finds.
    """
    blank = form(initial=dict(first or {}), actor=actor, record=record)
    body = Body(data=sent, asked=blank.fields, partial=first is not None)
    said = cleaned(body)
    kept = {name: blank[name].value() for name in blank.fields}  # also what is settled where there is but one choice
    whole = form({**kept, **said}, actor=actor, record=record)
    if not whole.is_valid():
        raise FieldsRefused(faults_of_form(whole.errors))
    return whole


def filled_from_parts(form: forms.Form, sent: Any) -> dict[str, Any]:
    """What a form makes of the parts of a multipart body: texts and files, none but those it asks for.

    Raises ``FieldsRefused``.
    """
    given = sent if isinstance(sent, QueryDict) else QueryDict()
    unknown = [Fault(name, "unknown_field", unknown_field(form.fields)) for name in given if name not in form.fields]
    if unknown:
        raise FieldsRefused(unknown)
    files = {name: each for name, each in given.lists() if isinstance(form.fields[name], forms.FileField)}
    form.data = {name: values[-1] for name, values in given.lists() if name not in files}
    form.files = MultiValueDict(files)  # type: ignore[arg-type]  # values are what the parser left
    form.is_bound = True
    if not form.is_valid():
        raise FieldsRefused(faults_of_form(form.errors))
    return dict(form.cleaned_data)


def told_of(register: Register[Any], actor: Actor, record: Model) -> Answer:
    """The record as it is now; nothing where the caller may not see it any more."""
    now = one_of(register, actor, public_id_of(record))
    if now is None:
        return Answer(204)
    body = in_full(register, actor, now)
    secret = getattr(record, ONCE, "")
    return Answer(200, {**body, ONCE: secret} if secret else body, {"ETag": etag_of(body, now)})
