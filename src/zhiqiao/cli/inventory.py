"""``zhiqiao appraise``: take stock, appraise, tier."""

from __future__ import annotations

import getpass
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import click
from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from zhiqiao.cli.console import STDERR, STDOUT, print_json, say, speaking
from zhiqiao.inventory.actions import suggest_tiers, take_stock, yearly_inventory
from zhiqiao.inventory.spreading import appraise_every_patent
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actors import operator
from zhiqiao.wording import label

STAGES = {
    "take_stock": ("盘点", "taking stock"),
    "appraise": ("评价", "appraising"),
    "tier": ("分层", "tiering"),
    "suggest_pushes": ("推送建议", "suggesting pushes"),
}
Step = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Taken:
    """What a round of stocktaking, appraisal and tiering came to."""

    scope: dict[str, int]
    without_institution: int
    patents: int
    appraised: int
    without_total: int
    tiers: dict[str, int]


@contextmanager
def steps() -> Iterator[Step]:
    """One progress line a stage, on stderr."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=STDERR, disable=not STDERR.is_terminal) as bar:
        tasks: dict[str, int] = {}

        def step(done: int, total: int, stage: str) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(say(*STAGES.get(stage, (stage, stage))), total=total)
            bar.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]  # rich's own id type

        yield step


def take_and_appraise(actor: Actor, cutoff: date, today: date) -> Taken:
    with steps() as step:
        stock = take_stock(
            actor=actor, inventory_name=yearly_inventory(cutoff), cutoff=cutoff, today=today, progress=step
        )
        appraised = appraise_every_patent(actor=actor, as_of=today, progress=step)
        tiers = suggest_tiers(actor=actor, entry_ids=None, as_of=today, progress=step)
    scope, outside = dict(stock.codes), stock.without_institution
    without = appraised.without_total
    return Taken(scope, outside, appraised.patents, appraised.written, without, dict(tiers.tiers))


@click.command("appraise")
@click.option(
    "--cutoff", type=click.DateTime(["%Y-%m-%d"]), help="盘点截止日,默认上年末。 Default: the end of last year."
)
@click.option("--json", "as_json", is_flag=True)
def appraise(cutoff: datetime | None, as_json: bool) -> None:
    """盘点、评价、分层。 Take stock, appraise and tier."""
    today = timezone.localdate()
    day = cutoff.date() if cutoff else date(today.year - 1, 12, 31)
    taken = take_and_appraise(operator(getpass.getuser()), day, today)
    if as_json:
        print_json({"cutoff": day.isoformat(), **vars(taken)})
        return
    with speaking():
        show(taken)


def show(taken: Taken) -> None:
    STDOUT.print(say("盘点范围", "scope") + ": " + worded(taken.scope))
    if taken.without_institution:
        zh = "另有 {} 件专利没有高校、科研院所、医院或国有企业权利人，不在盘点范围"
        en = "{} more patents are held by no university, institute, hospital or state-owned firm and are not counted"
        STDOUT.print(say(zh, en).format(taken.without_institution))
    zh = "评价 {} 件,新写入 {},证据不足不出总分 {}"
    en = "{} appraised, {} written, {} without a total for lack of evidence"
    STDOUT.print(say(zh, en).format(taken.patents, taken.appraised, taken.without_total))
    STDOUT.print(say("分层建议", "tiers suggested") + ": " + worded(taken.tiers))


def worded(counts: dict[str, int]) -> str:
    ordered = Counter(counts).most_common()
    return "  ".join(f"{label(str(code))} {count}" for code, count in ordered) or "—"


COMMANDS = {"appraise": appraise}
