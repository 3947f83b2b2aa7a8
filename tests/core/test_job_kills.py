"""A worker that is killed at any moment loses no step of its job and does none twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.core import sample_jobs
from tests.core.conftest import ACTOR, until
from zhiqiao.core.jobqueue import MAX_ATTEMPTS
from zhiqiao.core.jobs import enqueue
from zhiqiao.core.models import Job, NumberSeries

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = 60
SEEDS = [1, 2]
SOAK = range(100, 300)
StartWorker = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture(autouse=True)
def registered(settings: Any) -> None:
    settings.ZHIQIAO_JOBS = sample_jobs.JOBS
    settings.ZHIQIAO_HOUSEKEEPING = []


def kill_and_finish(seed: int, start_worker: StartWorker) -> None:
    """Two workers are killed somewhere in the job, the third ends it. Where this process comes too late with its second
    kill, the job has ended and the worker dies idle."""
    chance = random.Random(seed)
    job = enqueue(ACTOR, "count", {"to": STEPS, "odd": 7, "pause": 0.01}, f"killed-{seed}")
    for _ in range(2):
        begun, worker = counted(), start_worker()
        until(partial(more_than_or_all, begun), worker)
        time.sleep(chance.uniform(0, 0.2))
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    worker = start_worker()
    until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, worker)
    job.refresh_from_db()
    assert job.result is not None
    assert counted() == STEPS
    assert job.result["counts"] == {"counted": STEPS}
    assert [each["facts"]["number"] for each in job.result["failed"]] == list(range(7, STEPS, 7))
    assert job.attempts <= MAX_ATTEMPTS


def more_than_or_all(begun: int) -> bool:
    return counted() > begun or counted() == STEPS


def counted() -> int:
    return NumberSeries.objects.filter(name="counted").values_list("last", flat=True).first() or 0


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_twice_and_finished(seed: int, start_worker: StartWorker) -> None:
    kill_and_finish(seed, start_worker)


@pytest.mark.soak
@pytest.mark.parametrize("seed", SOAK)
def test_killed_twice_and_finished_many_times(seed: int, start_worker: StartWorker) -> None:
    kill_and_finish(seed, start_worker)
