"""Patents as a collection that can be searched."""

from __future__ import annotations

from zhiqiao.core.indexing import Collection
from zhiqiao.registry.selectors import all_patent_keys, patent_documents


def patents() -> Collection:
    return Collection("patents", patent_documents, all_patent_keys)
