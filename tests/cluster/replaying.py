"""What shards of a cluster answered, and the same answer made again from the same folders without a cluster."""

from __future__ import annotations

from typing import Any

from tests.engine.test_gathering import Direct
from zhiqiao.engine.gathering import Calls, Scatter


class Heard:
    """Remembers of one question, call by call, which shards answered."""

    def __init__(self, scatter: Scatter) -> None:
        self.name, self.count = scatter.name, scatter.count
        self.calls: list[tuple[str, frozenset[int]]] = []
        self._scatter = scatter

    def ask(self, method: str, calls: Calls, until: float) -> dict[int, Any]:
        answers = self._scatter.ask(method, calls, until)
        self.calls.append((method, frozenset(answers)))
        return answers


class Again(Direct):
    """Shards in this process that answer when those of the cluster did."""

    def __init__(self, direct: Direct, heard: Heard) -> None:
        super().__init__(direct.shards)
        self._calls = iter(heard.calls)

    def ask(self, method: str, calls: Calls, until: float) -> dict[int, Any]:
        asked, answered = next(self._calls)
        assert asked == method
        return super().ask(method, {shard: calls[shard] for shard in answered}, until)
