"""An encoder for tests that ask nothing of meaning."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from zhiqiao.engine.encoder import Vectors, unit


class WithoutMeaning:
    """The same text has the same vector; that is all."""

    identity = "without-meaning-1"
    dimension = 8

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        values = [[crc32(f"{at}{text}".encode()) % 1000 - 500 for at in range(self.dimension)] for text in texts]
        return unit(np.array(values, dtype=np.float32).reshape(-1, self.dimension))

    encode_passages = encode_queries
