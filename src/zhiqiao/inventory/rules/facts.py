"""What the files and the institution have told about one patent, as the rules take it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

ALIVE: Final = "alive"
PENDING: Final = "pending"
RESTORABLE: Final = "restorable"
DEAD: Final = "dead"
UNKNOWN: Final = "unknown"

INVENTION: Final = "invention"
DESIGN: Final = "design"

LICENCES: Final = frozenset({"licence_exclusive", "licence_sole", "licence_ordinary", "open_licence"})
PLEDGE: Final = "pledge"
DISPUTES: Final = frozenset({"preservation", "dispute"})


@dataclass(frozen=True, slots=True)
class CitationPlace:
    """Where a patent stands among those of its field and filing year: ``rank`` 0 to 1 is the share cited less
    often (ties count half), ``size`` how many were compared."""

    cohort: str
    size: int
    rank: float


@dataclass(frozen=True, slots=True)
class FieldTrend:
    """How the share of a technology field in all filings moved: ``ratio`` 1.0 is as fast as the whole registry."""

    field: str
    earlier: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Replies:
    """What enterprises replied to pushes: how many, their mean score 1 to 5, and how many want to talk or to buy."""

    count: int = 0
    mean: float | None = None
    intents: int = 0
    buyers: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """The institution's own words in the stocktaking; empty or None: not said."""

    self_grade: str = ""
    willing: str = ""
    maturity: int | None = None
    exploitation: str = ""
    state: str = ""


NOTHING_SAID: Final = Statement()
NO_REPLIES: Final = Replies()


@dataclass(frozen=True, slots=True)
class PatentFacts:
    """One patent. None always means that no source told; an empty tuple or nought that a source said "none".

    ``first_claim_length`` is in characters. ``encumbrances`` are the kinds in force on the day asked about;
    ``evidence`` the grades A, B, C of exploitation on record; ``firms_in_industry`` counts organisations of the
    city in the patent's industries.
    """

    kind: str = INVENTION
    status_group: str = UNKNOWN
    status_phase: str = ""
    status_as_of: date | None = None
    filed_on: date | None = None
    granted_on: date | None = None
    expires_on: date | None = None
    claim_count: int | None = None
    first_claim_length: int | None = None
    classes: tuple[str, ...] = ()
    holder_count: int | None = None
    survived_invalidation: bool | None = None
    family_countries: tuple[str, ...] | None = None
    citations: CitationPlace | None = None
    trend: FieldTrend | None = None
    firms_in_industry: int | None = None
    funded: bool | None = None
    encumbrances: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()
    statement: Statement = field(default=NOTHING_SAID)
    replies: Replies = field(default=NO_REPLIES)


def full_years(since: date, until: date) -> int:
    """Whole years from one day to another; below nought where ``until`` comes first."""
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def foreign_countries(family: Sequence[object] | None) -> tuple[str, ...] | None:
    """Countries other than China among the family's publication numbers; None where no family was told at all."""
    countries = sorted(set(_countries(family or ())))
    return tuple(each for each in countries if each != "CN") if countries else None


def _countries(family: Sequence[object]) -> Iterator[str]:
    for member in family:
        code = str(member).strip()[:2].upper()
        if len(code) == 2 and code.isascii() and code.isalpha():
            yield code
