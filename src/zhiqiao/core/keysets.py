"""Records chosen by many keys from outside the database, as the index finds them: one condition, whatever their number.

A few keys travel as a list, and the database looks each up. Many travel as one flag for each possible key, and the
database walks along the order it needs anyway and tests each row: 150 000 keys cost a page of a list no more than none.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    ExpressionWrapper,
    F,
    Func,
    JSONField,
    Model,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThanOrEqual, In, IsNull, LessThan
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.where import AND

M = TypeVar("M", bound=Model)

FEW: Final = 5_000
RARE: Final = 5_000
RATHER_LISTED: Final = 10_000
NOT_MANY: Final = 40_000
SELDOM: Final = 0.1  # of all
LARGEST_FLAGGED: Final = 50_000_000
Sql = tuple[str, list[Any]]
Keys = npt.NDArray[np.int64]


class _Written:
    """The keys, put into text once for all questions: an expression is copied for each."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    @cached_property
    def text(self) -> str:
        return json.dumps(self.keys.tolist())


class _Among(Func):
    output_field = BooleanField()

    def __init__(self, expression: str | Combinable, keys: Keys | _Written) -> None:
        super().__init__(expression)
        self._written = keys if isinstance(keys, _Written) else _Written(keys)

    @property
    def keys(self) -> Keys:
        return self._written.keys

    # As expressions are compared by what they were made of, a hundred thousand keys would be hashed.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    @property
    def listed(self) -> AmongFew:
        """The same, looked up one by one."""
        return AmongFew(self.source_expressions[0], self._written)

    def _key(self, compiler: SQLCompiler) -> tuple[str, list[Any]]:
        sql, given = compiler.compile(self.source_expressions[0])
        return sql, list(given)


class AmongFew(_Among):
    """One of the keys, looked up one by one."""

    @property
    def nothing(self) -> bool:
        return not len(self.keys)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:  # type: ignore[override]  # the stubs want Django's own types
        key, given = self._key(compiler)
        sql = f"({key} IN (SELECT value FROM json_each(%s)))"  # noqa: S608 -- a column; the keys are an argument
        return sql, [*given, self._written.text]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        key, given = self._key(compiler)
        return f"({key} = ANY(%s::bigint[]))", [*given, "{" + self._written.text[1:-1] + "}"]


class AmongMany(_Among):
    """One of the keys, tested row by row."""

    nothing = False

    def __init__(self, expression: str | Combinable, keys: Keys) -> None:
        super().__init__(expression, keys)
        self._flags = np.zeros(int(keys.max()) + 1, np.uint8)
        self._flags[keys] = 1
        self._seldom = len(keys) < SELDOM * len(self._flags)

    def _rather_listed(self, compiler: SQLCompiler) -> bool:
        """What is in no order is looked up one by one until there are as many as are wanted, unless the list were so
        long that it is sooner walked than read."""
        return self._seldom and not compiler.query.order_by and len(self.keys) <= RATHER_LISTED

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:  # type: ignore[override]  # the stubs want Django's own types
        if self._rather_listed(compiler):
            return self.listed.as_sqlite(compiler, connection)
        # A byte a key: SQLite finds a byte of a blob at once, but has no function for a bit.
        key, given = self._key(compiler)
        sql = f"(substr(%s, {key} + 1, 1) = x'01')"
        # Where few are flagged and nothing is in order, SQLite had better begin with them.
        seldom = self._seldom and not compiler.query.order_by
        return f"unlikely({sql})" if seldom else sql, [self._flags.tobytes(), *given]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        if self._rather_listed(compiler):
            return self.listed.as_postgresql(compiler, connection)
        key, given = self._key(compiler)
        bits = np.packbits(self._flags, bitorder="little").tobytes()
        # Beyond the last bit get_bit would raise.
        sql = f"(CASE WHEN {key} < {len(self._flags)} THEN get_bit(%s, {key}) = 1 ELSE false END)"
        if compiler.query.order_by or not self._seldom:
            return sql, [*given, bits, *given]
        # PostgreSQL takes half of all to be flagged. Where few are, something that always holds tells it otherwise.
        return f"({sql} AND {key} %% 1 = 0)", [*given, bits, *given, *given]


class _ListOf(Aggregate):
    """All values as one, which is read much faster than a row for each."""

    output_field = JSONField()
    function = "JSONB_AGG"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY")


def keys_of(records: QuerySet[Any, Any], most: int, column: str = "pk") -> list[int]:
    """In whatever order the database finds them soonest."""
    found: list[int] | None = records.order_by().values(column)[:most].aggregate(keys=_ListOf(column))["keys"]
    return found or []


class Gathered(Func):
    """Holds of every record; says of a question that few records meet the rest of it."""

    output_field = BooleanField()
    arity = 0

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_: Any, **__: Any) -> Any:
        return "(1 = 1)", []


class Unsought(Func):
    """A column by which SQLite looks nothing up while it puts a page in order: it would gather and sort all that meet
    the condition, where walking the list fills the page at once. What is in no order, as a count, is looked up."""

    arity = 1

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_: Any, **__: Any) -> Any:
        column, given = compiler.compile(self.source_expressions[0])
        walked = connection.vendor == "sqlite" and compiler.query.order_by
        return f"+{column}" if walked else column, [*given]


class Beforehand(Func):
    """A condition that the others imply. It shows SQLite where to begin with what is in no order; to a page in order
    it says nothing, nor to PostgreSQL unless it holds ``everywhere``."""

    output_field = BooleanField()
    arity = 1

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_: Any, **__: Any) -> Any:
        heard = connection.vendor == "sqlite" or self.extra.get("everywhere")
        if not heard or compiler.query.order_by:
            return "(1 = 1)", []
        sql, given = compiler.compile(self.source_expressions[0])
        return sql, [*given]


class AskedOfEach(IsNull):
    """A question that a database asks of each row, instead of gathering all records to which the answer is yes."""


def asked_of_each(rows: QuerySet[Any]) -> Q:
    """There is one of these rows, which name the record by an ``OuterRef``. As a value: PostgreSQL would gather for an
    EXISTS."""
    return Q(AskedOfEach(Subquery(rows.order_by().values("pk")[:1]), False))


def in_turn(*conditions: Q) -> Q:
    """All of them, each of which is asked only where those before it hold. A database would begin with what it takes to
    be cheap, and PostgreSQL takes what two alternatives share out of both and asks it first, even if it holds of nearly
    every row."""
    *earlier, last = conditions
    if not earlier:
        return last
    rest = ExpressionWrapper(last, output_field=BooleanField())
    return Q(Case(When(Q(*earlier), then=rest), default=Value(False)))


def among(expression: str | Combinable, keys: Keys) -> AmongFew | AmongMany:
    """A condition for ``filter``: the expression, a positive whole number, is one of the keys."""
    if len(keys) <= FEW or keys.max() > LARGEST_FLAGGED:
        return AmongFew(expression, keys)
    return AmongMany(expression, keys)


def begins(column: str, start: str) -> Q:
    # A range instead of LIKE: every database can seek in the index for it.
    return Q(**{f"{column}__gte": start, f"{column}__lt": _beyond(start)})


def begins_often(column: str, start: str) -> Q:
    """The same of many, which a page in order walks past."""
    text = Unsought(column)
    return Q(GreaterThanOrEqual(text, start), LessThan(text, _beyond(start)))


def _beyond(start: str) -> str:
    return f"{start}\U0010ffff"


def gathered(records: QuerySet[M]) -> QuerySet[M]:
    """The same records, known to be few: a page of them is sorted, the list not walked."""
    return records.filter(Gathered())


def are_gathered(records: QuerySet[Any]) -> bool:
    asked = records.query.where
    parts = [getattr(each, "lhs", each) for each in asked.children] if asked.connector == AND else []
    return not asked.negated and any(isinstance(each, AmongFew | Gathered) for each in parts)


def few_gathered(
    records: QuerySet[M], condition: Q, *, of: str = "pk", meeting: QuerySet[Any] | None = None
) -> QuerySet[M]:
    """As ``rare_first``, where one index answers the condition whatever else is asked: what meets it is counted
    beforehand, not read. ``meeting``: records that the column ``of`` names, of which that is so."""
    if meeting is not None:
        keys = keys_of(meeting, RARE + 1)
        return records.filter(condition if len(keys) > RARE else AmongFew(of, np.array(keys, np.int64)))
    found = records.model._base_manager.filter(condition).order_by().values("pk")
    if found[: RARE + 1].count() > RARE:
        return records.filter(condition)
    return gathered(records.filter(condition))


def begun_with(records: QuerySet[M], of: str, found: QuerySet[Any], *, everywhere: bool = False) -> QuerySet[M]:
    """The same records, each of which names one of those found in its column ``of``. Where these are not many, SQLite
    begins with them, PostgreSQL too if ``everywhere``; where they are, whatever it begins with meets enough of them
    soon."""
    keys = found.order_by().values("pk")
    if keys[: NOT_MANY + 1].count() > NOT_MANY:
        return records
    return records.filter(Beforehand(In(F(of), keys.query), everywhere=everywhere))


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
