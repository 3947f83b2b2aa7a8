"""The rows of an import that were left out or taken with a note, with the words of each reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from zhiqiao.core.models import ImportRow, ImportRun
from zhiqiao.core.privatecells import opened
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


def reasons_of(run: ImportRun) -> list[tuple[str, int]]:
    """Each reason with how often, the commonest first."""
    return Counter(run.reasons).most_common()


def first_noted(run: ImportRun) -> list[BadRow]:
    """None are looked for where every reason was one to reject: of a large run that would read every row."""
    if sum(run.reasons.values()) <= run.rejected:
        return []
    return [_noted(run, row) for row in noted_rows(run)[:SHOWN]]


def noted_rows(run: ImportRun) -> QuerySet[ImportRow]:
    """Rows that came in although something about them was odd."""
    return ImportRow.objects.filter(run=run).exclude(outcome="rejected").exclude(codes=[]).order_by("id")


def _noted(run: ImportRun, row: ImportRow) -> BadRow:
    filled = [opened(str(cell)) for cell in row.cells if cell not in (None, "")]
    words = " · ".join(row_reason(code, row.facts) for code in row.codes)
    file = table_name(run, row.table_number)
    return BadRow(file, row.row_number, row.column, words, " · ".join(filled[:CELLS_SHOWN]))


def noted_cells(run: ImportRun) -> Iterator[list[Any]]:
    for row in noted_rows(run).iterator(chunk_size=1000):
        told = _noted(run, row)
        yield [told.file, told.number, told.reason, told.cells]
