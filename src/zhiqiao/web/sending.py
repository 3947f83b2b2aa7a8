"""Who may hand files in, and doing so; the import itself is ``core``'s."""

from __future__ import annotations

from dataclasses import replace

from zhiqiao.core.blobs import blob_path
from zhiqiao.core.importing import ImportRequest, undo_import
from zhiqiao.core.importjobs import hand_in, storer_of
from zhiqiao.core.models import ImportRun
from zhiqiao.kernel.errors import Forbidden
from zhiqiao.kit.actors import Actor
from zhiqiao.needs.policies import NEEDS
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.policies import ORGANISATIONS
from zhiqiao.registry.policies import IMPORTS, PATENTS


def importable(actor: Actor) -> list[str]:
    """The kinds of list that the actor may send."""
    allowed = {
        "patents": PATENTS.may(actor, "import"),
        "needs": NEEDS.may(actor, "import"),
        "organisations": ORGANISATIONS.may(actor, "register"),
    }
    return [kind for kind, may in allowed.items() if may]


def behalves(actor: Actor) -> list[Organisation | None]:
    """On whose behalf the actor may import: None for the whole city, else organisations of their own."""
    if IMPORTS.may(actor, "start", ImportRun(organisation_id=None)):
        return [None]
    own = Organisation.objects.filter(pk__in=actor.organisations).order_by("pinyin", "id")
    return [each for each in own if IMPORTS.may(actor, "start", ImportRun(organisation_id=each.pk))]


def send(actor: Actor, request: ImportRequest) -> ImportRun:
    """Keep the files and ask a worker to take them in. Raises ``Forbidden``."""
    if request.kind not in importable(actor):
        raise Forbidden(verb="import")
    IMPORTS.require(actor, "start", ImportRun(kind=request.kind, organisation_id=request.organisation_id))
    return hand_in(actor=actor, request=replace(request, sender=told_by(request)))


def told_by(request: ImportRequest) -> str:
    """An institution's lists are told by the institution, whatever it calls itself: statuses carry the name, and what
    headings mean is remembered under it."""
    if request.organisation_id is None:
        return request.sender
    own = Organisation.objects.values_list("name", flat=True).get(pk=request.organisation_id)
    more = request.sender.removeprefix(own).strip(" ·")
    return f"{own} · {more}"[:200] if more else own[:200]


def send_again(actor: Actor, run: ImportRun, mapping: dict[str, str | None], units: dict[str, str]) -> ImportRun:
    """The same files once more, now that somebody has said what their headings mean."""
    request = ImportRequest(
        kind=run.kind,
        files=tuple((source.name, blob_path(source.blob)) for source in run.files.select_related("blob")),
        sender=run.sender,
        mapping={**run.options.get("mapping", {}), **mapping},
        units={**run.options.get("units", {}), **units},
        organisation_id=run.organisation_id,
    )
    return send(actor, request)


def take_back(actor: Actor, run: ImportRun) -> ImportRun:
    IMPORTS.require(actor, "undo", run)
    return undo_import(actor=actor, run=run, storer=storer_of(run.kind))
