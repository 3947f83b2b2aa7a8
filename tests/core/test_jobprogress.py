from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.core import sample_jobs
from tests.core.conftest import ACTOR
from zhiqiao.core import jobs
from zhiqiao.core.jobprogress import JobProgress, progress_of
from zhiqiao.core.jobs import JobContext, enqueue, take_job
from zhiqiao.core.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(jobs, "REPORT_EVERY", 0.0)
    settings.ZHIQIAO_JOBS = sample_jobs.JOBS
    with time_machine.travel(timezone.now(), tick=False) as frozen:
        yield frozen


@pytest.fixture
def work(clock: Any) -> JobContext:
    enqueue(ACTOR, "count", {"to": 1}, "k")
    job = take_job("me")
    assert job is not None
    return JobContext(job)


def seen(work: JobContext) -> JobProgress:
    return progress_of(Job.objects.get(pk=work.job.pk), timezone.now())


def test_a_share_and_an_estimate_come_from_the_pace_so_far(work: JobContext, clock: Any) -> None:
    work.progress(0, 1_000, "reading")
    assert (seen(work).percent, seen(work).seconds_left) == (0, None)
    clock.shift(timedelta(seconds=20))
    work.progress(200, 1_000, "reading")
    found = seen(work)
    assert (found.percent, found.per_second, found.seconds_left, found.seconds_taken) == (20, 10.0, 80, 20)
    clock.shift(timedelta(seconds=5))
    assert seen(work).seconds_left == 75, "the clock goes on between two reports"


def test_without_a_total_there_is_a_pace_but_no_share(work: JobContext, clock: Any) -> None:
    work.progress(0, None, "reading")
    clock.shift(timedelta(seconds=10))
    work.progress(50, None, "reading")
    found = seen(work)
    assert (found.percent, found.seconds_left, found.per_second, found.done) == (None, None, 5.0, 50)


def test_what_an_earlier_attempt_did_is_not_taken_for_speed(work: JobContext, clock: Any) -> None:
    work.progress(900, 1_000, "reading")
    clock.shift(timedelta(seconds=10))
    work.progress(910, 1_000, "reading")
    assert (seen(work).per_second, seen(work).seconds_left) == (1.0, 90)


def test_a_stage_that_counts_something_else_begins_anew(work: JobContext, clock: Any) -> None:
    work.progress(0, 100, "appraise")
    clock.shift(timedelta(seconds=10))
    work.progress(100, 100, "appraise")
    work.progress(0, 50, "suggest_tiers")
    assert (seen(work).percent, seen(work).per_second) == (0, None)
    clock.shift(timedelta(seconds=10))
    work.progress(10, 50, "suggest_tiers")
    assert seen(work).seconds_left == 40


def test_files_of_one_import_and_totals_that_grow_go_on_counting(work: JobContext, clock: Any) -> None:
    work.progress(0, 100, "a.csv")
    clock.shift(timedelta(seconds=10))
    work.progress(10, 100, "b.csv")
    work.progress(10, 110, "b.csv")
    clock.shift(timedelta(seconds=10))
    work.progress(20, 110, "b.csv")
    assert seen(work).per_second == 1.0


def test_a_silent_worker_promises_nothing(work: JobContext, clock: Any) -> None:
    work.progress(0, 100, "reading")
    clock.shift(timedelta(seconds=10))
    work.progress(10, 100, "reading")
    clock.shift(timedelta(seconds=61))
    assert (seen(work).per_second, seen(work).seconds_left) == (None, None)


def test_all_is_done_only_when_the_job_has_ended(work: JobContext, clock: Any) -> None:
    work.progress(100, 100, "reading")
    assert seen(work).percent == 99
    Job.objects.update(state=Job.State.DONE, finished_at=timezone.now() + timedelta(seconds=7))
    clock.shift(timedelta(days=1))
    assert (seen(work).percent, seen(work).seconds_taken, seen(work).seconds_left) == (100, 7, None)


def test_a_later_attempt_measures_anew(work: JobContext, clock: Any) -> None:
    work.progress(0, 100, "reading")
    clock.shift(timedelta(seconds=61))
    again = take_job("another")
    assert again is not None
    assert (again.measured_at, again.started_at) == (None, timezone.now())
