"""The report of an import's bad rows: the same format back, with row number, column and reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from zhiqiao.core.actors import ActingUser
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.blobs import store_path
from zhiqiao.core.importing import subject
from zhiqiao.core.models import ImportRow, ImportRun
from zhiqiao.core.privatecells import opened
from zhiqiao.exchange.reasons import Language
from zhiqiao.exchange.reports import ReportRow, ReportSheet, report_format
from zhiqiao.exchange.reports import write_report as write_sheets
from zhiqiao.exchange.spreadsheets import XLSX

MEDIA_TYPES = {"xlsx": XLSX, "csv": "text/csv"}


def write_report(*, actor: ActingUser, run: ImportRun, language: Language = "zh") -> Path | None:
    """Write the rejected rows to the installation's ``reports`` folder and keep them with the run.

    None where no row was rejected.
    """
    if not run.rejected:
        return None
    formats = {report_format(source.name) for source in run.files.all()}
    ending = "xlsx" if "xlsx" in formats else "csv"
    folder = Path(settings.ZHIQIAO_HOME) / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run.number}-{'退回' if language == 'zh' else 'rejected'}.{ending}"
    write_sheets(path, _sheets(run), language)
    with unit_of_work(actor) as work:
        run.report, run.report_name = store_path(path, MEDIA_TYPES[ending]), path.name
        run.save(update_fields=["report", "report_name"])
        work.record("core.report_import", subject(run), None, {"report": run.report.sha256})
    return path


def _sheets(run: ImportRun) -> Iterator[ReportSheet]:
    for table in run.headings:
        if "number" not in table:
            continue
        rows = ImportRow.objects.filter(run=run, table_number=table["number"], outcome="rejected").order_by("id")
        if rows.exists():
            title = table.get("sheet") or PurePosixPath(table["file"]).stem
            yield ReportSheet(title, _headings(table), map(_report_row, rows.iterator(chunk_size=2_000)))


def _headings(table: dict[str, Any]) -> list[str]:
    by_column = {column["column"]: column["heading"] for column in table["columns"]}
    return [by_column.get(at, "") for at in range(max(by_column, default=-1) + 1)]


def _report_row(row: ImportRow) -> ReportRow:
    cells = [opened(cell) for cell in row.cells]
    return ReportRow(row.row_number, cells, row.codes[0] if row.codes else "", row.column or None, row.facts)
