"""Which registers' pages have parts of their own."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from zhiqiao.core.importjobs import job_of
from zhiqiao.core.models import AuditBlock, AuditEntry, ImportRun, Job
from zhiqiao.core.schedules import UNFINISHED
from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Kind
from zhiqiao.kit.paging import count_up_to
from zhiqiao.kit.registers import Register
from zhiqiao.kit.storing import register_taking
from zhiqiao.matching.actions import need_text
from zhiqiao.matching.models import Push, PushState, Reply
from zhiqiao.matching.policies import PROFILES
from zhiqiao.matching.registers import PUSHES as PUSH_REGISTER
from zhiqiao.matching.selectors import (
    matches_of,
    needs_answered_by,
    suggestions_for_patent,
    waiting_for_reply,
    with_reasons_for,
)
from zhiqiao.matching.telling import near_misses, recommended, tell_kept
from zhiqiao.needs.models import Need
from zhiqiao.needs.policies import NEEDS
from zhiqiao.needs.selectors import needs_visible_to
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.registers.jobs import JOBS, progress, told_of, why_failed
from zhiqiao.parties.selectors import names_of
from zhiqiao.registry.models import Patent
from zhiqiao.registry.policies import IMPORTS, PATENTS
from zhiqiao.registry.searching import held_by_organisation
from zhiqiao.registry.selectors import patents_visible_to
from zhiqiao.registry.sending import importable
from zhiqiao.web.cells import cell
from zhiqiao.web.dossier import of_patent
from zhiqiao.web.face import Face
from zhiqiao.web.headings import open_questions
from zhiqiao.web.import_report import first_noted, first_rejected, reasons_of
from zhiqiao.web.pages import BY_NAME
from zhiqiao.web.stocktaking import last_taken
from zhiqiao.web.suggesting import for_organisation
from zhiqiao.wording import work_failure

SHOWN: Final = 8  # records in each box
FAILED: Final = 50  # failures on a page; the sheet has all
ANSWERED: Final = 10  # needs that a patent answers


def may_import(actor: Actor) -> dict[str, Any]:
    return {"may_import": importable(actor)}


def patent(actor: Actor, record: Patent) -> dict[str, Any]:
    told: dict[str, Any] = {"patent": record, **of_patent(actor, record)}
    if actor.signed_in:
        told["answered_needs"] = needs_answered_by(actor, record)[:ANSWERED]
        told["pushed"] = PATENTS.may(actor, "push", record) and bool(suggestions_for_patent(actor, record))
    return told


def need(actor: Actor, record: Need) -> dict[str, Any]:
    own = NEEDS.may(actor, "view_private", record)
    kept = list(matches_of(actor, record))
    told = tell_kept(actor, kept, need_text(record))
    return {
        "need": record,
        "matched_at": kept[0].computed_at if kept else None,
        "matches": recommended(told),
        "near": near_misses(told),
        "private": getattr(record, "private", None) if own else None,
    }


def organisation(actor: Actor, record: Organisation) -> dict[str, Any]:
    patents = held_by_organisation(patents_visible_to(actor), record)
    return {
        "organisation": record,
        "industries": vars(record)["industry_names"],
        "names": names_of(record),
        "suggestions": for_organisation(actor, record, 2 * SHOWN),
        "pushed_address": pushes_to(actor, record),
        "sees_ranking": PUSH_REGISTER.open_to(actor) and PROFILES.may(actor, "view", record),
        "patents": patents.order_by("-id")[:SHOWN],
        "needs": needs_visible_to(actor).filter(organisation=record).order_by("-id")[:SHOWN],
    }


def pushes_to(actor: Actor, record: Organisation) -> str:
    """Where the pushes to an organisation are listed; empty for those to whom that list is not open."""
    if not PUSH_REGISTER.open_to(actor):
        return ""
    return f"{reverse('push_list')}?{urlencode({'organisation': record.name})}"


def push(actor: Actor, record: Push) -> dict[str, Any]:
    with_reasons_for(actor, [record])
    may_answer = PUSH_REGISTER.may(actor, "answer", record) and record.state != PushState.WITHDRAWN
    others = waiting_for_reply(actor).exclude(pk=record.pk)
    # The page's own parts: it is seen by being opened, and answered in one tap. What a reply teaches is for the firm's
    # own people to correct where they look at all that the ranking holds.
    own = {"see", "answer", "correct"} if may_answer else {"see", "answer"}
    return {
        "push": record,
        "may_answer": may_answer,
        "replies": Reply.choices,
        "next_waiting": others.first() if may_answer else None,
        "sees_need": record.need is not None and NEEDS.may(actor, "view", record.need),
        "moves": [each for each in PUSH_REGISTER.moves_open(actor, record) if each.name not in own],
    }


def own_houses(actor: Actor) -> dict[str, Any]:
    """Those of which the person may see what the ranking holds."""
    houses = Organisation.objects.filter(pk__in=actor.organisations).order_by("pinyin", "id")
    return {"own_houses": [each for each in houses if PROFILES.may(actor, "correct_profile", each)]}


def imported(actor: Actor, run: ImportRun) -> dict[str, Any]:
    work = job_of(run)
    return {
        "run": run,
        "may_start": IMPORTS.may(actor, "start", run),
        "taking_register": register_taking(run.kind),
        "job": work,
        "at": progress(work) if work else None,
        "files_sent": run.files.select_related("blob"),
        "reasons": reasons_of(run),
        "rejected": first_rejected(run),
        "noted": first_noted(run) if run.state != run.State.RUNNING else [],
        "questions": open_questions(run),
        "sees_stock": BY_NAME["inventory_home"].open_to(actor),
        "taking": last_taken(),
    }


def entry(actor: Actor, record: InventoryEntry) -> dict[str, Any]:
    return {"entry": record, "decision": vars(record)["decision"]}


def job(actor: Actor, record: Job) -> dict[str, Any]:
    told = told_of(record)
    about = [cell(actor, column, record) for column in JOBS.columns_for(actor) if column.name == "facts"]
    return {
        "job": record,
        "at": progress(record),
        "going": record.state in UNFINISHED,
        "why": why_failed(record),
        "told": told,
        "failed": [(each, work_failure(each["code"], each["facts"])) for each in told.get("failed", [])[:FAILED]],
        "texts": [each for each in about if each.value],
        "facts": [cell(actor, column, record) for column in JOBS.columns_for(actor)[2:] if column.kind != Kind.LONG],
    }


def seal(actor: Actor) -> dict[str, Any]:
    last = AuditBlock.objects.order_by("-number").first()
    unsealed = count_up_to(AuditEntry.objects.filter(block=None))
    return {"seal": {"unsealed": unsealed, "blocks": last.number if last else 0, "last": last}}


PLAIN: Final = Face()
FACES: Final[dict[str, Face]] = {
    "patent": Face(
        empty="patents/empty.html", buttons="patents/buttons.html",
        head="patents/head.html", body="patents/body.html", aside="patents/aside.html", after={"push": "patent_push"},
        page=patent, list=may_import,
    ),
    "need": Face(
        actions="needs/actions.html", empty="needs/empty.html", head="needs/head.html", body="needs/body.html",
        aside="needs/aside.html", page=need,
    ),
    "organisation": Face(
        buttons="organisations/buttons.html", head="organisations/head.html", body="organisations/body.html",
        aside="organisations/aside.html",
        page=organisation,
    ),
    "push": Face(
        actions="pushes/actions.html", list=own_houses, empty="pushes/empty.html", head="pushes/head.html",
        body="pushes/body.html", aside="pushes/aside.html",
        page=push,
    ),
    "import": Face(
        actions="imports/actions.html", empty="imports/empty.html", head="imports/head.html",
        template="imports/page.html", page=imported, list=may_import,
    ),
    "job": Face(body="jobs/state.html", page=job),
    "entry": Face(empty="inventory/empty.html", aside="inventory/suggestion.html", page=entry, list=may_import),
    "audit": Face(above="audit/seal.html", list=seal),
}  # fmt: skip


def face_of(register: Register[Any]) -> Face:
    return FACES.get(register.name, PLAIN)
