"""``zhiqiao jobs``: long work, listed, watched, cancelled, tried again."""

from __future__ import annotations

import getpass
import time
from datetime import datetime, timedelta
from uuid import UUID

import click
from django.utils import timezone
from rich import box
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn
from rich.table import Column, Table

from zhiqiao.cli.console import STDERR, STDOUT, print_json, say, show_table, speaking
from zhiqiao.core.jobprogress import progress_of
from zhiqiao.core.jobqueue import handler_paths
from zhiqiao.core.models import Job
from zhiqiao.core.schedules import UNFINISHED
from zhiqiao.kernel.errors import Invalid, NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actions.jobs import cancel_job, retry_job
from zhiqiao.parties.actors import operator
from zhiqiao.parties.jobselectors import job_by_public_id, jobs_visible_to
from zhiqiao.wording import label, work_failure

SHORT = 8  # characters at the end of an id, by which a job is called here
LISTED = 50
FAILURES_SHOWN = 20
LOOK_EVERY = 0.5  # seconds
LONGEST_ID = 36


def me() -> Actor:
    return operator(getpass.getuser())


def short_id(job: Job) -> str:
    return job.public_id.hex[-SHORT:]


def job_called(text: str) -> Job:
    """By its whole id or by the end of it. Raises ``job_not_found``, ``job_ambiguous``."""
    wanted = text.strip().lower()
    try:
        return job_by_public_id(me(), UUID(wanted))
    except ValueError:
        pass
    ending = wanted.replace("-", "")[:LONGEST_ID]
    found = list(jobs_visible_to(me()).filter(public_id__iendswith=ending)[:2]) if ending.isalnum() else []
    if not found:
        raise NotFound("job_not_found", job=text[:LONGEST_ID])
    if len(found) > 1:
        raise Invalid("job_ambiguous", job=text[:LONGEST_ID])
    return found[0]


@click.group("jobs", invoke_without_command=True)
@click.option("--state", type=click.Choice(Job.State.values), help="只看某一状态。 Only those in this state.")
@click.option("--kind", default="", metavar="KIND", help="只看某一类型。 Only work of this kind.")
@click.option("--limit", default=LISTED, show_default=True, type=click.IntRange(1, 1_000))
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def jobs(context: click.Context, state: str | None, kind: str, limit: int, as_json: bool) -> None:
    """任务:导入、评价、盘点等。 Long work: list, show, watch, cancel, retry."""
    if context.invoked_subcommand is not None:
        return
    if kind and kind not in handler_paths():
        raise Invalid("job_kind_unknown", kind=kind[:64], known=", ".join(handler_paths()))
    found = jobs_visible_to(me()).order_by("-id")
    found = found.filter(state=state) if state else found
    found = found.filter(kind=kind) if kind else found
    with speaking():
        if as_json:
            print_json({"jobs": [told(job) for job in found[:limit]]})
        else:
            show_jobs(list(found[:limit]))


def show_jobs(found: list[Job]) -> None:
    if not found:
        STDOUT.print(say("没有任务", "no such work"))
        return
    zh = ("编号", "类型", "状态", "进度", "阶段", "发起人", "发起时间")
    en = ("id", "what", "state", "done", "stage", "asked for by", "asked for")
    table = Table(Column(say(zh[0], en[0]), no_wrap=True), *map(say, zh[1:], en[1:]), box=box.SIMPLE_HEAD)
    for job in found:
        percent = progress_of(job, timezone.now()).percent
        done = "" if percent is None else f"{percent}%"
        asked = moment(job.created_at)
        table.add_row(
            short_id(job),
            label(job.kind),
            label(job.state),
            done,
            escape(label(job.stage)),
            escape(job.actor_name),
            asked,
        )
    show_table(table)


def moment(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


@jobs.command("show")
@click.argument("job_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def show(job_id: str, as_json: bool) -> None:
    """一项任务的进度与结果。 One piece of work: how far, what came of it, what failed and why."""
    job = job_called(job_id)
    with speaking():
        if as_json:
            print_json(told(job))
        else:
            show_job(job)


def told(job: Job) -> dict[str, object]:
    return {
        "id": str(job.public_id), "kind": job.kind, "state": job.state, "by": job.actor_name,
        "asked_at": job.created_at, "started_at": job.started_at, "finished_at": job.finished_at,
        "attempts": job.attempts, "progress": vars(progress_of(job, timezone.now())),
        "failure": job.failure, "result": job.result,
    }  # fmt: skip


def show_job(job: Job) -> None:
    found = progress_of(job, timezone.now())
    STDOUT.print(f"{job.public_id}  {label(job.kind)}  {label(job.state)}", markup=False)
    STDOUT.print(f"{say('发起', 'asked for')}: {moment(job.created_at)}  {job.actor_name}", markup=False)
    if job.state in UNFINISHED and found.stage:
        STDOUT.print(f"{say('进度', 'progress')}: {how_far(job)}", markup=False)
    if job.finished_at:
        ended, attempts = say("结束", "ended"), say("尝试次数", "attempts")
        STDOUT.print(f"{ended}: {moment(job.finished_at)}  {attempts}: {job.attempts}", markup=False)
    if job.failure and job.state != Job.State.DONE:
        why = work_failure(job.failure["code"])
        STDOUT.print(f"{say('原因', 'why')}: {why} [{job.failure['code']}]", markup=False)
    show_result(job.result or {})


def how_far(job: Job) -> str:
    found = progress_of(job, timezone.now())
    parts = [label(found.stage)]
    if found.percent is not None:
        parts.append(f"{found.percent}%")
    elif found.done:
        parts.append(str(found.done))
    if found.seconds_left is not None:
        parts.append(f"{say('约剩', 'about')} {timedelta(seconds=found.seconds_left)}{say('', ' left')}")
    return "  ".join(parts)


def show_result(result: dict[str, object]) -> None:
    for part in ("about", "counts"):
        values = result.get(part)
        for name, value in values.items() if isinstance(values, dict) else ():
            STDOUT.print(f"  {label(name)}: {value}", markup=False)
    failed, failures = result.get("failed"), result.get("failures", 0)
    if isinstance(failed, list) and failed:
        STDOUT.print(f"{say('未成功', 'failed')}: {failures}")
        for each in failed[:FAILURES_SHOWN]:
            why = work_failure(each["code"], each["facts"])
            STDOUT.print(f"  {each['subject']}: {why} [{each['code']}]", markup=False)


@jobs.command("watch")
@click.argument("job_id", metavar="ID")
@click.pass_context
def watch(context: click.Context, job_id: str) -> None:
    """看着任务直到结束;没有做成时退出码为 1。 Watch until it ends; exit 1 unless it was done."""
    job = job_called(job_id)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with speaking():
        with Progress(*columns, console=STDERR, disable=not STDERR.is_terminal) as bar:
            task = bar.add_task("", total=None)
            while job.state in UNFINISHED:
                far = how_far(job) if job.state == Job.State.RUNNING else say("等待后台任务", "waiting for a worker")
                bar.update(task, description=escape(far), completed=job.progress_done, total=job.progress_total)
                time.sleep(LOOK_EVERY)
                job.refresh_from_db()
        show_job(job)
    context.exit(0 if job.state == Job.State.DONE else 1)


@jobs.command("cancel")
@click.argument("job_id", metavar="ID")
def cancel(job_id: str) -> None:
    """取消任务。 Ask it to stop at its next step."""
    job = cancel_job(actor=me(), job=job_called(job_id))
    zh, en = (
        ("已取消", "cancelled") if job.state == Job.State.CANCELLED else ("将在下一步停止", "stops at its next step")
    )
    STDOUT.print(f"{short_id(job)} {say(zh, en)}", markup=False)


@jobs.command("retry")
@click.argument("job_id", metavar="ID")
def retry(job_id: str) -> None:
    """重试失败或取消的任务,从中断处继续。 Try again from where it stopped."""
    job = retry_job(actor=me(), job=job_called(job_id))
    STDOUT.print(f"{short_id(job)} {say('已重新排队', 'waits for its turn again')}", markup=False)


COMMANDS = {"jobs": jobs}
