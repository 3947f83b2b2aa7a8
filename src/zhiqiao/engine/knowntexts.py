"""Texts that were encoded on the way, remembered for the next search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zhiqiao.engine.encoder import Encoder, Vectors

_REMEMBERED: Final = 4_096


class KnownTexts:
    """May be shared by threads: what one of them remembers at the same moment as another may be forgotten."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._remembered: dict[str, Vectors] = {}

    def encoded(self, texts: Mapping[int, str], most: int) -> dict[int, Vectors]:
        """The vectors of texts by their keys: of those that are not known yet at most ``most`` are encoded now."""
        unknown = list(dict.fromkeys(text for text in texts.values() if text not in self._remembered))[:most]
        if len(self._remembered) + len(unknown) > _REMEMBERED:
            self._remembered = {}
        fresh = self._encoder.encode_passages(unknown) if unknown else ()
        known = {**self._remembered, **dict(zip(unknown, fresh, strict=True))}
        self._remembered = known
        return {key: known[text] for key, text in texts.items() if text in known}
