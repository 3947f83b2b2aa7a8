"""Imports carried out by a worker: kind ``import`` of ``settings.ZHIQIAO_JOBS``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings

from zhiqiao.core.actors import ActingUser, SystemActor
from zhiqiao.core.importing import ImportRequest, Progress, Storer, carry_out, counters, finish, start_import
from zhiqiao.core.jobqueue import enqueue, load_function
from zhiqiao.core.jobs import JobContext
from zhiqiao.core.models import ImportRun, Job
from zhiqiao.core.reports import write_report
from zhiqiao.kernel.errors import Invalid

JOB: Final = "import"


def storer_of(kind: str) -> Storer:
    """A fresh storer for one run, as ``settings.ZHIQIAO_STORERS`` names it. Raises ``Invalid`` ``import_kind``."""
    paths: dict[str, str] = getattr(settings, "ZHIQIAO_STORERS", {})
    if kind not in paths:
        raise Invalid("import_kind", kind=kind, known=sorted(paths))
    return cast("Callable[[], Storer]", load_function(paths[kind]))()


def hand_in(*, actor: ActingUser, request: ImportRequest) -> ImportRun:
    """Keep the files and ask a worker to take them in; the same files again give the unfinished run back."""
    run = start_import(actor=actor, request=request)
    enqueue(actor, JOB, {"run": str(run.public_id)}, f"import:{run.public_id}")
    return run


def job_of(run: ImportRun) -> Job | None:
    return Job.objects.filter(idempotency_key=f"import:{run.public_id}").first()


def run_import(context: JobContext) -> dict[str, Any]:
    """The worker's side. Goes on where a killed worker stopped."""
    run = ImportRun.objects.get(public_id=context.arguments["run"])
    if run.state == ImportRun.State.RUNNING:
        done = run.rows

        def watch(step: Progress) -> None:
            nonlocal done
            done += step.rows
            context.progress(done, None, Path(step.file).name[:64])

        context.progress(done, None, "reading")
        run = carry_out(actor=context.actor, run=run, storer=storer_of(run.kind), watch=watch)
    write_report(actor=context.actor, run=run)
    ask_for_what_follows(run)
    return counters(run)


def ask_for_what_follows(run: ImportRun) -> None:
    """Jobs that bring other rooms up to date with what came in, as ``settings.ZHIQIAO_AFTER_IMPORT`` names them."""
    if not (run.created or run.updated):
        return
    following: dict[str, list[str]] = getattr(settings, "ZHIQIAO_AFTER_IMPORT", {})
    for kind in following.get(run.kind, []):
        enqueue(SystemActor("imports"), kind, {}, f"{kind}:{run.public_id}")


def close_dead_runs() -> int:
    """A run whose job was given up has failed: it can then be undone, and the same files start a new one. Run by the
    worker; returns how many were closed."""
    closed = 0
    for run in ImportRun.objects.filter(state=ImportRun.State.RUNNING):
        job = job_of(run)
        if job is None or job.state not in (Job.State.FAILED, Job.State.CANCELLED):
            continue
        code = str((job.failure or {}).get("code", job.state))
        finish(SystemActor("imports"), run, ImportRun.State.FAILED, {code: 1})
        closed += 1
    return closed
