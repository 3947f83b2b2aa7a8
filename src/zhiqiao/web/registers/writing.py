"""Writing a record: a new one, a change, a move, one move on many."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from zhiqiao.kernel.errors import Conflict, Forbidden, NotFound, ZhiqiaoError
from zhiqiao.kit.bulk import AT_ONCE, Chosen, ask_for, chosen_records, move_all, ordered_ids, preview
from zhiqiao.kit.forms import RecordForm
from zhiqiao.kit.registers import Change, Create, Move
from zhiqiao.kit.versions import version_of
from zhiqiao.web.registers.base import RegisterView
from zhiqiao.wording import refusal

SEEN: Final = "seen"  # the version of the record that the form was filled in from


def told(form: RecordForm, error: ZhiqiaoError) -> RecordForm:
    """A refusal of the rules beside the field it speaks of, else above the form. What hides a record goes on."""
    if error.kind in {"not_found", "forbidden"}:
        raise error
    field = str(error.facts.get("field", ""))
    form.add_error(field if field in form.fields else None, refusal(error).text)
    return form


class RegisterNew(RegisterView):
    def way(self) -> Create[Any]:
        """Raises ``NotFound`` where the register takes none this way, ``Forbidden`` for those who may not."""
        if self.register.create is None:
            raise NotFound
        if not self.register.may_create(self.actor):
            raise Forbidden(verb=self.register.create.verb)
        return self.register.create

    def get(self, request: HttpRequest) -> HttpResponse:
        way = self.way()
        return self.asked(way, way.form(actor=self.actor, initial=self.first()))

    def first(self) -> dict[str, Any]:
        """What the form holds at first: what the address says, as a link to a filled-in form does."""
        assert self.register.create is not None  # noqa: S101 -- asked after ``way``
        known = self.register.create.form.base_fields
        return {name: value for name, value in self.request.GET.items() if name in known}

    def post(self, request: HttpRequest) -> HttpResponse:
        way = self.way()
        form = way.form(request.POST, request.FILES, actor=self.actor)
        if not form.is_valid():
            return self.asked(way, form)
        try:
            record = way.act(self.actor, form.cleaned_data)
        except ZhiqiaoError as error:
            return self.asked(way, told(form, error))
        if way.done:
            messages.success(request, str(way.done))
        return self.after(record)

    def after(self, record: Any) -> HttpResponse:
        return self.once(record) or redirect(self.page_of(record))

    def asked(self, way: Create[Any], form: RecordForm) -> HttpResponse:
        return self.show_form(form, {"title": way.label, "button": way.label})


class RegisterChange(RegisterView):
    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        record, way = self.changing(public_id)
        first = way.as_it_stands(record)
        return self.asked(way, record, way.form(initial=first, actor=self.actor, record=record))

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        record, way = self.changing(public_id)
        form = way.form(request.POST, request.FILES, actor=self.actor, record=record)
        if not form.is_valid():
            return self.asked(way, record, form)
        if request.POST.get(SEEN, "") != version_of(record):
            form.add_error(None, _("Somebody changed this record while you wrote. Look at it and send it again."))
            return self.asked(way, record, form, 409)
        try:
            record = way.act(self.actor, record, form.cleaned_data)
        except ZhiqiaoError as error:
            return self.asked(way, record, told(form, error))
        if way.done:
            messages.success(request, str(way.done))
        return redirect(self.page_of(record))

    def changing(self, public_id: UUID) -> tuple[Any, Change[Any]]:
        record, way = self.record(public_id), self.register.change
        if way is None:
            raise NotFound
        self.register.policy.require(self.actor, way.verb, record)
        return record, way

    def asked(self, way: Change[Any], record: Any, form: RecordForm, status: int = 200) -> HttpResponse:
        context = {
            "title": way.label, "lead": self.register.named(record), "button": _("Save"), "record": record,
            "cancel": self.page_of(record), "hidden": {SEEN: version_of(record)},
        }  # fmt: skip
        return self.show_form(form, context, status)


class RegisterMove(RegisterView):
    """GET asks what must be said or confirmed, POST makes the move."""

    def get(self, request: HttpRequest, public_id: UUID, move: str) -> HttpResponse:
        record, chosen = self.moving(public_id, move)
        return self.asked(chosen, record, self.form(chosen, record))

    def post(self, request: HttpRequest, public_id: UUID, move: str) -> HttpResponse:
        record, chosen = self.moving(public_id, move)
        if not chosen.offered(record):
            raise Conflict("move_not_offered", move=move)
        form = self.form(chosen, record, request)
        if form is not None and not form.is_valid():
            return self.asked(chosen, record, form)
        try:
            record = chosen.act(self.actor, record, form.cleaned_data if form else {})
        except ZhiqiaoError as error:
            if error.kind != "invalid":
                raise
            if form is not None:
                return self.asked(chosen, record, told(form, error))
            # Nothing to fill in here: what is lacking is put right on the record's own page.
            messages.error(request, refusal(error).text)
            return redirect(self.page_of(record))
        messages.success(request, str(chosen.done or _("Done: %(move)s") % {"move": chosen.label}))
        if place := self.face.after.get(move):
            return redirect(place, record.public_id)
        return self.once(record) or redirect(self.page_of(record))

    def moving(self, public_id: UUID, name: str) -> tuple[Any, Move[Any]]:
        """Raises ``NotFound`` for a hidden record or an unknown move, ``Forbidden`` where it is not theirs."""
        record, chosen = self.record(public_id), self.register.move_named(name)
        if chosen is None:
            raise NotFound
        self.register.policy.require(self.actor, chosen.verb, record)
        return record, chosen

    def form(self, move: Move[Any], record: Any, request: HttpRequest | None = None) -> RecordForm | None:
        if move.form is None:
            return None
        if request is None:
            return move.form(actor=self.actor, record=record)
        return move.form(request.POST, request.FILES, actor=self.actor, record=record)

    def asked(self, move: Move[Any], record: Any, form: RecordForm | None) -> HttpResponse:
        context = {
            "title": move.label, "lead": self.register.named(record), "button": move.label, "record": record,
            "cancel": self.page_of(record), "confirm": move.confirm, "tone": move.tone,
        }  # fmt: skip
        return self.show_form(form or RecordForm(actor=self.actor), context)


class RegisterBulk(RegisterView):
    """One move on many records: POST shows what would happen; POST with ``sure`` does it, many of them as a job."""

    def post(self, request: HttpRequest, move: str) -> HttpResponse:
        chosen_move = self.register.move_named(move)
        if chosen_move is None or not chosen_move.bulk:
            raise NotFound
        chosen = self.chosen(request)
        form = self.form(chosen_move, request)
        if "sure" not in request.POST or (form is not None and not form.is_valid()):
            return self.asked(chosen_move, chosen, form)
        return self.done(request, chosen_move, chosen, said_in(form) if form is not None else {})

    def chosen(self, request: HttpRequest) -> Chosen:
        query = request.POST.get("query", "")
        return Chosen(None, query) if request.POST.get("all") == "1" else Chosen(ordered_ids(request.POST), query)

    def form(self, move: Move[Any], request: HttpRequest) -> RecordForm | None:
        if move.form is None:
            return None
        return move.form(request.POST if "sure" in request.POST else None, actor=self.actor)

    def asked(self, move: Move[Any], chosen: Chosen, form: RecordForm | None) -> HttpResponse:
        expected = preview(self.register, self.actor, move, chosen)
        context = {
            "move": move, "chosen": chosen, "expected": expected, "form": form, "key": uuid4(),
            "back": f"{self.address('list')}?{chosen.query}",
        }  # fmt: skip
        status = 422 if form is not None and form.is_bound else 200
        return self.show("registers/bulk.html", context, status)

    def done(self, request: HttpRequest, move: Move[Any], chosen: Chosen, said: dict[str, Any]) -> HttpResponse:
        records = chosen_records(self.register, self.actor, chosen)
        back = f"{self.address('list')}?{chosen.query}"
        if records.count() > AT_ONCE:
            key = f"bulk:{self.actor.actor_id}:{request.POST.get('key', '')[:36]}"
            job = ask_for(actor=self.actor, register=self.register, move=move, chosen=chosen, said=said, key=key)
            return redirect("job_page", job.public_id)
        result = move_all(self.register, self.actor, move, records, said)
        return self.show("registers/bulk_done.html", {"move": move, "result": result, "back": back})


def said_in(form: RecordForm) -> dict[str, Any]:
    """What was typed, as each widget reads it: of several choices a list."""
    return {name: each.widget.value_from_datadict(form.data, form.files, name) for name, each in form.fields.items()}
