"""The ranking that serves: readable features, weighed, and what earlier judgements say, made into one judgement."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from zhiqiao.engine.encoder import Vectors
from zhiqiao.engine.memory import Memory, Recalled
from zhiqiao.engine.relevance import Features, Model, default_model, model_of
from zhiqiao.kernel.errors import Invalid

MODEL_FILE: Final = "model.json"
MEMORY_FILE: Final = "memory.npz"
# From so many judgements of one need on, its supplies are judged by the borders of needs that are known.
KNOWN_FROM: Final = 5


@dataclass(frozen=True, slots=True)
class Borders:
    """How a margin becomes chances: ``1 / (1 + exp(step - slope * margin))`` for weak, fair and strong or better."""

    slope: float
    steps: tuple[float, ...]

    def chances(self, margin: float) -> tuple[float, ...]:
        return tuple(1 / (1 + math.exp(min(step - self.slope * margin, 60.0))) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the ranking says of one supply.

    ``margin`` is the raw sum and ``shares`` what it is the sum of: each feature, ``replies`` (what was said of similar
    supplies for similar needs) and ``habit`` (how such needs are judged on the whole). ``chances`` are those of being
    weak, fair and strong or better; ``near`` is the number of judged pairs that ``replies`` rests on.
    """

    margin: float
    shares: Mapping[str, float]
    chances: tuple[float, ...]
    near: int

    @property
    def score(self) -> float:
        """Expected relevance, 0 (none) to 1 (strong)."""
        return sum(self.chances) / len(self.chances)

    @property
    def grade(self) -> int:
        """The likeliest middle, 1 (none) to 4 (strong): as often judged higher as lower."""
        return 1 + sum(chance > 0.5 for chance in self.chances)


@dataclass(frozen=True, slots=True)
class Ranker:
    """A model of readable features and, once something was judged here, a memory.

    ``lever`` turns the memory's levels into the model's margin; ``known`` are the borders for needs that were judged
    before. Memory belongs to the vectors of one encoder, ``identity``; with another it says nothing.
    """

    model: Model
    memory: Memory | None = None
    lever: float = 1.0
    known: Borders | None = None
    identity: str = ""

    @property
    def version(self) -> str:
        return self.model.version

    def judge(
        self, need: Vectors, features: Sequence[Features], vectors: Sequence[Vectors | None], identity: str
    ) -> list[Judgement]:
        """Judge supplies for the need with the vector ``need``, in their order; ``None`` for a missing vector."""
        recalled = self._recall(need, vectors, identity)
        return [self._judgement(values, recalled, at) for at, values in enumerate(features)]

    def _recall(self, need: Vectors, vectors: Sequence[Vectors | None], identity: str) -> Recalled | None:
        if self.memory is None or identity != self.identity or not vectors or not need.any():
            return None
        nothing = np.zeros_like(need)
        return self.memory.recall(need, np.stack([nothing if vector is None else vector for vector in vectors]))

    def _judgement(self, values: Features, recalled: Recalled | None, at: int) -> Judgement:
        blind = values.standing is None
        shares = self.model.shares(values)
        borders = Borders(1.0, self.model.without_meaning_steps if blind else self.model.with_meaning_steps)
        near = 0
        if recalled is not None and not blind:
            shares["replies"] = self.lever * float(recalled.replies[at])
            shares["habit"] = self.lever * recalled.habit
            near = int(recalled.near[at])
            if self.known is not None and recalled.same >= KNOWN_FROM:
                borders = self.known
        margin = sum(shares.values())
        return Judgement(margin, shares, borders.chances(margin), near)

    def save(self, folder: Path) -> None:
        """Two files in a folder that exists."""
        stored: dict[str, Any] = {
            "model": asdict(self.model),
            "lever": self.lever,
            "known": None if self.known is None else asdict(self.known),
            "identity": self.identity,
        }
        if self.memory is not None:
            self.memory.save(folder / MEMORY_FILE)
        (folder / MODEL_FILE).write_text(json.dumps(stored, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        """What ``save`` wrote. Raises ``Invalid("ranker_unreadable")`` when it is not there or not whole."""
        try:
            stored: dict[str, Any] = json.loads((folder / MODEL_FILE).read_text("utf-8"))
            kept = folder / MEMORY_FILE
            known = stored["known"]
            return cls(
                model_of(stored["model"]),
                Memory.load(kept) if kept.exists() else None,
                float(stored["lever"]),
                None if known is None else Borders(float(known["slope"]), tuple(known["steps"])),
                str(stored["identity"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            raise Invalid("ranker_unreadable", version=folder.name) from wrong


@cache
def default_ranker() -> Ranker:
    """The ranking in the package, which remembers nobody's judgements."""
    return Ranker(default_model())
