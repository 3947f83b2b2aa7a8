"""Records found by any part of a text of theirs: a name, a number, a sender (ADR 0025).

A register that wants it has one ``Parts`` with two letters of its own, keeps each text in the transaction that writes
it, and narrows its list by the condition that the texts' columns must meet anyway. The index only names candidates, so
nothing in it has to be taken away when a text changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from django.db import connection
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Subquery, Value

from zhiqiao.core.keysets import RARE, AmongFew, Beforehand, keys_of
from zhiqiao.core.models import SearchedText
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.parts import parts, parts_asked, sounds, sounds_asked

ROWS_AT_ONCE: Final = 5_000
SAMPLE: Final = 200  # rows
COMMON: Final = 8  # of the sample: one in twenty-five of the register
MOST_LIKELY: Final = 10_000  # keys; the list finds more as soon as it is walked
M = TypeVar("M", bound=Model)
Text = tuple[int, str, str]
"""The record's key, the text folded as its column is, and its syllables with blanks between them, or nothing."""


@dataclass(frozen=True)
class Parts:
    """The texts of one register; ``code``: two letters of its own."""

    code: str

    def keep(self, texts: Iterable[Text]) -> None:
        """Runs in the caller's transaction. What is kept already is kept twice, to no harm."""
        write = _to_postgresql if connection.vendor == "postgresql" else _to_sqlite
        for some in in_batches(texts, ROWS_AT_ONCE):
            write(self.code, [(of, self._terms(text, syllables)) for of, text, syllables in some])

    def holding(self, text: str) -> QuerySet[SearchedText, int] | None:
        """Keys of records that may hold the text; None where it has no letter or digit to look for."""
        return self._having("t", parts_asked(text))

    def sounding(self, letters: str) -> QuerySet[SearchedText, int] | None:
        """Keys of records in which these letters begin with a syllable; None where they are too few."""
        return self._having("s", sounds_asked(letters))

    def _terms(self, text: str, syllables: str) -> set[str]:
        terms = {f"{self.code}t{part}" for part in parts(text)}
        return terms.union(f"{self.code}s{sound}" for sound in sounds(syllables))

    def _having(self, letter: str, asked: list[tuple[str, bool]]) -> QuerySet[SearchedText, int] | None:
        if not asked:
            return None
        terms = [(f"{self.code}{letter}{part}", begun) for part, begun in asked]
        return SearchedText.objects.filter(_having(terms)).values_list("of", flat=True)


def stored(rows: QuerySet[Any, Any]) -> Iterator[Any]:
    """Rows written before there was an index, a few thousand at a time; the first of their columns is the key."""
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:ROWS_AT_ONCE]):
        yield from some
        last = some[-1][0]


def likely_first(
    records: QuerySet[Any],
    condition: Q,
    *likely: QuerySet[Any, Any] | None,
    of: str = "pk",
    tested: Q | None = None,
) -> QuerySet[Any]:
    """``records.filter(condition)``, where ``likely`` together give the key, as the column ``of`` has it, of every
    record that meets the condition and of some that do not. Queries beforehand: a spread sample tells whether many
    records meet it, and the list finds them as it is walked; else one for each of ``likely``, and the few that may are
    looked up and tested.

    ``tested``: a cheaper condition, where it suffices for those.
    """
    known = [each for each in likely if each is not None]
    if len(known) < len(likely) or _commonly(records.model, condition):
        return records.filter(condition)
    keys: list[int] = []
    for each in known:
        keys += keys_of(each, MOST_LIKELY + 1 - len(keys), "of" if each.model is SearchedText else "pk")
        if len(keys) > MOST_LIKELY:
            return records.filter(condition)
    few = AmongFew(of, np.unique(np.array(keys, np.int64)))
    if len(keys) > RARE:  # too many to be sorted for a page, not to be counted
        return records.filter(condition, Beforehand(few, everywhere=True))
    return records.filter(few, tested or condition)


def _commonly(model: type[Model], condition: Q) -> bool:
    return sample_of(model).filter(condition).count() >= COMMON


def sample_of(model: type[M]) -> QuerySet[M]:
    """``SAMPLE`` rows spread evenly over the keys, the last one among them; fewer where keys are missing."""
    every = model._base_manager.all()
    steps = ",".join(f"({at})" for at in range(1, SAMPLE + 1))
    spread = Func(
        F("pk"),
        Subquery(every.order_by("-pk").values("pk")[:1]),
        arg_joiner=" IN (SELECT ",
        template=f"(%(expressions)s * steps.column1 / {SAMPLE} FROM (VALUES {steps}) AS steps))",
        output_field=BooleanField(),
    )
    return every.filter(spread)


def _having(terms: list[tuple[str, bool]]) -> Func:
    """On ``SearchedText``: it has all these terms, or one that begins so."""
    if connection.vendor == "postgresql":
        asked = Value(" & ".join(f"'{term}'{':*' if begun else ''}" for term, begun in terms))
        template = '("core_searchedtext"."parts" @@ %(expressions)s::tsquery)'
        return Func(asked, template=template, output_field=BooleanField())
    asked = Value(" AND ".join(f'"{term}"{"*" if begun else ""}' for term, begun in terms))
    within = " IN (SELECT rowid FROM core_searchedpart WHERE core_searchedpart MATCH "
    return Func(F("pk"), asked, arg_joiner=within, template="(%(expressions)s))", output_field=BooleanField())


def _to_postgresql(code: str, rows: list[tuple[int, set[str]]]) -> None:
    copying = "COPY core_searchedtext (code, of, parts) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copying) as copy:
        for of, terms in rows:
            copy.write_row((code, of, " ".join(f"'{term}'" for term in terms)))


def _to_sqlite(code: str, rows: list[tuple[int, set[str]]]) -> None:
    with connection.cursor() as cursor:
        # Never a key that was ever given away: its terms would still stand in the index.
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'core_searchedtext'")
        first = int(cursor.fetchone()[0]) + 1
        texts = [(first + at, code, of) for at, (of, _) in enumerate(rows)]
        cursor.executemany("INSERT INTO core_searchedtext (id, code, of) VALUES (%s, %s, %s)", texts)
        terms: Iterator[tuple[int, str]] = ((first + at, " ".join(each)) for at, (_, each) in enumerate(rows))
        cursor.executemany("INSERT INTO core_searchedpart (rowid, parts) VALUES (%s, %s)", list(terms))
