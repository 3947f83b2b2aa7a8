"""A tiny encoder and a tiny collection for the engine's tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import Vectors, unit
from zhiqiao.engine.text import bigrams
from zhiqiao.engine.vectorcache import text_digest


class LetterPairs:
    """A real, if crude, encoder: letter pairs hashed into 64 dimensions. Counts what it is asked to encode."""

    def __init__(self, identity: str = "letter-pairs-1", dimension: int = 64) -> None:
        self.identity = identity
        self.dimension = dimension
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for at, text in enumerate(texts):
            for pair in bigrams(text[:200]):
                vectors[at, text_digest(pair)[0] % self.dimension] += 1
        return unit(vectors)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return self.encode_queries(texts)


TITLES = (
    "锂离子电池隔膜的制备方法",
    "一种污水除磷处理装置",
    "高强度铝合金压铸件",
    "注塑模具的随形冷却水路",
    "印制电路板微孔电镀工艺",
    "家具板材自动封边机",
    "毛织物低温染色工艺",
    "食品包装用可降解薄膜",
    "激光焊接头的温度监测方法",
    "智能仓储机器人的路径规划",
    "锂电池热失控预警系统",
    "电镀废水中重金属的回收装置",
)


def patent(key: int, title: str | None = None, **fields: Any) -> Document:
    """A document that everybody may see unless told otherwise."""
    told = {"number": f"CN20211{key:07d}", "visibility": ("public",), **fields}
    return Document(key, title=title if title is not None else TITLES[key % len(TITLES)], **told)
