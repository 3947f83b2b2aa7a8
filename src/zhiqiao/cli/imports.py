"""``zhiqiao import``: files into the registers."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from zhiqiao.cli.console import STDERR, STDOUT, language, print_json, say, speaking, worded
from zhiqiao.cli.differences import show_differences
from zhiqiao.cli.fields import KEPT_ASIDE, refuse_unknown, warn_of_absent
from zhiqiao.cli.looks import named_refusals, refused_table
from zhiqiao.cli.setup import make_ready_where_new
from zhiqiao.cli.usage import Usage
from zhiqiao.core import importing
from zhiqiao.core.importing import ImportRequest, Rehearsal, Storer
from zhiqiao.core.importjobs import storer_of
from zhiqiao.core.indexing import index_pending
from zhiqiao.core.leases import Busy, release_of_the_dead
from zhiqiao.core.reports import write_report
from zhiqiao.core.seal import seal_everything
from zhiqiao.exchange.cells import FileRefused
from zhiqiao.kernel.errors import Invalid, ZhiqiaoError
from zhiqiao.kernel.money import UNITS
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actors import operator
from zhiqiao.registry import sending
from zhiqiao.wording import label, row_reason

INDEXED = {"patents": "patents", "needs": "needs"}
# Long enough to make a city's new words findable and to encode a few hundred titles; the worker does the rest.
INDEX_SECONDS = 5.0


@click.group("import")
def import_files() -> None:
    """导入文件。 Take files in: .xlsx .xls .csv .zip and CNIPA full-text XML."""


def options(command: Callable[..., None]) -> Callable[..., None]:
    """What the three kinds of import have in common."""

    @click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
    @click.option(
        "--sender", default="", help="来源单位,列名对应关系按它保存。 Who sent it; mappings are kept per sender."
    )
    @click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="数据截止日。 The day the export speaks for.")
    @click.option("--map", "mapped", multiple=True, metavar="HEADING=FIELD", help="指定列。 Read a heading as a field.")
    @click.option("--ignore", multiple=True, metavar="HEADING", help="忽略列。 Leave a heading out.")
    @click.option(
        "--unit", "units", multiple=True, metavar="HEADING=元|万元|亿元", help="确认金额单位。 Confirm a unit."
    )
    @click.option("--dry-run", is_flag=True, help="只看差异,不写入。 Show what would change, write nothing.")
    @click.option("--json", "as_json", is_flag=True, help="最后一行输出 JSON。 One JSON object last.")
    @wraps(command)
    def wrapped(**given: Any) -> None:
        with speaking():
            command(**given)

    return wrapped


@import_files.command("patents")
@options
def import_patents(**given: Any) -> None:
    """导入专利清单。 Take patent lists in."""
    take_in("patents", given)


@import_files.command("organisations")
@options
def import_organisations(**given: Any) -> None:
    """导入单位名录。 Take lists of organisations in."""
    take_in("organisations", given)


@import_files.command("needs")
@options
def import_needs(**given: Any) -> None:
    """导入技术需求。 Take technology needs in."""
    take_in("needs", given)


def take_in(kind: str, given: dict[str, Any]) -> None:
    request = requested(kind, given)
    make_ready_where_new()
    actor = operator(getpass.getuser())
    storer = storer_of(kind)
    said = {"--map": headings_of(given["mapped"]), "--ignore": given["ignore"], "--unit": headings_of(given["units"])}
    if given["dry_run"]:
        with named_refusals(request):
            rehearsal = rehearse(actor, request, storer, quiet=given["as_json"])
        warn_of_absent(said, rehearsal.headings)
        show_rehearsal(request, rehearsal)
        finish(given["as_json"], {**rehearsal.counts, "unmapped": rehearsal.unmapped, "report": None})
        return
    run = sending.begin(actor=actor, request=request)
    with named_refusals(request), watching(given["as_json"]) as watch:
        run = importing.carry_out(actor=actor, run=run, storer=storer, watch=watch)
    report = write_report(actor=actor, run=run, language=language())
    make_findable(kind)
    seal_everything()
    warn_of_absent(said, run.headings)
    show_headings(request, run.headings)
    show_counts(importing.counters(run))
    STDOUT.print(
        say(
            f"导入编号 {run.number},可用 zhiqiao undo {run.number} 撤销",
            f"import {run.number}; zhiqiao undo {run.number} takes it back",
        )
    )
    if kind == "patents" and run.created + run.updated:
        zh = "接着运行 zhiqiao appraise，更新盘点、评价和分层（有网站时由后台任务自动更新）"
        en = "next: zhiqiao appraise brings stocktaking, appraisal and tiers up to date (beside a site the worker does)"
        STDOUT.print(say(zh, en))
    if report is not None:
        STDOUT.print(say("未导入的行", "rows not taken in") + f": {report}", markup=False)
    finish(
        given["as_json"],
        {**importing.counters(run), "unmapped": run.unmapped, "report": None if report is None else str(report)},
    )


def make_findable(kind: str) -> None:
    """Index what was written; where a worker is at it already, it does this too. What is written stays written, and is
    found, though the index cannot be: its disk may be full, its cluster away."""
    if kind not in INDEXED:
        return
    release_of_the_dead(f"indexer:{INDEXED[kind]}")
    try:
        with suppress(Busy):
            index_pending(INDEXED[kind], INDEX_SECONDS)
    except (ZhiqiaoError, OSError) as trouble:
        why = worded(trouble) if isinstance(trouble, ZhiqiaoError) else f"{trouble.strerror} {trouble.filename or ''}"
        zh = "已写入，但检索索引暂时写不了，恢复后运行 zhiqiao index（有网站时由后台任务补上）"
        en = "written, but the search index cannot be just now; run zhiqiao index later (beside a site the worker does)"
        STDERR.print(f"{say(zh, en)}: {why}", markup=False, soft_wrap=True)


def requested(kind: str, given: dict[str, Any]) -> ImportRequest:
    stated: datetime | None = given["as_of"]
    mapping: dict[str, str | None] = dict(pairs(given["mapped"], "--map"))
    refuse_unknown(kind, mapping.values())
    mapping.update(dict.fromkeys(given["ignore"]))
    units = dict(pairs(given["units"], "--unit"))
    for unit in units.values():
        if unit not in UNITS:
            raise Invalid("unit_unknown", unit=unit, known=say("、", ", ").join(UNITS))
    files = [path for each in given["files"] for path in expanded(each)]
    return ImportRequest(
        kind=kind,
        files=tuple((shown_name(path), path) for path in files),
        # Mappings and the numbers of needs are known by sender, so it is one whatever language is spoken.
        sender=given["sender"] or "命令行",
        as_of=stated.date() if stated else None,
        mapping=mapping,
        units=units,
    )


def shown_name(path: Path) -> str:
    """The name as text: old packers leave names in GBK, which are no UTF-8."""
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return os.fsencode(path.name).decode("gb18030", "replace")
    return path.name


def expanded(path: Path) -> Sequence[Path]:
    """A folder stands for the files in it, in the order of their names."""
    if not path.exists():
        raise FileRefused("file_missing", file=str(path))
    if path.is_dir():
        inside = [each for each in sorted(path.rglob("*")) if each.is_file() and not each.name.startswith((".", "~$"))]
        if not inside:
            raise FileRefused("file_empty", file=str(path))
        return inside
    return [path]


def pairs(given: Sequence[str], option: str) -> list[tuple[str, str]]:
    found = []
    for text in given:
        left, equals, right = text.rpartition("=")
        if not equals or not left.strip() or not right.strip():
            value = {"--map": say("字段", "FIELD"), "--unit": say("元、万元或亿元", "元, 万元 or 亿元")}[option]
            raise Usage(f"{option} 要写成 列名={value}，写的是 {text}", f"write {option} HEADING={value}, not {text}")
        found.append((left.strip(), right.strip()))
    return found


def headings_of(given: Sequence[str]) -> list[str]:
    return [text.rpartition("=")[0].strip() for text in given]


class watching:  # noqa: N801 -- reads as a verb where it is used
    """A progress line on stderr, or nothing where a program listens."""

    def __init__(self, quiet: bool) -> None:
        self._bar: Progress | nullcontext[None] = nullcontext()
        if not quiet and STDERR.is_terminal:
            self._bar = Progress(
                SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
                TimeRemainingColumn(), TextColumn("{task.fields[rows]}"), console=STDERR,
            )  # fmt: skip

    def __enter__(self) -> importing.Watcher | None:
        self._bar.__enter__()
        if not isinstance(self._bar, Progress):
            return None
        bar = self._bar
        task, rows = bar.add_task(say("导入", "taking in"), total=None, rows=""), 0

        def watch(progress: importing.Progress) -> None:
            nonlocal rows
            rows += progress.rows
            told = f"{rows} {say('行', 'rows')}"
            name = escape(progress.file[:40])
            bar.update(task, description=name, completed=progress.read, total=progress.size, rows=told)

        return watch

    def __exit__(self, *stopped: Any) -> None:
        self._bar.__exit__(*stopped)


def rehearse(actor: Actor, request: ImportRequest, storer: Storer, quiet: bool) -> Rehearsal:
    with watching(quiet) as watch:
        return sending.rehearse(actor=actor, request=request, storer=storer, watch=watch)


def show_rehearsal(request: ImportRequest, rehearsal: Rehearsal) -> None:
    show_headings(request, rehearsal.headings)
    show_differences(request.kind, rehearsal)
    show_counts(rehearsal.counts)
    STDOUT.print(say("预演完毕,没有写入任何数据", "a rehearsal: nothing was written"))


def show_headings(request: ImportRequest, tables: Sequence[dict[str, Any]]) -> None:
    """How each sheet's headings were read; what was not understood is named."""
    for each in tables:
        name = " · ".join(part for part in (each["file"], each.get("sheet")) if part)
        if "refused" in each:
            told = worded(refused_table(request, each)).removeprefix(each["file"]).lstrip("：: ")
            STDOUT.print(f"{name}: {told} [{each['refused']}]", markup=False)
            continue
        columns = [column for column in each["columns"] if column["field"]]
        read = [f"{c['heading']}→{label(c['field'])}" for c in columns if not c["field"].startswith(KEPT_ASIDE)]
        aside = [c["heading"] for c in columns if c["field"].startswith(KEPT_ASIDE)]
        STDOUT.print(f"{name}: {', '.join(read)}", soft_wrap=True, markup=False)
        for words, headings in (
            (say("原样保留的列", "kept as they are"), aside),
            (say("未识别的列(用 --map 或 --ignore 说明)", "not understood (use --map or --ignore)"), each["unmapped"]),
        ):
            if headings:
                STDOUT.print(f"  {words}: {', '.join(headings)}", markup=False)


def show_counts(counts: dict[str, Any]) -> None:
    words = {
        "rows": say("行", "rows"), "created": say("新增", "created"), "updated": say("更新", "updated"),
        "unchanged": say("未变", "unchanged"), "rejected": say("退回", "rejected"),
    }  # fmt: skip
    STDOUT.print("  ".join(f"{word} {counts[name]}" for name, word in words.items()))
    for code, count in sorted(counts["reasons"].items(), key=lambda pair: -pair[1]):
        STDOUT.print(f"  {count:>7}  {row_reason(code)} [{code}]", markup=False)


def finish(as_json: bool, result: dict[str, Any]) -> None:
    if as_json:
        print_json(result)


COMMANDS = {"import": import_files}
