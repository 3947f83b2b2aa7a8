"""The queue of long work: jobs asked for, cancelled, tried again, and taken by a worker.

Nobody's rights are looked at here, for this room knows no roles. What a person asks for goes through an action of a
higher room: ``parties.actions`` cancels and tries again, ``registry.sending`` hands imports in. Work can wait for long,
and roles end meanwhile: ``settings.ZHIQIAO_JOB_RIGHTS`` (kind → ``"package.module:function"``) names what is called
with the actor's id and the job's arguments before it begins, and raises where they may not have it done any more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from zhiqiao.core.actors import ActingUser, SystemActor
from zhiqiao.core.audit import Subject, Work, unit_of_work
from zhiqiao.core.models import Job
from zhiqiao.kernel.errors import Conflict, Invalid

LEASE_SECONDS = 60  # a handler reports progress more often than this
MAX_ATTEMPTS = 5
FIRST_PAUSE = 5  # seconds before the second attempt; each further one waits four times as long
AS_NEW = {
    "attempts": 0, "cancel_requested": False, "failure": None, "finished_at": None, "result": None,
    "progress_done": 0, "progress_total": None, "stage": "", "started_at": None, "measured_at": None,
}  # fmt: skip
CANDIDATES = 8  # waiting jobs looked at in one go, so that several workers seldom reach for the same one


def load_function(path: str) -> Callable[..., Any]:
    """The function that a setting names as ``package.module:function``."""
    loaded: Callable[..., Any] = import_string(path.replace(":", "."))
    return loaded


def handler_of(kind: str) -> Callable[..., Any]:
    return load_function(handler_paths()[kind])


def handler_paths() -> dict[str, str]:
    paths: dict[str, str] = getattr(settings, "ZHIQIAO_JOBS", {})
    return paths


def require_rights(job: Job) -> None:
    """Raises what the kind's room says where whoever asked for the job may not have it done any more."""
    paths: dict[str, str] = getattr(settings, "ZHIQIAO_JOB_RIGHTS", {})
    if job.kind in paths:
        load_function(paths[job.kind])(job.actor_id, dict(job.arguments))


def lease_seconds() -> float:
    return float(getattr(settings, "ZHIQIAO_JOB_LEASE", LEASE_SECONDS))


def enqueue(actor: ActingUser, kind: str, arguments: dict[str, Any], idempotency_key: str) -> Job:
    """Ask for a piece of work. The same key again gives the job that is there already.

    Raises ``Invalid`` ``job_kind_unknown`` for a kind nobody handles, and ``Conflict`` ``idempotency_key_reused``
    where the key stands for other work.
    """
    if kind not in handler_paths():
        raise Invalid("job_kind_unknown", kind=kind)
    with unit_of_work(actor) as work:
        try:
            with transaction.atomic():
                job = Job.objects.create(
                    kind=kind,
                    idempotency_key=idempotency_key,
                    arguments=arguments,
                    actor_id=actor.actor_id,
                    actor_name=actor.actor_name,
                )
        except IntegrityError:
            return _asked_before(kind, arguments, idempotency_key)
        work.record("core.enqueue_job", subject_of(job), None, {"kind": kind, "arguments": arguments})
    return job


def _asked_before(kind: str, arguments: dict[str, Any], idempotency_key: str) -> Job:
    job = Job.objects.get(idempotency_key=idempotency_key)
    if job.kind != kind or job.arguments != json.loads(json.dumps(arguments)):
        raise Conflict("idempotency_key_reused", key=idempotency_key, kind=job.kind)
    return job


def request_cancel(*, actor: ActingUser, job: Job) -> Job:
    """Ask a job to stop. One that waits is cancelled at once, one that runs stops at its next progress report."""
    with unit_of_work(actor) as work:
        if not _cancel_waiting(job, work):
            running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
            if not running.update(cancel_requested=True):
                raise Conflict("job_finished", job=str(job.public_id))
        work.record("core.cancel_job", subject_of(job), {"state": job.state}, {"cancel_requested": True})
    job.refresh_from_db()
    return job


def _cancel_waiting(job: Job, work: Work) -> int:
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    return waiting.update(state=Job.State.CANCELLED, cancel_requested=True, finished_at=work.at)


def retry_job(*, actor: ActingUser, job: Job) -> Job:
    """Let a failed or cancelled job try again from its checkpoint."""
    with unit_of_work(actor) as work:
        ended = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED])
        if ended.update(state=Job.State.QUEUED, not_before=work.at, **AS_NEW) != 1:
            raise Conflict("job_not_ended", job=str(job.public_id))
        work.record("core.retry_job", subject_of(job), {"state": job.state}, {"state": Job.State.QUEUED.value})
    job.refresh_from_db()
    return job


def subject_of(job: Job) -> Subject:
    return Subject("core.job", str(job.public_id))


def take_job(holder: str, now: datetime | None = None) -> Job | None:
    """The oldest job that is due or whose worker fell silent, now held by ``holder``; None when nothing waits."""
    now = now or timezone.now()
    give_up_silent(now)
    due = Job.objects.filter(_due(now)).order_by("not_before", "id")
    return _first_taken(due.values_list("pk", flat=True)[:CANDIDATES], holder, now)


def _due(now: datetime) -> Q:
    return Q(state=Job.State.QUEUED, not_before__lte=now) | Q(state=Job.State.RUNNING, lease_until__lte=now)


def _first_taken(candidates: Iterable[int], holder: str, now: datetime) -> Job | None:
    for key in candidates:
        taken = Job.objects.filter(_due(now), pk=key).update(
            state=Job.State.RUNNING,
            holder=holder,
            lease_until=now + timedelta(seconds=lease_seconds()),
            heartbeat_at=now,
            started_at=now,
            measured_at=None,
            attempts=F("attempts") + 1,
        )
        if taken:
            return Job.objects.get(pk=key)
    return None


def give_up_silent(now: datetime) -> int:
    """Fail jobs whose worker fell silent on the last attempt: one that kills its worker must not do so for ever."""
    silent = Job.objects.filter(state=Job.State.RUNNING, lease_until__lte=now, attempts__gte=MAX_ATTEMPTS)
    failure = {"code": "worker_lost", "text": ""}
    failed = {"state": Job.State.FAILED, "failure": failure, "finished_at": now, "lease_until": None}
    given_up = 0
    for job in silent.order_by("id")[:CANDIDATES]:
        with unit_of_work(SystemActor("jobs")) as work:
            if silent.filter(pk=job.pk).update(**failed):
                after = {"state": Job.State.FAILED.value, "failure": failure["code"]}
                work.record("core.end_job", subject_of(job), {"state": Job.State.RUNNING.value}, after)
                given_up += 1
    return given_up


def pause_before(attempt: int) -> timedelta:
    """How long to wait after the attempt of this number failed: 5 s, 20 s, 80 s, 320 s."""
    return timedelta(seconds=FIRST_PAUSE * 4 ** (attempt - 1))
