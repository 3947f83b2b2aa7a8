"""Write small lists as offices send them, and take them in."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tests.exchange.drafts import Patent, Sheet, write_xls, write_xlsx
from tests.exchange.drafts import patent as invented
from zhiqiao.core import importing
from zhiqiao.core.importing import ImportRequest, Rehearsal, carry_out, start_import, undo_import
from zhiqiao.core.importjobs import storer_of
from zhiqiao.core.models import AuditEntry, ImportRow, ImportRun, OutboxEvent, Revision
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actors import operator
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent as Stored
from zhiqiao.registry.models import PatentHolder, StatusRecord

OFFICER = operator("test")
SENDER = "示例来源"
Row = Mapping[str, Any]


def number(serial: int, year: int = 2020, kind: int = 1) -> str:
    return invented(year, serial, kind).dotted


def made_up(serial: int, year: int = 2020, kind: int = 1) -> Patent:
    return invented(year, serial, kind)


def row(serial: int, **cells: Any) -> dict[str, Any]:
    """A granted invention of 示例大学; cells by heading replace or add."""
    return {
        "申请号": number(serial),
        "专利名称": f"一种示例装置{serial}",
        "申请人": "示例大学",
        "申请日": "2020-03-02",
        **cells,
    }


def write_list(path: Path, rows: Sequence[Row], encoding: str = "utf-8-sig", titles: Sequence[str] = ()) -> Path:
    """.csv, .xls or .xlsx by the ending of the name, with title rows above the headings."""
    headings = list(dict.fromkeys(name for each in rows for name in each))
    cells = [headings, *([each.get(name, "") for name in headings] for each in rows)]
    cells = [*([title] for title in titles), *cells]
    if path.suffix == ".csv":
        with path.open("w", encoding=encoding, newline="") as out:
            csv.writer(out).writerows(cells)
        return path
    sheet = Sheet("清单", [list(each) for each in cells])
    (write_xls if path.suffix == ".xls" else write_xlsx)(path, [sheet])
    return path


def request(*paths: Path, kind: str = "patents", **said: Any) -> ImportRequest:
    return ImportRequest(kind, tuple((path.name, path) for path in paths), said.pop("sender", SENDER), **said)


def take(*paths: Path, kind: str = "patents", actor: Actor = OFFICER, **said: Any) -> ImportRun:
    asked = request(*paths, kind=kind, **said)
    run = carry_out(actor=actor, run=start_import(actor=actor, request=asked), storer=storer_of(kind))
    assert run.rows == run.created + run.updated + run.unchanged + run.rejected
    assert run.rows == run.source_rows.count()
    return run


def rehearse(*paths: Path, kind: str = "patents", **said: Any) -> Rehearsal:
    return importing.rehearse(actor=OFFICER, request=request(*paths, kind=kind, **said), storer=storer_of(kind))


def undo(run: ImportRun) -> ImportRun:
    return undo_import(actor=OFFICER, run=run, storer=storer_of(run.kind))


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, rejected."""
    return run.created, run.updated, run.unchanged, run.rejected


def stored(serial: int) -> Stored:
    return Stored.objects.get(number=made_up(serial).key)


def written() -> dict[str, int]:
    """How many rows stand in every table that an import writes to."""
    tables = (AuditEntry, ImportRow, ImportRun, Revision, Stored, PatentHolder, StatusRecord, Organisation)
    # Beside what is to be indexed, programs may hear that there was an import at all.
    changed = OutboxEvent.objects.filter(queue__startswith="index.").count()
    return {**{each.__name__: each.objects.count() for each in tables}, "OutboxEvent": changed}


def day(text: str) -> date:
    return date.fromisoformat(text)
