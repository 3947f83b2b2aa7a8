"""The facts of a code, made fit to stand in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import pgettext

from zhiqiao.wording.terms import label


class Facts(dict[str, str]):
    """Facts as texts; one that is missing shows as a dash, since half a sentence helps more than none."""

    def __missing__(self, key: str) -> str:
        return "—"


def readable(facts: Mapping[str, Any]) -> Facts:
    return Facts({key: _text(key, value) for key, value in facts.items()})


def listed(names: Iterable[str]) -> str:
    """Several names in one line, as each language separates them."""
    return pgettext("between names", ", ").join(names)


def _text(key: str, value: Any) -> str:
    if key in {"coverage", "share", "reached", "border"} and isinstance(value, int | float):
        return f"{value:.0%}"
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    if isinstance(value, Mapping):
        return label(
            str(value.get("word") or value.get("name") or value.get("title") or next(iter(value.values()), ""))
        )
    if isinstance(value, Iterable) and not isinstance(value, str):
        return listed(_text("", each) for each in value)
    return label(str(value)) if value is not None and value != "" else "—"
