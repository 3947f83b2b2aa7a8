"""Long work, stopped and tried again by people: the one way in for all faces."""

from __future__ import annotations

from zhiqiao.core import jobqueue
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.models import Job
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.jobpolicies import CANCEL, JOBS, RETRY


def cancel_job(*, actor: Actor, job: Job) -> Job:
    """Raises ``job_finished``."""
    with unit_of_work(actor):
        JOBS.require(actor, CANCEL, job)
        return jobqueue.request_cancel(actor=actor, job=job)


def retry_job(*, actor: Actor, job: Job) -> Job:
    """A failed or cancelled job goes on from its checkpoint, for whoever first asked for it. Raises
    ``job_not_ended``, and what its kind says where that person may not have it done any more."""
    with unit_of_work(actor):
        JOBS.require(actor, RETRY, job)
        jobqueue.require_rights(job)
        return jobqueue.retry_job(actor=actor, job=job)
