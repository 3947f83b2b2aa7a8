"""Files in: hand them over, watch them come in, see what was left out and why, say what headings mean, undo."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhiqiao.core.blobs import open_blob
from zhiqiao.core.importing import ImportRequest
from zhiqiao.core.importjobs import job_of
from zhiqiao.core.models import ImportRun, Job
from zhiqiao.kernel.errors import NotFound, ZhiqiaoError
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.downloads import Sheet, download
from zhiqiao.registry.policies import IMPORTS
from zhiqiao.registry.selectors import imports_visible_to
from zhiqiao.registry.sending import behalves, importable, lay_down, send, send_again
from zhiqiao.web.forms import ImportForm
from zhiqiao.web.headings import HeadingForm, every_question
from zhiqiao.web.import_report import noted_cells
from zhiqiao.web.pages import SignedInRequest, for_page
from zhiqiao.web.registers.intake import intakes_of
from zhiqiao.web.registers.pages import LivePage
from zhiqiao.wording import refusal


@require_http_methods(["GET", "HEAD", "POST"])
@for_page("import_list")
def import_new(request: SignedInRequest) -> HttpResponse:
    kinds = importable(request.actor)
    if not kinds:
        raise NotFound
    asked = request.GET.get("kind", "")
    form = ImportForm(
        request.POST or None, request.FILES or None, kinds=kinds, organisations=senders_for(request.actor),
        initial={"kind": asked} if asked in kinds else None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            run = received(request.actor, form.cleaned_data)
        except ZhiqiaoError as error:
            of_the_day = getattr(error, "reason", "") == "date_future"
            form.add_error("as_of" if of_the_day else "uploads", refusal(error).text)
        else:
            return redirect("import_page", run.public_id)
    if form.errors and "uploads" not in form.errors:
        form.add_error("uploads", _("Choose the files again: a browser does not keep them when a form comes back."))
    context = {"form": form, "intakes": intakes_of(request.actor)}
    return render(request, "imports/new.html", context, status=422 if form.is_bound else 200)


def senders_for(actor: Actor) -> list[tuple[str, str]]:
    return [("", _("The city")) if each is None else (str(each.pk), each.name) for each in behalves(actor)]


def received(actor: Actor, asked: dict[str, Any]) -> ImportRun:
    """Put the uploads where the importer can open them, and hand them in."""
    with tempfile.TemporaryDirectory(prefix="zhiqiao-upload-") as folder:
        files = lay_down(asked["uploads"], Path(folder))
        request = ImportRequest(
            kind=asked["kind"],
            files=files,
            sender=asked["sender"],
            as_of=asked["as_of"],
            organisation_id=int(asked["organisation"]) if asked["organisation"] else None,
        )
        return send(actor=actor, request=request)


def run_for(actor: Actor, public_id: UUID) -> ImportRun:
    """Raises ``NotFound`` where absent or hidden."""
    run = imports_visible_to(actor).filter(public_id=public_id).select_related("report").first()
    if run is None:
        raise NotFound
    return run


class ImportPage(LivePage):
    part = "imports/state.html"

    def goes_on(self, record: ImportRun) -> bool:
        work = job_of(record)
        return record.state == ImportRun.State.RUNNING and not (work and work.state == Job.State.FAILED)


@require_http_methods(["GET", "HEAD", "POST"])
@for_page("import_list")
def import_headings(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Say what headings mean and in which unit amounts are; then the same files are taken in once more."""
    run = run_for(request.actor, public_id)
    IMPORTS.require(request.actor, "start", run)
    form = HeadingForm(request.POST or None, questions=every_question(run), kind=run.kind)
    if request.method == "POST" and form.is_valid():
        again = send_again(actor=request.actor, run=run, mapping=form.mapping(), units=form.units())
        messages.success(request, _("Noted for this sender. The files are being taken in once more."))
        return redirect("import_page", again.public_id)
    return render(request, "imports/headings.html", {"run": run, "form": form}, status=422 if form.is_bound else 200)


@require_safe
@for_page("import_list")
def import_report(request: SignedInRequest, public_id: UUID) -> FileResponse:
    run = run_for(request.actor, public_id)
    if run.report is None:
        raise NotFound
    return FileResponse(open_blob(run.report), as_attachment=True, filename=run.report_name)


@require_safe
@for_page("import_list")
def import_notes(request: SignedInRequest, public_id: UUID, kind: str) -> HttpResponseBase:
    run = run_for(request.actor, public_id)
    headings = [_("File"), _("Row"), _("Note"), _("What the row holds")]
    return download(Sheet(f"{run.number} {_('Rows taken with a note')}", headings, noted_cells(run)), kind)
