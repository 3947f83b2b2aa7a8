"""``zhiqiao schedules``: what is done by itself, and when."""

from __future__ import annotations

import click
from rich import box
from rich.table import Table

from zhiqiao.cli.console import STDOUT, print_json, say, show_table, speaking
from zhiqiao.cli.jobs import me, moment, short_id
from zhiqiao.core.models import Schedule
from zhiqiao.core.schedules import declare_schedules
from zhiqiao.parties.actions.schedules import change_schedule, run_schedule_now, switch_schedule
from zhiqiao.parties.jobselectors import schedule_named, schedules_visible_to
from zhiqiao.wording import label


@click.group("schedules", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def schedules(context: click.Context, as_json: bool) -> None:
    """定时任务:查看、启用、停用、调整、立即执行。 What the clock asks for: list, on, off, change, run."""
    declare_schedules()
    if context.invoked_subcommand is not None:
        return
    found = list(schedules_visible_to(me()).order_by("name"))
    with speaking():
        if as_json:
            print_json({"schedules": [told(each) for each in found]})
        else:
            show(found)


def told(schedule: Schedule) -> dict[str, object]:
    return {
        "name": schedule.name, "kind": schedule.kind, "cron": schedule.cron, "enabled": schedule.enabled,
        "next_due": schedule.next_due, "last_due": schedule.last_due,
        "last_job": schedule.last_job and str(schedule.last_job.public_id),
    }  # fmt: skip


def show(found: list[Schedule]) -> None:
    zh = ("名称", "内容", "时间", "状态", "下次", "上次", "上次任务")
    en = ("name", "what", "when", "state", "next", "last", "last work")
    table = Table(*map(say, zh, en), box=box.SIMPLE_HEAD)
    for each in found:
        last = f"{short_id(each.last_job)} {label(each.last_job.state)}" if each.last_job else ""
        state = say("启用", "on") if each.enabled else say("停用", "off")
        table.add_row(each.name, label(each.kind), each.cron, state, moment(each.next_due), moment(each.last_due), last)
    show_table(table)


@schedules.command("on")
@click.argument("name")
def switch_on(name: str) -> None:
    """启用。 Switch on."""
    schedule = switch_schedule(actor=me(), schedule=schedule_named(me(), name), enabled=True)
    STDOUT.print(f"{name}: {say('已启用，下次', 'on, next')} {moment(schedule.next_due)}", markup=False)


@schedules.command("off")
@click.argument("name")
def switch_off(name: str) -> None:
    """停用。 Switch off."""
    switch_schedule(actor=me(), schedule=schedule_named(me(), name), enabled=False)
    STDOUT.print(f"{name}: {say('已停用', 'off')}", markup=False)


@schedules.command("change")
@click.argument("name")
@click.argument("cron")
def change(name: str, cron: str) -> None:
    """调整时间,写法如 "30 2 * * 1-5"。 Change when, as "30 2 * * 1-5" (minute hour day month weekday)."""
    schedule = change_schedule(actor=me(), schedule=schedule_named(me(), name), cron=cron)
    following = moment(schedule.next_due) or say("停用中", "switched off")
    STDOUT.print(f"{name}: {schedule.cron}  {say('下次', 'next')}: {following}", markup=False)


@schedules.command("run")
@click.argument("name")
def run(name: str) -> None:
    """立即执行一次。 Run it now, once."""
    job = run_schedule_now(actor=me(), schedule=schedule_named(me(), name))
    told = say("已排队，用 zhiqiao jobs watch {} 查看", "waits for its turn; zhiqiao jobs watch {} shows it")
    STDOUT.print(told.format(short_id(job)), markup=False)


COMMANDS = {"schedules": schedules}
