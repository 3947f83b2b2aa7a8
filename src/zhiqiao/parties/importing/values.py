"""What a row states, as columns of the register; what cannot be read is named, never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from zhiqiao.core.reference import in_force
from zhiqiao.exchange.organisations import OrganisationRecord
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.text import clean_line, clean_text, compact
from zhiqiao.parties.actions.organisations import ADDRESS_LIMIT
from zhiqiao.parties.places import Places

INDUSTRY_SCHEME = "industry"


@dataclass(frozen=True)
class Industries:
    """GB/T 4754 by code and by name."""

    codes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Industries:
        entries = in_force(INDUSTRY_SCHEME, timezone.localdate())
        # Of a name that several levels bear, the finest: 服饰制造 is group 183 and class 1830.
        found = sorted(entries.values_list("code", "name_zh"), key=lambda entry: len(entry[0]))
        codes = {name: code for code, name in found} | {code: code for code, _ in found}
        return cls(codes)

    def read(self, words: Iterable[str]) -> list[str]:
        """The code where code or name is known, else the words as they stand."""
        return list(dict.fromkeys(self._code(clean_line(word)) for word in words))

    def _code(self, word: str) -> str:
        bare = compact(word)
        # Vendors write C3911 for class 3911 of section C.
        return self.codes.get(bare) or self.codes.get(bare[1:] if bare[1:].isdigit() else bare) or word


@dataclass(frozen=True)
class References:
    places: Places
    industries: Industries

    @classmethod
    def load(cls) -> References:
        return cls(Places.load(), Industries.load())


def stated_columns(record: OrganisationRecord, references: References) -> tuple[dict[str, Any], list[str]]:
    """(columns that the row fills, codes of what it says but the register cannot take)."""
    columns: dict[str, Any] = {
        "credit_code": record.credit_code,
        "kind": record.kind,
        "address": clean_line(record.address, ADDRESS_LIMIT),
        "industries": references.industries.read(record.industries),
        "honours": [clean_line(honour) for honour in record.honours],
        "description": clean_text(record.description),
        "products": clean_text(record.products),
    }
    codes = [] if record.kind or not record.kind_words else ["kind_unknown"]
    try:
        town, park = references.places.either(record.town or "")
        columns |= {"town_code": town, "park_code": park}
    except Invalid as refusal:
        codes.append(refusal.reason)
    return {name: value for name, value in columns.items() if value not in (None, "", [])}, codes
