"""Find the headings of a sheet and say which field each column is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import Any

from zhiqiao.exchange.cells import FileRefused, NumberedRow, Row, Table, cell_text, is_blank
from zhiqiao.exchange.vocabularies import Vocabulary, heading_key, is_standardised
from zhiqiao.kernel.dates import BadDate, parse_date
from zhiqiao.kernel.money import Unit, unit_in_heading

SavedMapping = Mapping[str, str | None]

_ROWS_LOOKED_AT = 40
_GROUP_WORDS = re.compile(r"(?:基本)?(?:信息|情况|资料)$")
_STATED_DATE = re.compile(
    r"(?:导出|下载|检索|截至|截止|统计|更新|数据|查询|制表|填报)[^\d]{0,8}"
    r"((?>\d{4}[-./年]\d{1,2}(?:[-./月]\d{1,2}日?|月)?|\d{8}))(?!\d|\s*(?:至|到|~|～|—))"
)
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})[-._年]?(\d{2})[-._月]?(\d{2})日?(?!\d)")


class HeadingMissing(FileRefused):
    """No row of the sheet names columns of this kind of list. Facts: ``seen``, what its first row holds."""

    code = "heading_missing"


@dataclass(frozen=True, slots=True)
class HeadingMap:
    """Which column is which field, and what was not understood.

    ``columns`` and ``headings`` go by column index from 0. A field ``extra.<heading>`` is known or spare and is
    kept under its heading. ``unmapped`` names headings that nothing is known of; ``ignored`` those that the
    saved mapping leaves out on purpose. ``units`` has every money field, None where the heading names no
    unit and it has to be confirmed. ``as_of``: the date that the title rows or the file name state.
    """

    file: str
    sheet: str | None
    heading_rows: tuple[int, ...]
    headings: dict[int, str]
    columns: dict[int, str]
    unmapped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    units: dict[str, Unit | None] | None = None
    dialect: str | None = None
    titles: tuple[str, ...] = ()
    as_of: date | None = None

    @property
    def heading_row(self) -> int:
        return self.heading_rows[-1]

    def saved(self) -> dict[str, str | None]:
        """The mapping to keep for this sender: field by heading, None for what is left out. Plain JSON."""
        mapped: dict[str, str | None] = {self.headings[at]: name for at, name in self.columns.items()}
        return mapped | dict.fromkeys(self.ignored)

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "sheet": self.sheet,
            "heading_rows": list(self.heading_rows),
            "columns": [
                {"column": at, "heading": self.headings[at], "field": self.columns.get(at)}
                for at in sorted(self.headings)
            ],
            "unmapped": list(self.unmapped),
            "ignored": list(self.ignored),
            "units": dict(self.units or {}),
            "dialect": self.dialect,
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }


@dataclass(frozen=True, slots=True)
class _Candidate:
    rows: tuple[int, ...]
    at: int
    headings: dict[int, str]
    fields: frozenset[str]

    @property
    def score(self) -> tuple[int, int]:
        """More fields are better; of equal ones a single row, or a title above the headings would join them."""
        return len(self.fields), -len(self.rows)


def read_headings(table: Table, vocabulary: Vocabulary, saved: SavedMapping | None = None) -> tuple[HeadingMap, Table]:
    """The mapping of a sheet, and the sheet with its rows from below the headings on.

    ``saved`` is what the sender confirmed earlier, field (or None: leave out) by heading; it goes before
    the vocabulary. Raises HeadingMissing, FileRefused ``sheet_empty``, or the table's own refusal.
    """
    if table.refusal is not None:
        raise table.refusal
    known = {heading_key(heading): field for heading, field in (saved or {}).items()}
    head, rest = _look_ahead(table.rows)
    if all(is_blank(cell) for _, row in head for cell in row):
        raise FileRefused("sheet_empty", file=table.file, sheet=table.sheet)
    best = _best_candidate(head, vocabulary, known)
    if best is None:
        raise HeadingMissing(file=table.file, sheet=table.sheet, seen=_seen(head))
    below = best.at + len(best.rows)
    titles = _titles(head[: best.at])
    mapping = _mapping(table, best, vocabulary, known)
    mapping = replace(mapping, titles=titles, as_of=_stated_date(titles, table.file))
    return mapping, replace(table, rows=chain(head[below:], rest))


def _look_ahead(rows: Iterator[NumberedRow]) -> tuple[list[NumberedRow], Iterator[NumberedRow]]:
    """The first rows, and the rest; where the file breaks off within the first rows, the rest breaks there."""
    head: list[NumberedRow] = []
    try:
        for row in islice(rows, _ROWS_LOOKED_AT):
            head.append(row)  # noqa: PERF402 -- what was read before a break has to be kept
    except FileRefused as refusal:
        return head, _breaking(refusal)
    return head, rows


def _breaking(refusal: FileRefused) -> Iterator[NumberedRow]:
    yield from ()
    raise refusal


def _best_candidate(head: list[NumberedRow], vocabulary: Vocabulary, known: SavedMapping) -> _Candidate | None:
    best: _Candidate | None = None
    for at in range(len(head)):
        for candidate in _candidates(head, at, vocabulary, known):
            if _is_heading(candidate, vocabulary) and (best is None or candidate.score > best.score):
                best = candidate
    return best


def _candidates(head: list[NumberedRow], at: int, vocabulary: Vocabulary, known: SavedMapping) -> Iterator[_Candidate]:
    number, row = head[at]
    single = {index: cell_text(cell).strip() for index, cell in enumerate(row) if not is_blank(cell)}
    if not single:
        return
    yield _Candidate((number,), at, single, _fields(single, vocabulary, known))
    if at + 1 < len(head):
        below, sub = head[at + 1]
        merged = _merge_two_rows(row, sub, vocabulary, known)
        yield _Candidate((number, below), at, merged, _fields(merged, vocabulary, known))


def _fields(headings: dict[int, str], vocabulary: Vocabulary, known: SavedMapping) -> frozenset[str]:
    dialect = vocabulary.dialect_of(headings.values())
    found = (_look_up(text, vocabulary, known, dialect) for text in headings.values())
    return frozenset(field for field, _ in filter(None, found))


def _look_up(
    heading: str, vocabulary: Vocabulary, known: SavedMapping, dialect: str | None = None
) -> tuple[str, int] | None:
    """As the vocabulary's, after the saved mapping; what that leaves out has the empty field."""
    key = heading_key(heading)
    if key in known:
        return known[key] or "", -1
    return vocabulary.look_up(heading, dialect)


def _is_heading(candidate: _Candidate, vocabulary: Vocabulary) -> bool:
    """Names an identity, and something beside it unless it is the only column there is."""
    if not candidate.fields & vocabulary.identity:
        return False
    return len(candidate.fields) >= 2 or len(candidate.headings) == 1


def _merge_two_rows(top: Row, sub: Row, vocabulary: Vocabulary, known: SavedMapping) -> dict[int, str]:
    """Headings over two rows: a group over several columns, or one cell down both rows.

    A merged cell has its text in the first column only, so groups carry on to the right.
    """
    merged: dict[int, str] = {}
    group = ""
    for index in range(max(len(top), len(sub))):
        above = cell_text(top[index]).strip() if index < len(top) else ""
        below = cell_text(sub[index]).strip() if index < len(sub) else ""
        group = above or group
        text = _two_row_heading(group, above, below, vocabulary, known) if above or below else ""
        if text:
            merged[index] = text
    return merged


def _two_row_heading(group: str, above: str, below: str, vocabulary: Vocabulary, known: SavedMapping) -> str:
    if not below or above == below:
        return above
    stem = _GROUP_WORDS.sub("", group)
    for text in (f"{group}{below}", f"{stem}{below}", below):
        if _look_up(text, vocabulary, known) is not None:
            return text
    return f"{group}{below}" if above else below


def _mapping(table: Table, found: _Candidate, vocabulary: Vocabulary, known: SavedMapping) -> HeadingMap:
    dialect = vocabulary.dialect_of(found.headings.values())
    if table.format == "cnipa_xml":
        dialect = "cnipa_xml"
    looked_up = {index: _look_up(text, vocabulary, known, dialect) for index, text in found.headings.items()}
    unmapped = tuple(found.headings[index] for index, meant in looked_up.items() if meant is None)
    ignored = tuple(found.headings[index] for index, meant in looked_up.items() if meant and not meant[0])
    claims = [
        (is_standardised(found.headings[index]), meant[1], index, meant[0])
        for index, meant in looked_up.items()
        if meant and meant[0]
    ]
    columns = _assign(claims, found.headings)
    units = {
        field: unit_in_heading(found.headings[index]) for index, field in columns.items() if field.startswith("money.")
    }
    return HeadingMap(
        file=table.file,
        sheet=table.sheet,
        heading_rows=found.rows,
        headings=found.headings,
        columns=columns,
        unmapped=unmapped,
        ignored=ignored,
        units=units,
        dialect=dialect,
    )


def _assign(claims: list[tuple[bool, int, int, str]], headings: dict[int, str]) -> dict[int, str]:
    """Each field to its best column; a second column of the same field is kept as an extra."""
    taken: dict[str, int] = {}
    for _, _, index, field in sorted(claims):
        name = field if field not in taken else f"extra.{' '.join(headings[index].split())}"
        while name in taken:
            name += "'"
        taken[name] = index
    return {index: field for field, index in sorted(taken.items(), key=lambda item: item[1])}


def _titles(rows: list[NumberedRow]) -> tuple[str, ...]:
    return tuple(cell_text(cell).strip() for _, row in rows for cell in row if not is_blank(cell))


def _seen(head: list[NumberedRow]) -> list[str]:
    for _, row in head:
        if texts := [cell_text(cell).strip()[:40] for cell in row if not is_blank(cell)]:
            return texts[:20]
    return []


def _stated_date(titles: tuple[str, ...], file: str) -> date | None:
    for title in titles:
        if found := _STATED_DATE.search(title):
            try:
                return parse_date(found.group(1)).day
            except BadDate:
                continue
    for part in reversed(PurePosixPath(file).parts):
        # Two dates in a name are a range of the list, not the day it was made.
        if len(found_dates := set(_DATE_IN_NAME.findall(part))) == 1:
            try:
                return date(*map(int, found_dates.pop()))
            except ValueError:
                continue
    return None
