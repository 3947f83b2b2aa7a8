from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from tests.core import sample_jobs
from tests.core.conftest import ACTOR
from zhiqiao.core.blobs import blob_path
from zhiqiao.core.jobresults import SHOWN, STALE, JobResult, report_of, sweep_failures
from zhiqiao.core.jobs import JobContext, enqueue, run_job, run_worker, take_job
from zhiqiao.core.models import Job

pytestmark = pytest.mark.django_db
ID = UUID("0190a0f0-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def place(home: Path, settings: Any) -> Path:
    settings.ZHIQIAO_JOBS = sample_jobs.JOBS
    settings.ZHIQIAO_HOUSEKEEPING = []
    return home / "job-failures"


def reported(result: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    blob = report_of(result)
    assert blob is not None
    yield from load_workbook(BytesIO(blob_path(blob).read_bytes()), read_only=True).active.iter_rows(values_only=True)


def test_a_few_failures_stand_in_the_result_itself() -> None:
    result = JobResult(ID)
    result.say(day="2026-11-23")
    result.count("done", 3)
    result.fail("第 7 行", "number_format", {"given": "x"})
    told = result.as_json()
    assert told == {
        "about": {"day": "2026-11-23"},
        "counts": {"done": 3},
        "failed": [{"subject": "第 7 行", "code": "number_format", "facts": {"given": "x"}}],
        "failures": 1,
        "report": None,
    }
    assert report_of(told) is None


def test_many_failures_are_all_in_a_report_and_cost_no_memory() -> None:
    result = JobResult(ID)
    tracemalloc.start()
    for number in range(5_000):
        result.fail(f"row {number}", "file_empty", {"cells": "x" * 500})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    told = result.as_json()
    assert (len(told["failed"]), told["failures"]) == (SHOWN, 5_000)
    rows = list(reported(told))
    assert len(rows) == 5_001
    assert rows[1][:3] == ("row 0", "文件是空的", "file_empty")
    assert rows[-1][0] == "row 4999"


def test_what_no_database_could_hold_is_left_out() -> None:
    result = JobResult(ID)
    result.fail("a\x00b", "c", {"cells": ["\ud800x", {"k\x00": 1}]})
    assert result.as_json()["failed"] == [{"subject": "ab", "code": "c", "facts": {"cells": ["?x", {"k": 1}]}}]


def test_an_attempt_goes_on_from_the_checkpoint_and_from_nothing_after_it() -> None:
    first = JobResult(ID)
    first.count("done", 2)
    first.fail("kept", "c")
    kept = first.kept()
    first.count("done", 9)
    first.fail("after the checkpoint", "c")
    second = JobResult(ID, kept)
    second.count("done", 1)
    second.fail("new", "c")
    told = second.as_json()
    assert [each["subject"] for each in told["failed"]] == ["kept", "new"]
    assert (told["counts"], told["failures"]) == ({"done": 3}, 2)


def test_an_attempt_without_a_checkpoint_begins_with_nothing() -> None:
    JobResult(ID).fail("of another attempt", "c")
    assert JobResult(ID).as_json()["failed"] == []
    again = JobResult(ID)
    again.fail("new", "c")
    assert [each["subject"] for each in again.as_json()["failed"]] == ["new"]


def test_a_jobs_failures_are_kept_with_it_and_its_file_goes(place: Path) -> None:
    job = enqueue(ACTOR, "count", {"to": 450, "odd": 2}, "k")
    run_worker(threading.Event(), once=True)
    job.refresh_from_db()
    assert job.result is not None
    assert (job.result["failures"], len(job.result["failed"])) == (225, 200)
    assert len(list(reported(job.result))) == 226
    assert list(place.iterdir()) == []


def test_a_failed_job_keeps_what_it_did_until_it_is_tried_again(place: Path) -> None:
    job = enqueue(ACTOR, "count", {"to": 4, "odd": 2, "break_at": 3}, "k")
    taken = take_job("me")
    assert taken is not None
    run_job(taken, threading.Event())
    job.refresh_from_db()
    assert job.result is not None
    assert (job.state, job.result["counts"], job.result["failures"]) == ("failed", {"counted": 3}, 1)
    Job.objects.update(state=Job.State.RUNNING, arguments={"to": 4, "odd": 2})
    run_job(Job.objects.get(), threading.Event())
    job.refresh_from_db()
    assert job.result is not None
    assert [each["subject"] for each in job.result["failed"]] == ["number 2", "number 4"]


def test_the_failures_of_a_job_that_never_ended_go_in_the_end(place: Path) -> None:
    JobResult(ID).fail("x", "c")
    (left,) = place.iterdir()
    written = left.stat().st_mtime
    assert sweep_failures(written + STALE - 1) == 0
    assert sweep_failures(written + STALE + 1) == 1
    assert list(place.iterdir()) == []


def test_the_context_hands_out_one_result() -> None:
    enqueue(ACTOR, "count", {"to": 1}, "k")
    job = take_job("me")
    assert job is not None
    context = JobContext(job)
    assert context.result is context.result
