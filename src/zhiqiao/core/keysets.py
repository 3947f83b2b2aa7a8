"""Records chosen by many keys from outside the database, as the index finds them: one condition, whatever their number.

A few keys travel as a list, and the database looks each up. Many travel as one flag for each possible key, and the
database walks along the order it needs anyway and tests each row: 150 000 keys cost a page of a list no more than none.
"""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler

FEW: Final = 5_000
RARE: Final = 5_000
LARGEST_FLAGGED: Final = 50_000_000
Sql = tuple[str, list[Any]]
Keys = npt.NDArray[np.int64]


class _Among(Func):
    output_field = BooleanField()

    # As expressions are compared by what they were made of, a hundred thousand keys would be hashed.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def _key(self, compiler: SQLCompiler) -> tuple[str, list[Any]]:
        sql, given = compiler.compile(self.source_expressions[0])
        return sql, list(given)


class AmongFew(_Among):
    """One of the keys, looked up one by one."""

    def __init__(self, expression: str | Combinable, keys: Keys) -> None:
        super().__init__(expression)
        self._keys = keys.tolist()

    @property
    def nothing(self) -> bool:
        return not self._keys

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:  # type: ignore[override]  # the stubs want Django's own types
        key, given = self._key(compiler)
        sql = f"({key} IN (SELECT value FROM json_each(%s)))"  # noqa: S608 -- a column; the keys are an argument
        return sql, [*given, json.dumps(self._keys)]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        key, given = self._key(compiler)
        return f"({key} = ANY(%s::bigint[]))", [*given, "{" + ",".join(map(str, self._keys)) + "}"]


class AmongMany(_Among):
    """One of the keys, tested row by row."""

    nothing = False

    def __init__(self, expression: str | Combinable, keys: Keys) -> None:
        super().__init__(expression)
        self._flags = np.zeros(int(keys.max()) + 1, np.uint8)
        self._flags[keys] = 1

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:  # type: ignore[override]  # the stubs want Django's own types
        # A byte a key: SQLite finds a byte of a blob at once, but has no function for a bit.
        key, given = self._key(compiler)
        return f"(substr(%s, {key} + 1, 1) = x'01')", [self._flags.tobytes(), *given]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        key, given = self._key(compiler)
        bits = np.packbits(self._flags, bitorder="little").tobytes()
        # Beyond the last bit get_bit would raise.
        sql = f"(CASE WHEN {key} < {len(self._flags)} THEN get_bit(%s, {key}) = 1 ELSE false END)"
        return sql, [*given, bits, *given]


def among(expression: str | Combinable, keys: Keys) -> AmongFew | AmongMany:
    """A condition for ``filter``: the expression, a positive whole number, is one of the keys."""
    if len(keys) <= FEW or keys.max() > LARGEST_FLAGGED:
        return AmongFew(expression, keys)
    return AmongMany(expression, keys)


def begins(column: str, start: str) -> Q:
    # A range instead of LIKE: every database can seek in the index for it.
    return Q(**{f"{column}__gte": start, f"{column}__lt": f"{start}\U0010ffff"})


def rare_first(records: QuerySet[Any], condition: Q, *meeting: QuerySet[Any], of: str = "pk") -> QuerySet[Any]:
    """``records.filter(condition)``, where an index answers the condition but not the order of the list. A database
    that walks the order looks at every row if few meet the condition, or only old ones: few are read beforehand.

    ``meeting``: querysets of keys, of what the column ``of`` names, that together are those that meet it, each of
    which one index answers by itself.
    """
    parts = meeting or (records.model._base_manager.filter(condition).order_by().values_list("pk", flat=True),)
    found = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    keys = list(found[: RARE + 1])
    return records.filter(condition if len(keys) > RARE else AmongFew(of, np.array(keys, np.int64)))
