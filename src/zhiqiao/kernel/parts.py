"""A text cut into short parts, so that an index of whole terms finds every text that has a given part anywhere.

Every two neighbouring characters are a part, and the last one by itself: a single character is then the beginning of
some part. Signs and blanks divide. Who has the parts need not have the text: they name candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_PIECE: Final = re.compile(r"[^\W_]+")
LONGEST_SOUND: Final = 8  # letters of a term, from the beginning of a syllable
SHORTEST_SOUND: Final = 2
MOST_ASKED: Final = 24  # parts, far more than tell texts apart


def pieces(text: str) -> list[str]:
    return _PIECE.findall(text.casefold())


def parts(text: str) -> Iterator[str]:
    for piece in pieces(text):
        for at in range(len(piece)):
            yield piece[at : at + 2]


def parts_asked(text: str) -> list[tuple[str, bool]]:
    """What every text that holds this one has among its parts; with True it is the beginning of a part."""
    asked: dict[tuple[str, bool], None] = {}
    for piece in pieces(text):
        if len(piece) == 1:
            asked[piece, True] = None
        for at in range(len(piece) - 1):
            asked[piece[at : at + 2], False] = None
    return list(asked)[:MOST_ASKED]


def sounds(syllables: str) -> Iterator[str]:
    """Of syllables with blanks between them: the letters from each one's beginning on."""
    letters, at = syllables.replace(" ", ""), 0
    for syllable in syllables.split():
        if len(sound := letters[at : at + LONGEST_SOUND]) >= SHORTEST_SOUND:
            yield sound
        at += len(syllable)


def sounds_asked(letters: str) -> list[tuple[str, bool]]:
    return [(letters[:LONGEST_SOUND], len(letters) < LONGEST_SOUND)] if len(letters) >= SHORTEST_SOUND else []
