"""Lists handed in by people: the one way in for all faces, and the one that asks who may.

The import itself is ``core``'s; what a kind of list is, and who may send it at all, its storer says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, cast

from zhiqiao.core import importing
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.blobs import blob_path, plain_name
from zhiqiao.core.importing import ImportRequest, Rehearsal, Storer, Watcher
from zhiqiao.core.importjobs import hand_in, job_of, storer_of
from zhiqiao.core.jobqueue import request_cancel
from zhiqiao.core.models import ImportRun
from zhiqiao.exchange.templates import Asked
from zhiqiao.kernel.errors import Conflict, Forbidden
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.storing import kinds_of_list
from zhiqiao.parties.actors import actor_named
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.policies import IMPORTS


class Upload(Protocol):
    """A file as a browser or a program sends it."""

    name: str | None

    def chunks(self) -> Iterable[bytes]: ...


class Intake(Storer, Protocol):
    """A storer whose lists people send. ``asked``: the columns of the sheet that they may fill in."""

    def open_to(self, actor: Actor) -> bool: ...

    def asked(self, actor: Actor) -> tuple[Asked, ...]: ...


def intake_of(kind: str) -> Intake:
    return cast(Intake, storer_of(kind))


def importable(actor: Actor) -> list[str]:
    """The kinds of list that the actor may send."""
    return [kind for kind in kinds_of_list() if intake_of(kind).open_to(actor)]


def behalves(actor: Actor) -> list[Organisation | None]:
    """On whose behalf the actor may import: None for the whole city, else organisations of their own."""
    if IMPORTS.may(actor, "start", ImportRun(organisation_id=None)):
        return [None]
    own = Organisation.objects.filter(pk__in=actor.organisations).order_by("pinyin", "id")
    return [each for each in own if IMPORTS.may(actor, "start", ImportRun(organisation_id=each.pk))]


def lay_down(uploads: Iterable[Upload], folder: Path) -> tuple[tuple[str, Path], ...]:
    """The uploads where the importer can open them, each with the name that it came with."""
    return tuple(_laid_down(upload, folder, number) for number, upload in enumerate(uploads))


def _laid_down(upload: Upload, folder: Path, number: int) -> tuple[str, Path]:
    name = plain_name(upload.name or "")
    path = folder / f"{number}{Path(name).suffix}"
    with path.open("wb") as out:
        for chunk in upload.chunks():
            out.write(chunk)
    return name, path


def send(*, actor: Actor, request: ImportRequest) -> ImportRun:
    """Keep the files and ask a worker to take them in; the same files again give the unfinished run back."""
    _require(actor, request)
    return hand_in(actor=actor, request=replace(request, sender=told_by(request)))


def begin(*, actor: Actor, request: ImportRequest) -> ImportRun:
    """Open the run for a process that takes the files in itself, with ``core.importing.carry_out``."""
    _require(actor, request)
    return importing.start_import(actor=actor, request=replace(request, sender=told_by(request)))


def rehearse(*, actor: Actor, request: ImportRequest, storer: Storer, watch: Watcher | None = None) -> Rehearsal:
    _require(actor, request)
    return importing.rehearse(actor=actor, request=request, storer=storer, watch=watch)


def _require(actor: Actor, request: ImportRequest) -> None:
    if not intake_of(request.kind).open_to(actor):
        raise Forbidden(verb="import")
    IMPORTS.require(actor, "start", ImportRun(kind=request.kind, organisation_id=request.organisation_id))


def require_still(actor_id: str, arguments: Mapping[str, Any]) -> None:
    """An import that waited, failed or was stopped goes on for those alone who could send it today; whoever may can
    send its files again in their own name. Raises ``import_right_gone``."""
    if actor_id.startswith("system:"):
        return
    run, actor = ImportRun.objects.get(public_id=arguments["run"]), actor_named(actor_id)
    if not (intake_of(run.kind).open_to(actor) and IMPORTS.may(actor, "start", run)):
        raise Forbidden("import_right_gone", number=run.number)


def told_by(request: ImportRequest) -> str:
    """An institution's lists are told by the institution, whatever it calls itself: statuses carry the name, and what
    headings mean is remembered under it."""
    if request.organisation_id is None:
        return request.sender
    own = Organisation.objects.values_list("name", flat=True).get(pk=request.organisation_id)
    more = request.sender.removeprefix(own).strip(" ·")
    return f"{own} · {more}"[:200] if more else own[:200]


def send_again(
    *, actor: Actor, run: ImportRun, mapping: dict[str, str | None] | None = None, units: dict[str, str] | None = None
) -> ImportRun:
    """The same files once more, as after a run that was cancelled, or now that somebody has said what their headings
    mean."""
    request = ImportRequest(
        kind=run.kind,
        files=tuple((source.name, blob_path(source.blob)) for source in run.files.select_related("blob")),
        sender=run.sender,
        mapping={**run.options.get("mapping", {}), **(mapping or {})},
        units={**run.options.get("units", {}), **(units or {})},
        organisation_id=run.organisation_id,
    )
    return send(actor=actor, request=request)


def stop_import(*, actor: Actor, run: ImportRun) -> ImportRun:
    """Ask the worker to stop; what came in so far stays and can be undone. Raises ``import_not_running``."""
    with unit_of_work(actor):
        IMPORTS.require(actor, "stop", run)
        job = job_of(run)
        if run.state != ImportRun.State.RUNNING or job is None:
            raise Conflict("import_not_running", number=run.number)
        job = request_cancel(actor=actor, job=job)
        if job.state == job.State.CANCELLED:
            importing.finish(actor, run, ImportRun.State.CANCELLED, {})
    run.refresh_from_db()
    return run


def undo_import(*, actor: Actor, run: ImportRun) -> ImportRun:
    """Raises ``import_not_finished``."""
    with unit_of_work(actor):
        IMPORTS.require(actor, "undo", run)
        return importing.undo_import(actor=actor, run=run, storer=storer_of(run.kind))
