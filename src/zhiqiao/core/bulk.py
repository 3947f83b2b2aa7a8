"""Many rows of one model in one go: no model instances, no signals, one prepared statement.

Measured against ``bulk_create`` in benchmarks/import_speed.py. SQLite takes ``executemany``, PostgreSQL ``COPY``.
"""

from __future__ import annotations

import gc
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models

ROWS_AT_ONCE = 5_000


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """``rows`` hold values as the database driver takes them (JSON as text), in the order of ``columns``,
    which are field names or attnames. Runs in the caller's transaction."""
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column_name(model, column)) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # COPY goes past Django's cursor, and so past its translation of errors.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 -- names come from the models
        source = iter(rows)
        # Django's wrapper keeps a copy of all it reads from an iterator, so it is fed in pieces.
        while piece := list(islice(source, ROWS_AT_ONCE)):
            cursor.executemany(statement, piece)


def column_name(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field) and field.column is not None, name  # noqa: S101 -- a programmer's slip
    return field.column


def one_at_a_time(name: str) -> None:
    """Until the transaction ends, nobody else passes here under the same name.

    SQLite's one writer does that by itself; on PostgreSQL two imports of the same patents would otherwise both find
    them missing.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])


@contextmanager
def collection_paused() -> Iterator[None]:
    """A chunk makes a hundred thousand objects and no cycles: looking for cycles among them took a seventh of the
    time. They go by their counts as soon as the chunk is stored."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
