"""What the database knows of its own tables. PostgreSQL keeps that by itself; SQLite must be told to count, or it takes
a filter that most rows pass for one that few do, and sorts the whole table for a page."""

from __future__ import annotations

import time
from typing import Final

from django.db import connection

SECONDS_BETWEEN: Final = 600.0  # of a worker's rounds
FEWEST_ROWS: Final = 1_000
GROWN: Final = 0.25  # a quarter more or fewer rows than at the last count
_looked_at: dict[str, float] = {}


def keep_statistics() -> None:
    """For the worker's housekeeping: now and then, count what has grown."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or time.monotonic() - _looked_at.get(name, float("-inf")) < SECONDS_BETWEEN:
        return
    _looked_at[name] = time.monotonic()
    count_what_grew()


def count_what_grew() -> list[str]:
    """The tables counted anew: those with many rows more or fewer than known, or with an index not counted yet. Some
    tenths of a second for 300 000 patents."""
    if connection.vendor != "sqlite":
        return []
    known = _known()
    grown = [table for table, indexes in _tables().items() if _is_stale(table, indexes, known.get(table, {}))]
    with connection.cursor() as cursor:
        for table in grown:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
    return grown


def _is_stale(table: str, indexes: set[str], known: dict[str, int]) -> bool:
    with connection.cursor() as cursor:
        # The highest key stands for the number of rows: counting them would read the table.
        cursor.execute(f"SELECT max(rowid) FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- a table's name
        rows = int(cursor.fetchone()[0] or 0)
    if rows < FEWEST_ROWS:
        return False
    counted = max((count for count in known.values()), default=0)
    return not indexes <= known.keys() or abs(rows - counted) > GROWN * max(rows, counted)


def _tables() -> dict[str, set[str]]:
    """Table → its indexes, without those over some rows only, which may hold none."""
    sql = "SELECT tbl_name, name, coalesce(sql, '') LIKE '% WHERE %' FROM sqlite_master WHERE type = 'index'"
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for table, index, partial in cursor.fetchall():
            found.setdefault(table, set()).update(() if partial else {index})
    return found


def _known() -> dict[str, dict[str, int]]:
    """Table → index → rows at the last count."""
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchone()[0]:
            return {}
        cursor.execute("SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL")
        for table, index, counts in cursor.fetchall():
            found.setdefault(table, {})[index] = int(counts.split()[0])
    return found
