"""Jobs that the tests run, in this process and in workers of their own."""

from __future__ import annotations

import os
import time
from pathlib import Path

from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.jobs import JobContext
from zhiqiao.core.leases import Busy
from zhiqiao.core.series import next_number
from zhiqiao.kernel.errors import Invalid, Unavailable

KINDS = ("count", "refuse", "wait", "break_down", "report", "count_slowly")
JOBS = {kind: f"tests.core.sample_jobs:{kind}" for kind in KINDS}


def count(context: JobContext) -> None:
    """Counts up to ``to`` from where the checkpoint left off, each step with its checkpoint in one transaction; what
    ``odd`` divides fails, at ``break_at`` all does. ``pause`` seconds before each step."""
    asked, result = context.arguments, context.result
    done = context.checkpoint.get("done", 0)
    result.say(actor=context.actor.actor_id)
    while done < asked["to"]:
        time.sleep(asked.get("pause", 0))
        with unit_of_work(context.actor):
            next_number("counted")
            done += 1
            result.count("counted")
            if done % asked.get("odd", done + 1) == 0:
                result.fail(f"number {done}", "odd", {"number": done})
            context.save_checkpoint({"done": done, "result": result.kept()})
        if done == asked.get("break_at"):
            raise Invalid("broken_off", done=done)
        # A stage of its own for each step is reported at once.
        context.progress(done, asked["to"], f"step {done}" if asked.get("stepwise") else "counting")


def count_slowly(context: JobContext) -> None:
    """Says when it has begun, then hangs for as long as the file that tells it to is there."""
    hold = Path(context.arguments["hold"])
    if not context.checkpoint:
        context.save_checkpoint({"half": os.getpid()})
        context.progress(1, 2, "half")
    while hold.exists():
        time.sleep(0.02)
    context.result.say(began=context.checkpoint["half"], ended=os.getpid())


def refuse(context: JobContext) -> None:
    raise Invalid("heading_missing", heading="申请号")


def wait(context: JobContext) -> None:
    raise Unavailable("index_missing")


def break_down(context: JobContext) -> None:
    phone = "1380000" + "0000"
    raise ZeroDivisionError(f"a slip\x00 of {len(phone)}")


def report(context: JobContext) -> None:
    for row in range(1_000):
        context.progress(row, 2_000, "reading")


SWEPT: list[str] = []


def sweep() -> None:
    SWEPT.append("swept")


def broken_broom() -> None:
    raise ZeroDivisionError


def busy_broom() -> None:
    raise Busy(lease="broom")
