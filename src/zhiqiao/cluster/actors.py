"""A shard as a process of the cluster: it opens the last commit of its folder, also after it was killed."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any, Final

import ray

from zhiqiao.engine.shards import Shard
from zhiqiao.engine.store import open_reader
from zhiqiao.engine.wordsonly import WordsOnly

ANSWERED: Final = frozenset(
    {
        "state", "frequencies", "candidates", "exact_scores", "documents", "visible", "count", "keys", "in_class",
        "digests", "keys_having", "best_begun", "nearest", "vectors", "sample",
    }
)  # fmt: skip


class ShardActor:
    """Reads one shard. Which encoder its vectors must come from is said with every question, so that none is answered
    with those of another."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._opening = threading.Lock()
        self._opened: tuple[tuple[str, int], Shard] | None = None

    def ask(self, encoder: tuple[str, int], method: str, arguments: tuple[Any, ...]) -> Any:
        if method not in ANSWERED:
            raise ValueError(method)
        return getattr(self._shard(encoder), method)(*arguments)

    def place(self) -> dict[str, Any]:
        """Where it runs."""
        return {"node": ray.get_runtime_context().get_node_id(), "pid": os.getpid()}

    def _shard(self, encoder: tuple[str, int]) -> Shard:
        with self._opening:
            if self._opened is None or self._opened[0] != encoder:
                self._opened = encoder, Shard(open_reader(self._folder, WordsOnly(*encoder)))
            return self._opened[1]
