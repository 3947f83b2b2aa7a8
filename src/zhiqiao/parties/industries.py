"""Industries by name: records keep the codes of GB/T 4754."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language

from zhiqiao.core.reference import names_for

SCHEME = "industry"


def industry_names(codes: Iterable[str]) -> dict[str, str]:
    """Code → its name in the reader's language, where the standard gives one; one query."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return names_for(SCHEME, codes, language)


def named(codes: Iterable[str], names: dict[str, str]) -> list[str]:
    """What to show for each code: its name, or the code where none is known."""
    return [names.get(code, code) for code in codes]
