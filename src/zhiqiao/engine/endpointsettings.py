"""How an encoder in another program is asked; apart from the encoder itself, which takes long to load."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an encoder is to be had and how it is asked.

    ``url`` is what stands before ``/embeddings``. ``query_prefix`` and ``passage_prefix`` are put before the texts, as
    the model wants them. ``batch``: texts in one call. ``seconds``: for one call when nobody waits. ``retries``: calls
    after the first. ``inside``: it stands in the house, so that it may read what is not public.
    ``typed``: it may read what people type to search by.
    """

    url: str
    model: str
    dimension: int
    key: str = field(default="", repr=False)
    query_prefix: str = ""
    passage_prefix: str = ""
    query_characters: int = 1_000
    passage_characters: int = 200
    batch: int = 64
    seconds: float = 30.0
    retries: int = 3
    inside: bool = False
    typed: bool = False
