"""The first rejected rows of an import, with the words of each reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zhiqiao.core.importing import opened
from zhiqiao.core.models import ImportRow, ImportRun
from zhiqiao.registry.selectors import table_name
from zhiqiao.wording import row_reason

SHOWN: Final = 20
CELLS_SHOWN: Final = 4


@dataclass(frozen=True)
class BadRow:
    file: str
    number: int
    column: str
    reason: str
    cells: str


def first_rejected(run: ImportRun) -> list[BadRow]:
    rows = ImportRow.objects.filter(run=run, outcome="rejected").order_by("id")[:SHOWN]
    return [_bad(run, row) for row in rows]


def _bad(run: ImportRun, row: ImportRow) -> BadRow:
    reason = row_reason(row.codes[0], row.facts) if row.codes else ""
    filled = [opened(str(cell)) for cell in row.cells if cell not in (None, "")]
    return BadRow(
        table_name(run, row.table_number), row.row_number, row.column, reason, " · ".join(filled[:CELLS_SHOWN])
    )
