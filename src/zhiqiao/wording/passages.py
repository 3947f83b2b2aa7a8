"""A passage with the places that answered, cut into pieces to be marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def cut(passage: Any) -> Iterator[tuple[str, bool]]:
    """(text, marked) from first to last. ``passage`` is plain text, or holds ``text`` and ``highlights``: pairs of
    start and end. Places that overlap or lie outside the text are put right, never trusted."""
    if not passage:
        return
    text, places = _read(passage)
    at = 0
    for start, end in sorted(places):
        start, end = max(start, at), min(end, len(text))
        if start >= end:
            continue
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def _read(passage: Any) -> tuple[str, list[tuple[int, int]]]:
    if isinstance(passage, str):
        return passage, []
    found = passage if isinstance(passage, Mapping) else vars_of(passage)
    return str(found.get("text", "")), list(_spans(found.get("highlights") or ()))


def _spans(highlights: Iterable[Any]) -> Iterator[tuple[int, int]]:
    for span in highlights:
        start, end = (span["start"], span["end"]) if isinstance(span, Mapping) else tuple(span)[:2]
        yield int(start), int(end)


def vars_of(passage: Any) -> Mapping[str, Any]:
    return {name: getattr(passage, name, None) for name in ("text", "highlights")}
