from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from tests.core import sample_jobs
from tests.core.conftest import ACTOR, until
from zhiqiao.core import jobs
from zhiqiao.core.jobqueue import MAX_ATTEMPTS
from zhiqiao.core.jobs import JobContext, enqueue, request_cancel, retry_job, run_job, run_worker, take_job
from zhiqiao.core.leases import Busy
from zhiqiao.core.models import AuditEntry, Job, NumberSeries
from zhiqiao.kernel.errors import Conflict, Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registered(settings: Any) -> Any:
    settings.ZHIQIAO_JOBS = sample_jobs.JOBS
    settings.ZHIQIAO_HOUSEKEEPING = []
    return settings


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as frozen:
        yield frozen


def ask(kind: str = "count", key: str = "k", **arguments: Any) -> Job:
    return enqueue(ACTOR, kind, arguments, key)


def work_off() -> int:
    return run_worker(threading.Event(), once=True)


def test_a_job_runs_with_its_arguments_for_its_actor_and_keeps_its_result() -> None:
    job = ask(to=3)
    assert work_off() == 1
    job.refresh_from_db()
    assert job.state == "done"
    assert job.result == {
        "about": {"actor": "system:test"},
        "counts": {"counted": 3},
        "failed": [],
        "failures": 0,
        "report": None,
    }
    assert (job.progress_done, job.progress_total, job.stage, job.attempts) == (3, 3, "counting", 1)
    assert job.finished_at is not None
    actions = AuditEntry.objects.order_by("id").values_list("action", "actor_id")
    assert list(actions) == [("core.enqueue_job", "system:test"), ("core.end_job", "system:test")]
    assert work_off() == 0


def test_the_same_key_gives_the_same_job_and_other_work_under_it_is_refused() -> None:
    assert ask(to=1) == ask(to=1)
    assert Job.objects.count() == AuditEntry.objects.count() == 1
    with pytest.raises(Conflict) as refused:
        ask(to=2)
    assert refused.value.reason == "idempotency_key_reused"
    with pytest.raises(Invalid) as unknown:
        ask(kind="dance")
    assert unknown.value.reason == "job_kind_unknown"


def test_a_refusal_ends_the_job_with_its_code() -> None:
    job = ask("refuse")
    work_off()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 1)
    assert job.failure == {"code": "heading_missing", "text": "heading_missing(heading='申请号')"}


@pytest.mark.parametrize(("kind", "code"), [("wait", "index_missing"), ("break_down", "job_broken")])
def test_what_can_pass_is_tried_again_ever_later_until_it_is_given_up(clock: Any, kind: str, code: str) -> None:
    job = ask(kind)
    waits = []
    while job.state != Job.State.FAILED:
        assert work_off() == 1
        job.refresh_from_db()
        if job.state == Job.State.QUEUED:
            assert work_off() == 0
            waits.append((job.not_before - timezone.now()).total_seconds())
            clock.shift(job.not_before - timezone.now())
    assert waits == [5, 20, 80, 320]
    assert job.attempts == MAX_ATTEMPTS
    assert job.failure is not None
    assert job.failure["code"] == code


def test_a_broken_job_does_not_keep_the_next_from_running() -> None:
    ask("break_down", "first")
    good = ask("count", "second", to=1)
    assert work_off() == 2
    good.refresh_from_db()
    assert good.state == "done"


def test_a_broken_jobs_trace_shows_no_private_details(capsys: pytest.CaptureFixture[str]) -> None:
    ask("break_down")
    work_off()
    shown = capsys.readouterr().out
    assert "job_broken" in shown and "a slip" in shown
    assert "13800000000" not in shown


def test_a_kind_that_is_no_longer_handled_fails_plainly(registered: Any) -> None:
    job = ask(to=1)
    registered.ZHIQIAO_JOBS = {}
    work_off()
    job.refresh_from_db()
    assert job.failure is not None
    assert (job.state, job.failure["code"]) == ("failed", "job_kind_unknown")


def test_a_waiting_job_is_cancelled_at_once_and_can_be_tried_again() -> None:
    job = request_cancel(actor=ACTOR, job=ask(to=1))
    assert job.state == "cancelled"
    assert work_off() == 0
    with pytest.raises(Conflict):
        request_cancel(actor=ACTOR, job=job)
    retry_job(actor=ACTOR, job=job)
    assert work_off() == 1
    job.refresh_from_db()
    assert job.state == "done"
    with pytest.raises(Conflict):
        retry_job(actor=ACTOR, job=job)


def test_a_running_job_stops_at_its_next_report() -> None:
    ask("report")
    job = take_job("me")
    assert job is not None
    assert request_cancel(actor=ACTOR, job=job).state == "running"
    run_job(job, threading.Event())
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_job_that_is_cancelled_while_it_fails_is_not_tried_again() -> None:
    ask("wait")
    job = take_job("me")
    assert job is not None
    request_cancel(actor=ACTOR, job=job)
    job.cancel_requested = False  # as the worker read it before
    run_job(job, threading.Event())
    job.refresh_from_db()
    assert job.failure is not None
    assert (job.state, job.failure["code"]) == ("cancelled", "index_missing")


def test_a_failed_job_tried_again_begins_with_all_its_attempts(clock: Any) -> None:
    job = ask("wait")
    while job.state != Job.State.FAILED:
        work_off()
        job.refresh_from_db()
        clock.shift(timedelta(minutes=6))
    job = retry_job(actor=ACTOR, job=job)
    assert (job.state, job.attempts, job.failure, job.result, job.stage) == ("queued", 0, None, None, "")
    assert work_off() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 1)


def test_a_cancelled_job_goes_on_where_it_stopped() -> None:
    ask(to=4, stepwise=True)
    job = take_job("me")
    assert job is not None
    request_cancel(actor=ACTOR, job=job)
    job.cancel_requested = False
    run_job(job, threading.Event())
    job.refresh_from_db()
    assert job.result is not None
    assert (job.state, job.result["counts"]) == ("cancelled", {"counted": 1})
    retry_job(actor=ACTOR, job=job)
    work_off()
    job.refresh_from_db()
    assert job.result is not None
    assert (job.state, job.result["counts"], job.attempts) == ("done", {"counted": 4}, 1)
    assert NumberSeries.objects.get(name="counted").last == 4


def test_a_shutdown_puts_the_job_back_without_counting_the_attempt() -> None:
    ask("report")
    job = take_job("me")
    assert job is not None
    stop = threading.Event()
    stop.set()
    run_job(job, stop)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


def test_a_taken_job_is_nobody_elses_until_its_worker_falls_silent(clock: Any) -> None:
    ask(to=1)
    first = take_job("a")
    assert first is not None
    assert take_job("b") is None
    clock.shift(timedelta(seconds=50))
    JobContext(first).progress(1, 9, "alive")
    clock.shift(timedelta(seconds=50))
    assert take_job("b") is None
    clock.shift(timedelta(seconds=61))
    second = take_job("b")
    assert second is not None
    assert (second.pk, second.attempts) == (first.pk, 2)
    with pytest.raises(Busy):
        JobContext(first).progress(2, 9, "late")
    with pytest.raises(Busy):
        JobContext(first).save_checkpoint({})
    run_job(first, threading.Event())
    second.refresh_from_db()
    assert (second.state, second.holder) == ("running", "b")


def test_a_job_that_kills_its_worker_every_time_is_given_up(clock: Any) -> None:
    job = ask(to=1)
    for _ in range(MAX_ATTEMPTS):
        assert take_job("a") is not None
        clock.shift(timedelta(seconds=61))
    assert take_job("a") is None
    job.refresh_from_db()
    assert (job.state, job.failure) == ("failed", {"code": "worker_lost", "text": ""})


def test_progress_is_written_sparingly(django_assert_max_num_queries: Any) -> None:
    ask("report")
    job = take_job("me")
    assert job is not None
    with django_assert_max_num_queries(20):
        sample_jobs.report(JobContext(job))


def test_housekeeping_goes_on_past_a_broken_task(registered: Any) -> None:
    names = ("broken_broom", "busy_broom", "sweep")
    registered.ZHIQIAO_HOUSEKEEPING = [f"tests.core.sample_jobs:{name}" for name in names]
    sample_jobs.SWEPT.clear()
    work_off()
    assert "swept" in sample_jobs.SWEPT


@pytest.mark.django_db(transaction=True)
def test_housekeeping_goes_on_beside_a_long_job(registered: Any, tmp_path: Path) -> None:
    registered.ZHIQIAO_HOUSEKEEPING = ["tests.core.sample_jobs:sweep"]
    sample_jobs.SWEPT.clear()
    hold = tmp_path / "hold"
    hold.touch()
    job = ask("count_slowly", hold=str(hold))
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(work_then_disconnect, stop)
        try:
            until(lambda: bool(sample_jobs.SWEPT) and Job.objects.get(pk=job.pk).progress_done == 1)
            hold.unlink()
            until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE)
        finally:
            hold.unlink(missing_ok=True)
            stop.set()
        assert worker.result() == 1


def work_then_disconnect(stop: threading.Event) -> int:
    try:
        return run_worker(stop, pause=0.05)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_many_workers_do_every_job_once(at_once: Callable[..., list[Any]]) -> None:
    for number in range(12):
        ask(key=str(number), to=2)
    attempts = at_once(lambda _: work_off())
    assert sum(attempts) == 12
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}
    assert NumberSeries.objects.get(name="counted").last == 24


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_job_is_finished_by_another_from_its_checkpoint(
    tmp_path: Path, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    hold = tmp_path / "hold"
    hold.touch()
    job = ask("count_slowly", hold=str(hold))
    first = start_worker()
    until(lambda: Job.objects.get(pk=job.pk).progress_done == 1, first)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    hold.unlink()
    second = start_worker()
    until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, second)
    job.refresh_from_db()
    assert job.result is not None
    assert (job.attempts, job.result["about"]) == (2, {"began": first.pid, "ended": second.pid})


def test_every_name_in_the_module_is_there() -> None:
    assert all(hasattr(jobs, name) for name in jobs.__all__)
