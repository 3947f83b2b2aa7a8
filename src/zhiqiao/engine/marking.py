"""Where words stand in a text, to be marked on both sides."""

from __future__ import annotations

from collections.abc import Iterable

from zhiqiao.engine.text import Span, fold


def spans(text: str, words: Iterable[str]) -> tuple[Span, ...]:
    """Where any of the words stands in a text, in order, overlapping places joined."""
    plain = fold(text)
    places = sorted(place for word in words for place in _places(plain, word))
    joined: list[Span] = []
    for place in places:
        if joined and place.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, place.end))
        else:
            joined.append(place)
    return tuple(joined)


def _places(plain: str, word: str) -> list[Span]:
    found: list[Span] = []
    at = plain.find(word)
    while at >= 0:
        if not _inside_latin_word(plain, at, word):
            found.append(Span(at, at + len(word)))
        at = plain.find(word, at + len(word))
    return found


def _inside_latin_word(plain: str, at: int, word: str) -> bool:
    """Whether a Latin word or number is only part of a longer one ("led" in "called")."""
    before, after = plain[at - 1 : at] if at else "", plain[at + len(word) : at + len(word) + 1]
    return (_latin(word[0]) and _latin(before)) or (_latin(word[-1]) and _latin(after))


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
