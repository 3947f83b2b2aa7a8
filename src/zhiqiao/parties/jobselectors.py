"""Long work and schedules, as far as the actor may see them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from zhiqiao.core.jobresults import report_of
from zhiqiao.core.models import Blob, Job, Schedule
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.jobpolicies import JOBS, SCHEDULES, VIEW_CONTENT


def jobs_visible_to(actor: Actor) -> QuerySet[Job]:
    return JOBS.visible(actor, Job.objects.all())


def job_by_public_id(actor: Actor, public_id: UUID) -> Job:
    """Raises ``NotFound`` ``job_not_found``."""
    job = jobs_visible_to(actor).filter(public_id=public_id).first()
    if job is None:
        raise NotFound("job_not_found", job=str(public_id))
    return job


def job_report_for(actor: Actor, job: Job) -> Blob:
    """The file with everything that failed. Raises ``NotFound`` where there is none or it is not theirs to read."""
    report = report_of(job.result)
    if report is None or not JOBS.may(actor, VIEW_CONTENT, job):
        raise NotFound
    return report


def schedules_visible_to(actor: Actor) -> QuerySet[Schedule]:
    return SCHEDULES.visible(actor, Schedule.objects.select_related("last_job"))


def schedule_named(actor: Actor, name: str) -> Schedule:
    """Raises ``NotFound`` ``schedule_not_found``."""
    schedule = schedules_visible_to(actor).filter(name=name).first()
    if schedule is None:
        raise NotFound("schedule_not_found", name=name[:64])
    return schedule
