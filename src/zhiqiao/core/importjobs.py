"""Imports carried out by a worker: kind ``import`` of ``settings.ZHIQIAO_JOBS``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

from django.conf import settings

from zhiqiao.core.actors import ActingUser, SystemActor
from zhiqiao.core.importing import (
    ImportRequest,
    Progress,
    Storer,
    Watcher,
    carry_out,
    finish,
    reopen,
    start_import,
)
from zhiqiao.core.jobqueue import enqueue, load_function
from zhiqiao.core.jobresults import SHOWN, JobResult
from zhiqiao.core.jobs import Cancelled, JobContext
from zhiqiao.core.models import ImportRun, Job
from zhiqiao.core.reports import write_report
from zhiqiao.exchange.cells import FileRefused

JOB: Final = "import"


def storer_of(kind: str) -> Storer:
    """A fresh storer for one run, as ``settings.ZHIQIAO_STORERS`` names it; kinds that it does not name are asked of
    ``settings.ZHIQIAO_OTHER_STORERS``. Raises ``Invalid`` ``import_kind``."""
    paths: dict[str, str] = settings.ZHIQIAO_STORERS
    if kind in paths:
        return cast("Callable[[], Storer]", load_function(paths[kind]))()
    return cast("Callable[[str], Storer]", load_function(settings.ZHIQIAO_OTHER_STORERS))(kind)


def hand_in(*, actor: ActingUser, request: ImportRequest) -> ImportRun:
    """Keep the files and ask a worker to take them in; the same files again give the unfinished run back."""
    run = start_import(actor=actor, request=request)
    enqueue(actor, JOB, {"run": str(run.public_id)}, f"import:{run.public_id}")
    return run


def job_of(run: ImportRun) -> Job | None:
    return Job.objects.filter(idempotency_key=f"import:{run.public_id}").first()


def run_import(context: JobContext) -> None:
    """The worker's side. Goes on where a killed worker stopped, or one that was cancelled and is tried again."""
    run = ImportRun.objects.get(public_id=context.arguments["run"])
    if run.state != ImportRun.State.DONE:
        reopen(context.actor, run)
        try:
            context.progress(0, None, "reading")
            run = carry_out(actor=context.actor, run=run, storer=storer_of(run.kind), watch=watcher(context))
        except FileRefused:
            run.refresh_from_db()
            tell(context.result, run)
            raise
        except Cancelled:
            finish(context.actor, run, ImportRun.State.CANCELLED, {})
            close(context, run)
            raise
    close(context, run)


def watcher(context: JobContext) -> Watcher:
    def watch(step: Progress) -> None:
        context.progress(step.read, step.size or None, Path(step.file).name[:64])

    return watch


def close(context: JobContext, run: ImportRun) -> None:
    """What stands at the end of a run, whether it came to its end or was stopped."""
    write_report(actor=context.actor, run=run)
    tell(context.result, run)
    ask_for_what_follows(run)


def tell(result: JobResult, run: ImportRun) -> None:
    result.say(import_number=run.number)
    for name in ("rows", "created", "updated", "unchanged", "rejected"):
        result.count(name, getattr(run, name))
    result.report = run.report
    files = {table["number"]: table["file"] for table in run.headings if "number" in table}
    rejected = run.source_rows.filter(outcome="rejected").order_by("id")
    for row in rejected[:SHOWN]:
        code = row.codes[0] if row.codes else ""
        told = f"{files.get(row.table_number, '')} · {row.row_number}"
        result.fail(told, code, {"column": row.column, **row.facts})
    result.failures = run.rejected


def ask_for_what_follows(run: ImportRun) -> None:
    """Jobs that bring other rooms up to date with what came in, as ``settings.ZHIQIAO_AFTER_IMPORT`` names them."""
    if not (run.created or run.updated):
        return
    following: dict[str, list[str]] = getattr(settings, "ZHIQIAO_AFTER_IMPORT", {})
    for kind in following.get(run.kind, []):
        enqueue(SystemActor("imports"), kind, {}, f"{kind}:{run.public_id}")


def close_dead_runs() -> int:
    """A run whose job was given up or cancelled has ended: it can then be undone, and the same files start a new one.
    Run by the worker; returns how many were closed."""
    closed = 0
    for run in ImportRun.objects.filter(state=ImportRun.State.RUNNING):
        job = job_of(run)
        if job is None or job.state not in (Job.State.FAILED, Job.State.CANCELLED):
            continue
        if job.state == Job.State.CANCELLED:
            finish(SystemActor("imports"), run, ImportRun.State.CANCELLED, {})
        else:
            code = str((job.failure or {}).get("code", job.state))
            finish(SystemActor("imports"), run, ImportRun.State.FAILED, {code: 1})
        closed += 1
    return closed
