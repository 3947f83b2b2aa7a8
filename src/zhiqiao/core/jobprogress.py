"""How far a job is, and how long it may still take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from zhiqiao.core.jobqueue import lease_seconds
from zhiqiao.core.models import Job

STEADY = 3.0  # seconds of counting before a pace is worth naming


@dataclass(frozen=True)
class JobProgress:
    """``percent`` is None where nobody knows how much there is to do, ``per_second`` and ``seconds_left`` where no
    pace can be told: not running, not long enough, or silent for longer than a lease."""

    stage: str
    done: int
    total: int | None
    percent: int | None = None
    per_second: float | None = None
    seconds_left: int | None = None
    seconds_taken: int | None = None


def progress_of(job: Job, now: datetime) -> JobProgress:
    pace = _pace(job, now)
    return JobProgress(
        stage=job.stage,
        done=job.progress_done,
        total=job.progress_total,
        percent=_percent(job),
        per_second=pace,
        seconds_left=_left(job, now, pace),
        seconds_taken=_taken(job, now),
    )


def _percent(job: Job) -> int | None:
    """Never a hundred before the work has ended: after the last row there is still a report to write."""
    if job.state == Job.State.DONE:
        return 100
    if not job.progress_total:
        return None
    return min(99, job.progress_done * 100 // job.progress_total)


def _pace(job: Job, now: datetime) -> float | None:
    if job.state != Job.State.RUNNING or job.measured_at is None or job.heartbeat_at is None:
        return None
    if now - job.heartbeat_at > timedelta(seconds=lease_seconds()):
        return None
    measured, counted = (job.heartbeat_at - job.measured_at).total_seconds(), job.progress_done - job.measured_from
    return counted / measured if measured >= STEADY and counted > 0 else None


def _left(job: Job, now: datetime, pace: float | None) -> int | None:
    if pace is None or job.progress_total is None or job.heartbeat_at is None:
        return None
    since = (now - job.heartbeat_at).total_seconds()
    return max(0, round((job.progress_total - job.progress_done) / pace - since))


def _taken(job: Job, now: datetime) -> int | None:
    """Of the present attempt, the last one where the job has ended."""
    if job.started_at is None:
        return None
    return max(0, int(((job.finished_at or now) - job.started_at).total_seconds()))
