"""What the clock asks for, changed by people."""

from __future__ import annotations

from zhiqiao.core import schedules
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.models import Job, Schedule
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.jobpolicies import CHANGE, RUN, SCHEDULES, SWITCH


def switch_schedule(*, actor: Actor, schedule: Schedule, enabled: bool) -> Schedule:
    """Raises ``schedule_switched``."""
    with unit_of_work(actor):
        SCHEDULES.require(actor, SWITCH, schedule)
        return schedules.switch(actor=actor, schedule=schedule, enabled=enabled)


def change_schedule(*, actor: Actor, schedule: Schedule, cron: str) -> Schedule:
    """Raises ``cron_unreadable``, ``cron_never``, ``schedule_changed``."""
    with unit_of_work(actor):
        SCHEDULES.require(actor, CHANGE, schedule)
        return schedules.change(actor=actor, schedule=schedule, cron=cron)


def run_schedule_now(*, actor: Actor, schedule: Schedule) -> Job:
    """Raises ``schedule_running``."""
    with unit_of_work(actor):
        SCHEDULES.require(actor, RUN, schedule)
        return schedules.run_now(actor=actor, schedule=schedule)
