"""Long work: asked for once, done by whichever worker takes it, shown while it runs, resumed after a kill.

A handler is a function named in ``settings.ZHIQIAO_JOBS`` (kind → ``"package.module:function"``). It takes a
``JobContext`` and tells in ``context.result`` what it did. Beside the jobs the worker runs the short
tasks of ``settings.ZHIQIAO_HOUSEKEEPING`` (a list of ``"package.module:function"``) every few seconds.
"""

from __future__ import annotations

import threading
import time
import traceback
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

import structlog
from django.conf import settings
from django.db import close_old_connections, connection
from django.db.models import QuerySet
from django.utils import timezone

from zhiqiao.core.actors import ActingUser
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.jobqueue import (
    MAX_ATTEMPTS,
    enqueue,
    handler_of,
    handler_paths,
    lease_seconds,
    load_function,
    pause_before,
    request_cancel,
    require_rights,
    retry_job,
    subject_of,
    take_job,
)
from zhiqiao.core.jobresults import JobResult
from zhiqiao.core.leases import Busy, new_holder
from zhiqiao.core.models import Job
from zhiqiao.kernel.errors import ZhiqiaoError

__all__ = [
    "Cancelled",
    "Interrupted",
    "JobContext",
    "enqueue",
    "keep_house",
    "request_cancel",
    "retry_job",
    "run_job",
    "run_worker",
    "take_job",
]

REPORT_EVERY = 1.0  # seconds between two writes of progress
HOUSEKEEPING_EVERY = 3.0  # seconds
PAUSE = 1.0  # seconds between two looks into an empty queue
TEXT_KEPT = 500  # characters of an error's text
PASSING_KINDS = frozenset({"conflict", "unavailable"})  # refusals that another attempt can cure

log = structlog.get_logger(__name__)


class Cancelled(ZhiqiaoError):
    """Somebody asked this job to stop."""

    code = "job_cancelled"
    kind = "conflict"


class Interrupted(ZhiqiaoError):
    """The worker is being shut down; the job goes back to the queue."""

    code = "job_interrupted"
    kind = "unavailable"


@dataclass(frozen=True)
class JobOwner:
    """Who asked for the job, as the trail names them."""

    actor_id: str
    actor_name: str


@dataclass
class JobContext:
    """What a handler sees of its job. ``checkpoint`` is what an earlier attempt saved, empty at first."""

    job: Job
    stop: threading.Event = field(default_factory=threading.Event)
    _reported: float = float("-inf")
    _told: tuple[int, int | None, str] | None = None  # done, total, stage as last written

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self.job.arguments)

    @property
    def checkpoint(self) -> dict[str, Any]:
        return dict(self.job.checkpoint)

    @property
    def actor(self) -> ActingUser:
        return JobOwner(self.job.actor_id, self.job.actor_name)

    @cached_property
    def result(self) -> JobResult:
        """What the work did, kept however it ends. An attempt that goes on from a checkpoint with ``result.kept()``
        under "result" goes on from that result."""
        return JobResult(self.job.public_id, self.checkpoint.get("result"))

    def progress(self, done: int, total: int | None = None, stage: str = "") -> None:
        """Say how far the work is and keep the right to it; cheap enough to call for every row.

        Raises ``Cancelled`` or ``Interrupted`` when the work shall end, ``Busy`` when another worker has it.
        """
        if self.stop.is_set():
            raise Interrupted(job=str(self.job.public_id))
        finished = total is not None and done >= total
        same_stage = self._told is not None and stage == self._told[2]
        if not finished and same_stage and time.monotonic() - self._reported < REPORT_EVERY:
            return
        told, self._reported = (done, total, stage), time.monotonic()
        began = {"measured_at": timezone.now(), "measured_from": done} if self._counts_anew(told) else {}
        self._told = told
        self._write(progress_done=done, progress_total=total, stage=stage[:64], **began)
        if Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            raise Cancelled(job=str(self.job.public_id))

    def _counts_anew(self, told: tuple[int, int | None, str]) -> bool:
        """Whether another count begins. A new stage of the same total goes on with it, as files of one import do; a
        total that grows on the way is still the same one."""
        if self._told is None or told[0] < self._told[0]:
            return True
        return told[1] != self._told[1] and told[2] != self._told[2]

    def save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Replace the checkpoint. Called in the transaction of the work it tells of, both happen or neither."""
        self._write(checkpoint=checkpoint)
        self.job.checkpoint = checkpoint

    def _write(self, **changes: Any) -> None:
        now = timezone.now()
        until = now + timedelta(seconds=lease_seconds())
        if not held_job(self.job).update(heartbeat_at=now, lease_until=until, **changes):
            raise Busy("lease_lost", job=str(self.job.public_id))


def held_job(job: Job) -> QuerySet[Job]:
    """The job's row as long as this attempt of this worker still has it."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, holder=job.holder, attempts=job.attempts)


def run_worker(stop: threading.Event, *, once: bool = False, pause: float = PAUSE) -> int:
    """Work until ``stop`` is set; with ``once`` until nothing is due. Returns how many attempts were made.

    Housekeeping runs beside the jobs, so that what a long import stores is indexed and sealed while it goes on.
    """
    if once:
        keep_house()
        attempts = _work_off(new_holder(), stop)
        keep_house()
        return attempts
    house = threading.Thread(target=_keep_house_until, args=(stop,), name="housekeeping")
    house.start()
    attempts, holder = 0, new_holder()
    try:
        while not stop.is_set():
            attempts += _work_off(holder, stop)
            close_old_connections()
            stop.wait(pause)
    finally:
        stop.set()
        house.join()
    return attempts


def _work_off(holder: str, stop: threading.Event) -> int:
    attempts = 0
    while not stop.is_set() and _take_and_run(holder, stop):
        attempts += 1
    return attempts


def _keep_house_until(stop: threading.Event) -> None:
    while not stop.is_set():
        # Counted from the beginning of a round: a backlog is worked off without pauses.
        due = time.monotonic() + HOUSEKEEPING_EVERY
        keep_house()
        close_old_connections()
        stop.wait(max(0.0, due - time.monotonic()))
    connection.close()


def _take_and_run(holder: str, stop: threading.Event) -> bool:
    try:
        job = take_job(holder)
        if job is not None:
            run_job(job, stop)
    except Exception:  # noqa: BLE001 -- the database can be away for a while; the worker must outlive that
        log_error("worker_round_failed")
        return False
    return job is not None


def run_job(job: Job, stop: threading.Event) -> None:
    """Run one attempt and write down how it ended."""
    context = JobContext(job, stop)
    try:
        _handle(context)
    except Busy as lost:
        # Another worker may be on it already. If not, it falls due again when the lease lapses.
        log.warning("job_left", job=str(job.public_id), reason=str(lost))
    except Cancelled:
        _end(context, Job.State.CANCELLED)
    except Interrupted:
        held_job(job).update(state=Job.State.QUEUED, attempts=job.attempts - 1, lease_until=None)
    except ZhiqiaoError as refusal:
        settle = _try_again if refusal.kind in PASSING_KINDS else _fail
        settle(context, failure_of(refusal.reason, str(refusal)))
    except Exception as error:  # noqa: BLE001 -- one broken job must not end the worker that others wait for
        log_error("job_broken", job=str(job.public_id), kind=job.kind)
        _try_again(context, failure_of("job_broken", f"{type(error).__name__}: {error}"))
    else:
        _end(context, Job.State.DONE, failure=None)


def log_error(event: str, **facts: str) -> None:
    # A plain trace: structlog's rich one prints local variables, and with them people's private details.
    log.error(event, **facts, trace=traceback.format_exc())


def failure_of(code: str, text: str) -> dict[str, Any]:
    # PostgreSQL's JSON holds no NUL.
    return {"code": code, "text": text.replace("\x00", "")[:TEXT_KEPT]}


def _handle(context: JobContext) -> None:
    if context.job.kind not in handler_paths():
        raise ZhiqiaoError("job_kind_unknown", kind=context.job.kind)
    if context.job.cancel_requested:
        raise Cancelled(job=str(context.job.public_id))
    require_rights(context.job)
    handler_of(context.job.kind)(context)


def _end(context: JobContext, state: Job.State, **outcome: Any) -> None:
    job = context.job
    result = context.result.as_json()
    with unit_of_work(JobOwner(job.actor_id, job.actor_name)) as work:
        ended = {"state": state, "finished_at": work.at, "lease_until": None, "result": result, **outcome}
        if not held_job(job).update(**ended):
            log.warning("job_left", job=str(job.public_id), reason="lease_lost")
            return
        work.record("core.end_job", subject_of(job), {"state": Job.State.RUNNING.value}, {"state": state.value})
    if state == Job.State.DONE:  # one that is tried again goes on with what it found
        context.result.forget()


def _fail(context: JobContext, failure: dict[str, Any]) -> None:
    _end(context, Job.State.FAILED, failure=failure)


def _try_again(context: JobContext, failure: dict[str, Any]) -> None:
    job = context.job
    if held_job(job).filter(cancel_requested=True).exists():
        _end(context, Job.State.CANCELLED, failure=failure)
        return
    if job.attempts >= MAX_ATTEMPTS:
        _fail(context, failure)
        return
    again = timezone.now() + pause_before(job.attempts)
    held_job(job).update(state=Job.State.QUEUED, failure=failure, not_before=again, lease_until=None)


def keep_house() -> None:
    """Run the short tasks named in ``settings.ZHIQIAO_HOUSEKEEPING``; one that fails does not stop the next."""
    paths: list[str] = getattr(settings, "ZHIQIAO_HOUSEKEEPING", [])
    for path in paths:
        try:
            load_function(path)()
        except Busy:
            continue  # another worker is at it
        except Exception:  # noqa: BLE001 -- the sealer goes on when the indexer is broken, and the other way round
            log_error("housekeeping_failed", task=path)
