from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.core import sample_jobs
from tests.core.conftest import ACTOR
from zhiqiao.core.jobs import run_worker
from zhiqiao.core.models import AuditEntry, Job, Schedule
from zhiqiao.core.schedules import PLACE, change, declare_schedules, enqueue_due, next_due, run_now, switch
from zhiqiao.kernel.errors import Conflict, Invalid

pytestmark = pytest.mark.django_db
NIGHTLY = {"nightly": {"kind": "count", "cron": "30 2 * * *", "arguments": {"to": 2}}}
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=PLACE)


@pytest.fixture(autouse=True)
def declared(home: object, settings: Any) -> Any:
    settings.ZHIQIAO_JOBS = sample_jobs.JOBS
    settings.ZHIQIAO_HOUSEKEEPING = []
    settings.ZHIQIAO_SCHEDULES = NIGHTLY
    return settings


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY_NOON, tick=False) as frozen:
        yield frozen


def local(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PLACE)


def the_schedule() -> Schedule:
    declare_schedules()
    return Schedule.objects.select_related("last_job").get()


def work_off() -> int:
    return run_worker(threading.Event(), once=True)


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("30 2 * * *", local(2026, 11, 24, 2, 30)),
        ("0 12 * * *", local(2026, 11, 24, 12)),
        ("*/15 * * * *", local(2026, 11, 23, 12, 15)),
        ("0 4 * * 0", local(2026, 11, 29, 4)),
        ("0 9 L * *", local(2026, 11, 30, 9)),
        ("0 8 29 2 *", local(2028, 2, 29, 8)),
    ],
)
def test_expressions_are_read_in_beijing_time(cron: str, expected: datetime) -> None:
    assert next_due(cron, MONDAY_NOON) == expected


@pytest.mark.parametrize(
    "cron", ["", "30 2 * *", "0 30 2 * * *", "61 * * * *", "30 2 * * 9", "夜里", "@daily", "0 0 30 2 *", "* " * 40]
)
def test_an_expression_that_is_none_is_refused(cron: str) -> None:
    with pytest.raises(Invalid) as refused:
        next_due(cron, MONDAY_NOON)
    assert refused.value.reason == "cron_unreadable"


def test_a_day_that_never_comes_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        next_due("0 0 */30 2 1#5", MONDAY_NOON)
    assert refused.value.reason == "cron_never"


def test_what_is_declared_is_made_once_and_then_peoples(clock: Any) -> None:
    assert declare_schedules() == 1
    change(actor=ACTOR, schedule=Schedule.objects.get(), cron="0 5 * * *")
    assert declare_schedules() == 0
    found = Schedule.objects.get()
    assert (found.cron, found.next_due, found.arguments) == ("0 5 * * *", local(2026, 11, 24, 5), {"to": 2})


def test_a_moment_is_asked_for_once_and_the_next_is_noted(clock: Any) -> None:
    due = the_schedule().next_due
    assert enqueue_due() == 0
    clock.move_to(local(2026, 11, 24, 2, 31))
    assert (enqueue_due(), enqueue_due()) == (1, 0)
    found = the_schedule()
    assert (found.last_due, found.next_due) == (due, local(2026, 11, 25, 2, 30))
    assert found.last_job is not None
    assert (found.last_job.actor_id, found.last_job.arguments) == ("system:schedules", {"to": 2})
    assert work_off() == 1
    clock.move_to(local(2026, 11, 25, 2, 31))
    assert enqueue_due() == 1
    assert Job.objects.count() == 2


def test_moments_missed_while_nobody_worked_are_made_up_for_once(clock: Any) -> None:
    first = the_schedule().next_due
    clock.move_to(local(2026, 12, 1, 9))
    assert (enqueue_due(), enqueue_due()) == (1, 0)
    found = the_schedule()
    assert (found.last_due, found.next_due) == (first, local(2026, 12, 2, 2, 30))


def test_while_the_last_job_is_unfinished_a_moment_passes_without_another(clock: Any) -> None:
    the_schedule()
    clock.move_to(local(2026, 11, 24, 2, 31))
    assert enqueue_due() == 1
    clock.move_to(local(2026, 11, 25, 2, 31))
    assert enqueue_due() == 0
    assert the_schedule().next_due == local(2026, 11, 26, 2, 30)
    work_off()
    clock.move_to(local(2026, 11, 26, 2, 31))
    assert enqueue_due() == 1


@pytest.mark.django_db(transaction=True)
def test_several_workers_ask_for_a_moment_once(at_once: Callable[..., list[Any]]) -> None:
    declare_schedules()
    for number in range(4):
        past = timezone.now() - timedelta(hours=number + 1)
        name = f"s{number}"
        Schedule.objects.create(name=name, kind="count", arguments={"to": 1}, cron="0 0 1 1 *", next_due=past)
    asked = at_once(lambda _: enqueue_due())
    assert sum(asked) == 4
    assert Job.objects.count() == 4


def test_a_kind_that_is_no_longer_done_stops_no_other(declared: Any, clock: Any) -> None:
    the_schedule()
    gone = Schedule.objects.create(name="gone", kind="gone", cron="0 1 * * *", next_due=MONDAY_NOON)
    clock.move_to(local(2026, 11, 24, 2, 31))
    assert enqueue_due() == 1
    gone.refresh_from_db()
    assert gone.last_job is None


def test_off_means_off_and_on_begins_from_now(clock: Any) -> None:
    off = switch(actor=ACTOR, schedule=the_schedule(), enabled=False)
    assert (off.enabled, off.next_due) == (False, None)
    clock.move_to(local(2026, 12, 1, 9))
    assert enqueue_due() == 0
    with pytest.raises(Conflict):
        switch(actor=ACTOR, schedule=off, enabled=False)
    assert change(actor=ACTOR, schedule=off, cron=" 0  6 * * *").cron == "0 6 * * *"
    assert off.next_due is None
    assert switch(actor=ACTOR, schedule=off, enabled=True).next_due == local(2026, 12, 2, 6)
    assert enqueue_due() == 0, "what was missed while it was off is not made up for"
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["core.switch_schedule", "core.change_schedule", "core.switch_schedule"]


def test_a_change_over_somebody_elses_is_refused(clock: Any) -> None:
    mine, theirs = the_schedule(), the_schedule()
    change(actor=ACTOR, schedule=theirs, cron="0 5 * * *")
    with pytest.raises(Conflict) as refused:
        change(actor=ACTOR, schedule=mine, cron="0 6 * * *")
    assert refused.value.reason == "schedule_changed"
    with pytest.raises(Invalid):
        change(actor=ACTOR, schedule=theirs, cron="daily")
    assert the_schedule().cron == "0 5 * * *"


def test_by_hand_it_runs_at_once_and_the_clock_goes_on(clock: Any) -> None:
    due = the_schedule().next_due
    job = run_now(actor=ACTOR, schedule=the_schedule())
    assert (job.actor_id, job.arguments, the_schedule().next_due) == (ACTOR.actor_id, {"to": 2}, due)
    with pytest.raises(Conflict) as refused:
        run_now(actor=ACTOR, schedule=the_schedule())
    assert refused.value.reason == "schedule_running"
    work_off()
    assert run_now(actor=ACTOR, schedule=the_schedule()) != job
