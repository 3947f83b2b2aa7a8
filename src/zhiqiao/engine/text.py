"""Text made fit for search: cleaned, cut into words, cut into sentences."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

import rjieba

from zhiqiao.engine.stopwords import STOP_WORDS, TELLING_CHARACTERS, WEAK_WORDS

QUERY_CHARACTERS: Final = 4_000
DOCUMENT_CHARACTERS: Final = 20_000
LONGEST_WORD: Final = 60
LONGEST_SENTENCE: Final = 160

_WEAK_WEIGHT: Final = 0.2
_NUMBER_WEIGHT: Final = 0.25
_SINGLE_CHARACTER_WEIGHT: Final = 0.5

_BREAK = re.compile(r"[。！？!?；;\n]+|\.(?=\s)")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_SOFT_BREAK = re.compile(r"[，,、：:]")


class Span(NamedTuple):
    """Characters ``start`` up to, not including, ``end`` of a text."""

    start: int
    end: int


@lru_cache(maxsize=65_536)
def _folded(character: str) -> str:
    """The character as search sees it, always exactly one character long."""
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    if category in ("Cc", "Cf", "Zl", "Zp"):
        return "\n" if character == "\n" else " "
    plain = unicodedata.normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character


def fold(text: str) -> str:
    """Lower-cased half-width text of the same length, so that an offset in one is an offset in the other."""
    return "".join(map(_folded, text))


def printable(text: str, cap: int = DOCUMENT_CHARACTERS) -> str:
    """Text that any store can hold: same offsets, lone surrogates and NUL replaced, cut at ``cap`` characters."""
    return _UNSTORABLE.sub(lambda found: " " if found[0] == "\0" else "\ufffd", text[:cap])


def normalise(text: str, cap: int = QUERY_CHARACTERS) -> str:
    """Text in NFKC and lower case without control characters, at most ``cap`` characters before and after."""
    plain = unicodedata.normalize("NFKC", text[:cap]).lower()[:cap]
    if plain.isprintable():
        return plain.strip()
    return "".join(character if character.isprintable() else _folded(character) for character in plain).strip()


def segment(text: str) -> tuple[str, ...]:
    """The words of a text in reading order, normalised, without punctuation; repeated words stay.

    Words of two and more cuts ("锂离子电池") are followed by their parts, so that a need for 电池 finds them.
    """
    words = rjieba.cut_for_search(normalise(text, DOCUMENT_CHARACTERS), True)
    return tuple(word[:LONGEST_WORD] for word in words if _carries_meaning(word))


def _carries_meaning(word: str) -> bool:
    return word.isalnum() or any(map(str.isalnum, word))


@lru_cache(maxsize=65_536)
def word_weight(word: str) -> float:
    """How much a word counts in a need, 0 (not at all) to 1, before its rarity is known."""
    if word in STOP_WORDS:
        return 0.0
    if word in WEAK_WORDS:
        return _WEAK_WEIGHT
    if not any(character.isalpha() for character in word):
        return _NUMBER_WEIGHT
    return _SINGLE_CHARACTER_WEIGHT if len(word) == 1 else 1.0


@lru_cache(maxsize=65_536)
def tells(word: str) -> bool:
    """Whether a word that two texts share says anything to a reader: no grammar, no number, no lone 时 or 高."""
    return word_weight(word) >= _SINGLE_CHARACTER_WEIGHT and (len(word) > 1 or word in TELLING_CHARACTERS)


def sentences(text: str) -> list[Span]:
    """The sentences of a text; very long ones are cut at commas. Offsets are those of ``text`` as given."""
    found: list[Span] = []
    start = 0
    for stop in [*_BREAK.finditer(text), None]:
        end = len(text) if stop is None else stop.start()
        found += _short_enough(text, _trimmed(text, start, end))
        start = len(text) if stop is None else stop.end()
    return found


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _short_enough(text: str, span: Span) -> list[Span]:
    pieces: list[Span] = []
    start, end = span
    while end - start > LONGEST_SENTENCE:
        cuts = [cut.end() for cut in _SOFT_BREAK.finditer(text, start + 1, start + LONGEST_SENTENCE)]
        cut = cuts[-1] if cuts else start + LONGEST_SENTENCE
        pieces.append(_trimmed(text, start, cut))
        start = cut
    pieces.append(_trimmed(text, start, end))
    return [piece for piece in pieces if piece.end > piece.start]


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters and digits of a text, punctuation left out."""
    letters = "".join(character for character in normalise(text, DOCUMENT_CHARACTERS) if character.isalnum())
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))
