"""Going over very many rows: in chunks, each its own transaction, so that a kill loses the last chunk at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from django.db import connection, models
from django.db.models import QuerySet

from zhiqiao.core.bulk import column_name, insert_rows
from zhiqiao.core.conflicts import taken_means
from zhiqiao.kernel.batches import in_batches

M = TypeVar("M", bound=models.Model)

CHUNK: Final = 2000
Progress = Callable[[int, int, str], None]
"""Called with how many are done, of how many, in which stage."""


def no_progress(done: int, total: int, stage: str) -> None:
    """For callers that show nothing."""


def key_chunks(rows: QuerySet[Any]) -> Iterator[list[int]]:
    """Keys in ascending order, also those that come in while the work goes on."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield chunk
        last = chunk[-1]


def list_chunks(keys: Sequence[int]) -> Iterator[list[int]]:
    return in_batches(sorted(set(keys)), CHUNK)


def add_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows. Raises ``Conflict`` ``written_meanwhile`` where another run has just written one of them."""
    with taken_means("written_meanwhile", records=model._meta.label_lower):
        insert_rows(model, columns, rows)


def change_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], where: Sequence[str] = ("id",)
) -> None:
    """Set ``columns`` of many rows, each given as its new values and then what it is known by. A row that is no
    longer as ``where`` says stays as it is. In the caller's transaction."""
    quote = connection.ops.quote_name
    settings = ", ".join(f"{quote(column_name(model, column))} = %s" for column in columns)
    conditions = " AND ".join(f"{quote(column_name(model, column))} = %s" for column in where)
    statement = f"UPDATE {quote(model._meta.db_table)} SET {settings} WHERE {conditions}"  # noqa: S608 -- model names
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
