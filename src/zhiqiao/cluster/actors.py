"""A shard as a process of the cluster: it opens the last commit of its folder, also after it was killed."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ray

from zhiqiao.engine.shards import Shard
from zhiqiao.engine.store import open_reader
from zhiqiao.engine.wordsonly import WordsOnly
from zhiqiao.kernel.errors import Unavailable

ANSWERED: Final = frozenset(
    {
        "state", "frequencies", "candidates", "exact_scores", "documents", "visible", "count", "keys", "in_class",
        "digests", "keys_having", "best_begun", "nearest", "vectors", "sample",
    }
)  # fmt: skip


FORMER_KEPT: Final = 60.0  # seconds after its last question


@dataclass
class _Opened:
    shard: Shard
    asked: float


class ShardActor:
    """Reads one shard. Which encoder its vectors must come from is said with every question, so that none is answered
    with those of another. While a rebuild swaps shard after shard, the former one is kept beside the new one."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._opening = threading.Lock()
        self._opened: dict[tuple[str, int], _Opened] = {}

    def ask(self, encoder: tuple[str, int], method: str, arguments: tuple[Any, ...]) -> Any:
        if method not in ANSWERED:
            raise ValueError(method)
        try:
            return getattr(self._shard(encoder), method)(*arguments)
        except OSError as broken:
            raise Unavailable("index_unreadable", folder=str(self._folder)) from broken

    def place(self) -> dict[str, Any]:
        """Where it runs."""
        return {"node": ray.get_runtime_context().get_node_id(), "pid": os.getpid()}

    def _shard(self, encoder: tuple[str, int]) -> Shard:
        now = time.monotonic()
        with self._opening:
            kept = self._opened.get(encoder)
            if kept is None:
                kept = self._opened[encoder] = _Opened(Shard(open_reader(self._folder, WordsOnly(*encoder))), now)
            kept.asked = now
            for other in [each for each, had in self._opened.items() if now - had.asked > FORMER_KEPT]:
                del self._opened[other]
            return kept.shard
