"""``zhiqiao runs`` lists imports; ``undo`` takes a whole import back."""

from __future__ import annotations

import getpass
import json
from datetime import date, datetime

import click
from rich import box
from rich.markup import escape
from rich.table import Column, Table

from zhiqiao.cli.console import STDOUT, say, show_table, speaking
from zhiqiao.cli.imports import make_findable
from zhiqiao.core import importing
from zhiqiao.core.models import AuditEntry, ImportRun
from zhiqiao.kernel.errors import NotFound
from zhiqiao.parties.actors import operator
from zhiqiao.registry.sending import undo_import
from zhiqiao.wording import label


@click.command("undo")
@click.argument("number")
def undo(number: str) -> None:
    """撤销一次导入。 Take a whole import back."""
    run = run_called(number)
    run = undo_import(actor=operator(getpass.getuser()), run=run)
    make_findable(run.kind)
    zh = "已撤销 {}：这次导入新增 {} 条、更新 {} 条，现已收回 {} 条；此后别的导入又提到过的保留"
    en = "taken back {}: it had created {} and updated {}; {} were taken back, what later imports name stays"
    STDOUT.print(say(zh, en).format(run.number, run.created, run.updated, taken_back(run)))


def run_called(number: str) -> ImportRun:
    run = ImportRun.objects.filter(number=number).first()
    if run is None:
        raise NotFound("import_not_found", number=number)
    return run


def taken_back(run: ImportRun) -> int:
    """How many records the undoing touched, as the trail has it."""
    subject = importing.subject(run)
    entries = AuditEntry.objects.filter(action="core.undo_import", subject_type=subject.type, subject_id=subject.id)
    return int(json.loads(entries.latest("id").content)["after"]["taken_back"])


@click.command("runs")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]))
def runs(since: datetime | None) -> None:
    """列出导入记录。 List imports."""
    day: date = since.date() if since else date.min
    zh = ("编号", "类型", "来源", "状态", "行", "新增", "更新", "未变", "退回")
    en = ("import", "kind", "sender", "state", "rows", "created", "updated", "unchanged", "rejected")
    # The number is what people copy: it stays in one piece, whatever the width.
    table = Table(Column(say(zh[0], en[0]), no_wrap=True), *map(say, zh[1:], en[1:]), box=box.SIMPLE_HEAD)
    with speaking():
        for run in ImportRun.objects.filter(created_at__date__gte=day).order_by("-id")[:100]:
            counts = (run.rows, run.created, run.updated, run.unchanged, run.rejected)
            table.add_row(run.number, label(run.kind), escape(run.sender), label(run.state), *map(str, counts))
    show_table(table)


COMMANDS = {"undo": undo, "runs": runs}
