"""Tables as files that are sent while they are made: memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from zhiqiao.core.unanswered import complete
from zhiqiao.exchange.spreadsheets import XLSX, Column, csv_chunks
from zhiqiao.exchange.streamed_workbook import workbook_chunks
from zhiqiao.kernel.errors import NotFound

NARROWEST, WIDEST = 12, 40  # characters


@dataclass(frozen=True)
class Sheet:
    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]

    @property
    def columns(self) -> list[Column]:
        widths = (min(WIDEST, max(NARROWEST, 2 * len(heading) + 4)) for heading in self.headings)
        return [Column(heading, width) for heading, width in zip(self.headings, widths, strict=True)]


def download(sheet: Sheet, kind: str) -> StreamingHttpResponse:
    """Raises ``NotFound`` for a kind of file that we do not write, ``Unavailable("index_incomplete")`` where parts of
    the index were silent: nobody would see it in the file."""
    told = (tuple(_plain(cell) for cell in row) for row in sheet.rows)
    with complete():
        # While a refusal can still be answered: the first row is what the search is made for.
        rows = chain(list(islice(told, 1)), told)
    if kind == "csv":
        return _named(StreamingHttpResponse(csv_chunks(sheet.columns, rows), content_type="text/csv"), sheet, kind)
    if kind != "xlsx":
        raise NotFound
    chunks = workbook_chunks(sheet.title, sheet.columns, rows)
    return _named(StreamingHttpResponse(chunks, content_type=XLSX), sheet, kind)


def _named(response: StreamingHttpResponse, sheet: Sheet, kind: str) -> StreamingHttpResponse:
    name = f"{sheet.title}-{timezone.localdate():%Y%m%d}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _plain(cell: Any) -> Any:
    """Lists hold names or sayings of names; labels are lazy."""
    if isinstance(cell, list | tuple):
        return [str(each.get("name", each) if isinstance(each, dict) else each) for each in cell]
    is_value = cell is None or isinstance(cell, str | int | float | bool | Decimal) or hasattr(cell, "year")
    return cell if is_value else str(cell)
