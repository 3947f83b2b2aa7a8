"""What is searched, and what a reader may find."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from zhiqiao.engine.text import printable
from zhiqiao.kernel.errors import Invalid

SEES_ALL: Final = frozenset({"all"})
HIGHEST_KEY: Final = 2**62 - 1
DATE_FACET: Final = "date"


@dataclass(frozen=True, slots=True)
class Document:
    """A patent or a need as search knows it.

    ``key`` is the caller's own number, 0 to 2**62-1. ``visibility`` holds tokens such as ``public`` or
    ``org:12``; empty means that only those who see everything find it. ``facets`` are exact values to filter by
    (``kind``, ``status``, …); the facet ``date`` (ISO) is the one lists can be sorted by.
    """

    key: int
    number: str
    title: str
    abstract: str = ""
    claim: str = ""
    classes: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    visibility: tuple[str, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.key <= HIGHEST_KEY:
            raise Invalid("document_key", key=self.key)

    def seen_with(self, tokens: frozenset[str]) -> bool:
        """Whether a reader who holds ``tokens`` may know of this document."""
        return tokens >= SEES_ALL or not tokens.isdisjoint(self.visibility)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to; within one line any value will do, and every line must hold.

    ``facets`` maps a facet's name to its accepted values, ``classes`` are beginnings of class symbols (``H01L``).
    """

    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    classes: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.facets or self.classes or self.holders)

    def accept(self, document: Document) -> bool:
        """The same rule as inside the index, for a document that is not there yet."""
        symbols = [class_symbol(symbol) for symbol in document.classes]
        prefixes = tuple(class_symbol(prefix) for prefix in self.classes)
        return (
            all(document.facets.get(name) in values for name, values in self.facets)
            and (not prefixes or any(symbol.startswith(prefixes) for symbol in symbols))
            and (not self.holders or not set(self.holders).isdisjoint(document.holders))
        )


NO_FILTERS: Final = Filters()


def facet_filters(**accepted: str | Iterable[str]) -> Filters:
    """Filters on facets alone, as in ``facet_filters(kind="invention", status=("granted", "pending"))``."""
    return Filters(
        tuple(
            (name, (values,) if isinstance(values, str) else tuple(values)) for name, values in sorted(accepted.items())
        )
    )


def class_symbol(symbol: str) -> str:
    """A class symbol without spaces, in capitals: ``h01l 21/02`` is ``H01L21/02``."""
    return "".join(symbol.upper().split())


def number_symbol(number: str) -> str:
    """A patent number as it is looked up: letters and digits only, in capitals."""
    return "".join(character for character in number.upper() if character.isascii() and character.isalnum())


def sortable_date(document: Document) -> int:
    """The facet ``date`` as yyyymmdd, 0 where there is none or it is not a date."""
    try:
        day = date.fromisoformat(document.facets.get(DATE_FACET, ""))
    except ValueError:
        return 0
    return day.year * 10_000 + day.month * 100 + day.day


def cleaned(document: Document) -> Document:
    """The document as any store can hold it; offsets into its texts stay the same up to the cap."""
    return Document(
        document.key,
        printable(document.number, 200),
        printable(document.title, 1_000),
        printable(document.abstract),
        printable(document.claim),
        tuple(printable(symbol, 60) for symbol in document.classes[:200]),
        tuple(printable(holder, 300) for holder in document.holders[:200]),
        tuple(printable(token, 200) for token in document.visibility),
        {printable(name, 60): printable(value, 300) for name, value in document.facets.items()},
    )


def to_bytes(document: Document) -> bytes:
    """The document as it lies in the index."""
    row = (
        document.number,
        document.title,
        document.abstract,
        document.claim,
        document.classes,
        document.holders,
        document.visibility,
        dict(document.facets),
    )
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def from_bytes(key: int, stored: bytes) -> Document:
    """The document that ``to_bytes`` wrote."""
    number, title, abstract, claim, classes, holders, visibility, facets = json.loads(stored)
    return Document(key, number, title, abstract, claim, tuple(classes), tuple(holders), tuple(visibility), facets)
