"""The classifications and towns that the registry ships with, read from the tables beside this file.

Codes and names only. Sources: IPC 2026.01; GB/T 4754-2017 with its first amendment of 2019; the town list of
Dongguan (441900); WIPO's 35 technology fields. Industry suggestions are our own judgement.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
IPC_VERSION = "2026.01"
INDUSTRY_VERSION = "GB/T 4754-2017"
TOWN_VERSION = "2024"
SUGGESTION_VERSION = "示例v1"
# In force since 2017-10-01 (GB/T 4754-2017, notice of the standard).
INDUSTRIES_BEGIN = date(2017, 10, 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of a classification.

    ``effective_from`` None: older than this table can say. ``effective_to`` None: still in force.
    """

    code: str
    level: str
    title_zh: str
    title_en: str | None
    parent: str | None
    effective_from: date | None
    effective_to: date | None
    version: str


@dataclass(frozen=True, slots=True)
class IpcMove:
    """Patents classed under ``old_prefix`` are found under ``new_prefix`` from that day on.

    ``wholly`` False: only a part of the old place went there, so the new class is a hint, not a translation.
    """

    old_prefix: str
    new_prefix: str
    effective_from: date
    wholly: bool


@dataclass(frozen=True, slots=True)
class IndustrySuggestion:
    """An industry that a patent of this IPC subclass may serve; always to be confirmed by a person.

    ``weight`` falls with rank: 1.0, 0.6, 0.36. ``uncertain`` is always true: the official concordance of 2018
    is not at hand, and this table only follows its principle (domain facts §11.7, §15).
    """

    ipc_subclass: str
    industry: str
    weight: float
    version: str = SUGGESTION_VERSION
    uncertain: bool = True


@dataclass(frozen=True, slots=True)
class TechnologyField:
    """One of WIPO's 35 fields; the longest matching IPC prefix over all fields decides."""

    number: int
    sector_zh: str
    sector_en: str
    title_zh: str
    title_en: str
    ipc_prefixes: tuple[str, ...]


def ipc_entries() -> Iterator[Entry]:
    """Sections, classes, subclasses and main groups, those that have ended included."""
    for row in _rows("ipc.csv.gz"):
        begins, ends = _day(row["effective_from"]), _day(row["effective_to"])
        yield _entry(row, (begins, ends), IPC_VERSION)


def industries() -> Iterator[Entry]:
    """门类, 大类, 中类 and 小类 (section, division, group, class) of GB/T 4754-2017."""
    for row in _rows("industries.csv.gz"):
        yield _entry(row, (INDUSTRIES_BEGIN, None), INDUSTRY_VERSION)


def towns() -> Iterator[Entry]:
    """Dongguan's subdistricts and towns (32) and its parks (4, which overlap towns: never add the two up)."""
    for row in _rows("towns.csv.gz"):
        yield _entry(row, (None, None), TOWN_VERSION)


def ipc_moves() -> Iterator[IpcMove]:
    """Known moves, oldest first; a longer old prefix goes before the shorter one that holds it."""
    rows = sorted(_rows("ipc_moves.csv"), key=lambda row: (row["effective_from"], -len(row["old_prefix"])))
    for row in rows:
        begins = date.fromisoformat(row["effective_from"])
        yield IpcMove(row["old_prefix"], row["new_prefix"], begins, row["whole"] == "wholly")


def industry_suggestions() -> Iterator[IndustrySuggestion]:
    for row in _rows("industry_suggestions.csv"):
        for rank, industry in enumerate(row["industries"].split()):
            yield IndustrySuggestion(row["ipc_subclass"], industry, round(0.6**rank, 2))


def technology_fields() -> Iterator[TechnologyField]:
    for row in _rows("technology_fields.csv"):
        yield TechnologyField(
            int(row["number"]),
            row["sector_zh"],
            row["sector_en"],
            row["title_zh"],
            row["title_en"],
            tuple(row["ipc_prefixes"].split()),
        )


def _rows(name: str) -> Iterator[dict[str, str]]:
    raw = (FOLDER / name).read_bytes()
    text = gzip.decompress(raw) if name.endswith(".gz") else raw
    return iter(csv.DictReader(text.decode("utf-8").splitlines()))


def _entry(row: dict[str, str], period: tuple[date | None, date | None], version: str) -> Entry:
    return Entry(
        code=row["code"],
        level=row["level"],
        title_zh=row["title_zh"],
        title_en=row.get("title_en") or None,
        parent=row.get("parent") or None,
        effective_from=period[0],
        effective_to=period[1],
        version=version,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
