"""Towns and parks as people write them, checked against the reference data."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from zhiqiao.core.reference import in_force
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.text import clean_line, compact

SCHEME = "town"
PARK = "park"
_SUFFIXES = ("街道办事处", "街道", "镇", "园区")


@dataclass(frozen=True)
class Places:
    """The towns and parks in force, by code and by name. A park lies across towns and is kept beside them."""

    towns: dict[str, str] = field(default_factory=dict)
    parks: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Places:
        places = cls()
        entries = in_force(SCHEME, timezone.localdate())
        for code, level, name in entries.values_list("code", "level", "name_zh"):
            known = places.parks if level == PARK else places.towns
            known.update({code: code, _stem(name): code})
        return places

    def town(self, text: str) -> str:
        """Its code, from a code or a name with or without 镇, 街道; empty stays empty. Raises ``town_unknown``."""
        return _found(self.towns, text, "town_unknown")

    def park(self, text: str) -> str:
        """Raises ``park_unknown``."""
        return _found(self.parks, text, "park_unknown")

    def either(self, text: str) -> tuple[str, str]:
        """(town, park) of a column that holds both kinds, as 镇街（园区） columns do; one of them is empty."""
        if park := self.parks.get(_stem(text)):
            return "", park
        return self.town(text), ""


def _found(known: dict[str, str], text: str, refusal: str) -> str:
    stem = _stem(text)
    if not stem:
        return ""
    if stem not in known:
        raise Invalid(refusal, given=clean_line(text))
    return known[stem]


def _stem(text: str) -> str:
    name = compact(text).removeprefix("广东省").removeprefix("东莞市")
    for suffix in _SUFFIXES:
        if len(name) > len(suffix) + 1 and name.endswith(suffix):
            return name.removesuffix(suffix)
    return name
