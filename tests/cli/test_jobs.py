"""``zhiqiao jobs`` and ``zhiqiao schedules`` as people and programs use them."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests.core import sample_jobs
from tests.importing.programs import CommandLine
from zhiqiao.core.actors import SystemActor
from zhiqiao.core.jobs import enqueue, run_worker
from zhiqiao.core.models import Job, Schedule

ACTOR = SystemActor("test")


@pytest.fixture(autouse=True)
def kinds(settings: Any) -> None:
    settings.ZHIQIAO_JOBS = {**sample_jobs.JOBS, "stock": "tests.core.sample_jobs:count"}
    settings.ZHIQIAO_HOUSEKEEPING = []
    settings.ZHIQIAO_SCHEDULES = {"nightly_stock": {"kind": "stock", "cron": "0 2 * * *", "arguments": {"to": 1}}}


def work_off() -> None:
    run_worker(threading.Event(), once=True)


def ending(job: Job) -> str:
    return job.public_id.hex[-8:]


def test_the_newest_work_comes_first_and_can_be_narrowed(call: CommandLine) -> None:
    assert "没有任务" in call("jobs").out
    first = enqueue(ACTOR, "stock", {"to": 1}, "a")
    work_off()
    second = enqueue(ACTOR, "count", {"to": 1}, "b")
    shown = call("jobs").out
    assert shown.index(ending(second)) < shown.index(ending(first))
    assert "重新盘点" in shown and "已完成" in shown
    assert ending(first) not in call("jobs", "--state", "queued").out
    assert ending(second) not in call("jobs", "--kind", "stock").out
    (told,) = json.loads(call("jobs", "--state", "done", "--json").out.splitlines()[-1])["jobs"]
    assert (told["id"], told["progress"]["percent"]) == (str(first.public_id), 100)


def test_one_piece_of_work_with_what_failed(call: CommandLine) -> None:
    job = enqueue(ACTOR, "count", {"to": 4, "odd": 2}, "a")
    work_off()
    shown = call("jobs", "show", ending(job)).out
    assert str(job.public_id) in shown and "未成功: 2" in shown and "number 2" in shown
    assert json.loads(call("jobs", "show", str(job.public_id), "--json").out)["result"]["failures"] == 2


@pytest.mark.parametrize(("kind", "code"), [("count", 0), ("refuse", 1)])
def test_watching_ends_with_how_it_ended(call: CommandLine, kind: str, code: int) -> None:
    job = enqueue(ACTOR, kind, {"to": 1}, "a")
    work_off()
    ran = call("jobs", "watch", ending(job))
    assert ran.code == code
    assert ("[heading_missing]" in ran.out) == bool(code)


def test_cancel_and_retry(call: CommandLine) -> None:
    job = enqueue(ACTOR, "count", {"to": 1}, "a")
    assert "已取消" in call("jobs", "cancel", ending(job)).out
    again = call("jobs", "cancel", ending(job))
    assert (again.code, len(again.err.splitlines())) == (1, 1)
    assert "[job_finished]" in again.err
    assert "已重新排队" in call("jobs", "retry", ending(job)).out
    assert "[job_not_ended]" in call("jobs", "retry", ending(job)).err


@pytest.mark.parametrize("wrong", ["nix", "%", "00000000-0000-7000-8000-000000000000", " "])
def test_an_unknown_id_is_one_clear_line(call: CommandLine, wrong: str) -> None:
    enqueue(ACTOR, "count", {"to": 1}, "a")
    ran = call("jobs", "show", wrong)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "[job_not_found]" in ran.err and "zhiqiao jobs" in ran.err


def test_an_ending_that_fits_two_is_not_guessed(call: CommandLine) -> None:
    first, second = (enqueue(ACTOR, "count", {"to": 1}, key) for key in "ab")
    Job.objects.filter(pk=second.pk).update(public_id=str(first.public_id)[:-12] + "0" * 4 + ending(first))
    assert "[job_ambiguous]" in call("jobs", "show", ending(first)).err


def test_an_unknown_kind_names_the_known_ones(call: CommandLine) -> None:
    ran = call("jobs", "--kind", "dance")
    assert ran.code == 1
    assert "[job_kind_unknown]" in ran.err and "count" in ran.err


def test_schedules_from_the_terminal(call: CommandLine) -> None:
    shown = call("schedules").out
    assert "nightly_stock" in shown and "0 2 * * *" in shown and "启用" in shown
    assert "已停用" in call("schedules", "off", "nightly_stock").out
    assert "[schedule_switched]" in call("schedules", "off", "nightly_stock").err
    assert "停用中" in call("schedules", "change", "nightly_stock", "30 3 * * 1").out
    assert "已启用" in call("schedules", "on", "nightly_stock").out
    assert Schedule.objects.get().cron == "30 3 * * 1"
    assert "zhiqiao jobs watch" in call("schedules", "run", "nightly_stock").out
    assert "[schedule_running]" in call("schedules", "run", "nightly_stock").err
    work_off()
    (told,) = json.loads(call("schedules", "--json").out.splitlines()[-1])["schedules"]
    assert told["last_job"] == str(Job.objects.get().public_id)


@pytest.mark.parametrize(
    ("words", "code"),
    [(("change", "nightly_stock", "nachts"), "cron_unreadable"), (("off", "weekly"), "schedule_not_found")],
)
def test_a_wrong_word_is_one_clear_line(call: CommandLine, words: tuple[str, ...], code: str) -> None:
    ran = call("schedules", *words)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert f"[{code}]" in ran.err
