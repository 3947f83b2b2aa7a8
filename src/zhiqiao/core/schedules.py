"""Work that is asked for by the clock: schedules, declared in the settings and then changed by people.

``settings.ZHIQIAO_SCHEDULES`` is name → ``{"kind", "cron", "arguments"}``; a schedule is made from it once, and is
people's to change from then on. As with jobs, rights are looked at in ``parties.actions``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from cronsim import CronSim, CronSimError
from django.conf import settings
from django.utils import timezone

from zhiqiao.core.actors import ActingUser, SystemActor
from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.jobqueue import enqueue, handler_paths
from zhiqiao.core.models import Job, Schedule
from zhiqiao.core.models.base import new_public_id
from zhiqiao.kernel.errors import Conflict, Invalid

PLACE = ZoneInfo("Asia/Shanghai")
CLOCK = SystemActor("schedules")
FIELDS = 5  # the library would take a sixth for seconds; nothing here is asked for that often
LONGEST = 64  # characters
UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)

log = structlog.get_logger(__name__)


def next_due(cron: str, after: datetime) -> datetime:
    """The first moment later than ``after`` that the expression means.

    Raises ``Invalid`` ``cron_unreadable``, or ``cron_never`` for a day that does not come, as 30 February.
    """
    if len(cron.split()) != FIELDS or len(cron) > LONGEST:
        raise Invalid("cron_unreadable", cron=cron[:LONGEST])
    try:
        return next(CronSim(cron, after.astimezone(PLACE)))
    except CronSimError as unreadable:
        raise Invalid("cron_unreadable", cron=cron) from unreadable
    except StopIteration:
        raise Invalid("cron_never", cron=cron) from None


def declare_schedules() -> int:
    """Make the schedules of the settings that are not there yet; how many were made."""
    declared: dict[str, dict[str, Any]] = getattr(settings, "ZHIQIAO_SCHEDULES", {})
    known = set(Schedule.objects.filter(name__in=declared).values_list("name", flat=True))
    now = timezone.now()
    missing = [name for name in declared if name not in known]
    for name in missing:
        said = declared[name]
        first = {"kind": said["kind"], "cron": said["cron"], "arguments": said.get("arguments", {})}
        Schedule.objects.get_or_create(name=name, defaults={**first, "next_due": next_due(said["cron"], now)})
    return len(missing)


def enqueue_due() -> int:
    """Ask for what is due, each moment once however many workers look at the clock; run by the worker beside its jobs.

    What fell due while no worker ran is asked for once, for the earliest of the missed moments. While the job of an
    earlier moment is unfinished, a moment passes without another. Returns how many jobs were asked for.
    """
    declare_schedules()
    now = timezone.now()
    due = Schedule.objects.filter(enabled=True, next_due__lte=now).select_related("last_job").order_by("next_due", "id")
    return sum(_ask_for(schedule, now) for schedule in due)


def _ask_for(schedule: Schedule, now: datetime) -> bool:
    if schedule.kind not in handler_paths():
        log.warning("schedule_without_handler", schedule=schedule.name, kind=schedule.kind)
        return False
    due = schedule.next_due
    assert due is not None  # noqa: S101 -- chosen by it
    with unit_of_work(CLOCK):
        mine = Schedule.objects.filter(pk=schedule.pk, enabled=True, cron=schedule.cron, next_due=due)
        if not mine.update(next_due=next_due(schedule.cron, now)):
            return False  # another worker was faster, or somebody changed it just now
        if unfinished(schedule):
            return False
        key = f"schedule:{schedule.public_id}:{due.isoformat()}"
        job = enqueue(CLOCK, schedule.kind, schedule.arguments, key)
        Schedule.objects.filter(pk=schedule.pk).update(last_due=due, last_job=job)
    return True


def unfinished(schedule: Schedule) -> bool:
    return schedule.last_job is not None and schedule.last_job.state in UNFINISHED


def switch(*, actor: ActingUser, schedule: Schedule, enabled: bool) -> Schedule:
    """Raises ``Conflict`` ``schedule_switched`` where it stands so already."""
    with unit_of_work(actor) as work:
        due = next_due(schedule.cron, work.at) if enabled else None
        other = Schedule.objects.filter(pk=schedule.pk, enabled=not enabled, cron=schedule.cron)
        if not other.update(enabled=enabled, next_due=due):
            raise Conflict("schedule_switched", schedule=schedule.name)
        work.record("core.switch_schedule", subject_of(schedule), {"enabled": not enabled}, {"enabled": enabled})
    schedule.refresh_from_db()
    return schedule


def change(*, actor: ActingUser, schedule: Schedule, cron: str) -> Schedule:
    """From now on at other times. Raises as ``next_due``, and ``Conflict`` ``schedule_changed`` where somebody else
    changed it meanwhile."""
    wanted = " ".join(cron.split())
    with unit_of_work(actor) as work:
        due = next_due(wanted, work.at)
        same = Schedule.objects.filter(pk=schedule.pk, cron=schedule.cron, enabled=schedule.enabled)
        if not same.update(cron=wanted, next_due=due if schedule.enabled else None):
            raise Conflict("schedule_changed", schedule=schedule.name)
        work.record("core.change_schedule", subject_of(schedule), {"cron": schedule.cron}, {"cron": wanted})
    schedule.refresh_from_db()
    return schedule


def run_now(*, actor: ActingUser, schedule: Schedule) -> Job:
    """Ask for the work at once; the clock goes on as before. Raises ``Conflict`` ``schedule_running`` while the last
    job is unfinished."""
    with unit_of_work(actor) as work:
        if unfinished(schedule):
            raise Conflict("schedule_running", schedule=schedule.name)
        before = schedule.last_job_id
        job = enqueue(actor, schedule.kind, schedule.arguments, f"schedule:{schedule.public_id}:{new_public_id()}")
        if not Schedule.objects.filter(pk=schedule.pk, last_job_id=before).update(last_job=job):
            raise Conflict("schedule_running", schedule=schedule.name)
        work.record("core.run_schedule", subject_of(schedule), None, {"job": str(job.public_id)})
    schedule.refresh_from_db()
    return job


def subject_of(schedule: Schedule) -> Subject:
    return Subject("core.schedule", str(schedule.public_id))
