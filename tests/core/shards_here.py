"""Shards in this process, reached as those of a cluster are: the way of ``settings.ZHIQIAO_SHARDED`` without Ray."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.engine.encoder import Encoder
from zhiqiao.engine.gathering import OF_ONE_SHARD, Calls
from zhiqiao.engine.shards import Shard
from zhiqiao.engine.shardwriting import shard_folder
from zhiqiao.engine.store import open_reader
from zhiqiao.engine.wordsonly import WordsOnly
from zhiqiao.kernel.errors import ZhiqiaoError

SILENT: set[int] = set()
_opened: dict[tuple[Path, str], Shard] = {}


def open_here(address: ClusterAddress, home: Path, name: str, folder: Path, encoder: Encoder) -> Here:
    return Here(name, folder, address.shards, encoder)


def restart() -> None:
    """As when the processes of all shards are killed."""
    _opened.clear()


class Here:
    def __init__(self, name: str, folder: Path, count: int, encoder: Encoder) -> None:
        self.name, self.count = name, count
        self._folder, self._encoder = folder, encoder

    def ask(self, method: str, calls: Calls, until: float) -> dict[int, Any]:
        answers = {}
        for shard, arguments in calls.items():
            try:
                if shard not in SILENT:
                    answers[shard] = getattr(self._shard(shard), method)(*arguments)
            except ZhiqiaoError as refused:
                if refused.reason not in OF_ONE_SHARD:
                    raise
        return answers

    def _shard(self, shard: int) -> Shard:
        folder, encoder = shard_folder(self._folder, shard, self.count), self._encoder
        key = folder, encoder.identity
        if key not in _opened:
            _opened[key] = Shard(open_reader(folder, WordsOnly(encoder.identity, encoder.dimension)))
        return _opened[key]
