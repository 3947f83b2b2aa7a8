"""Needs as a collection that can be searched: their public layer alone."""

from __future__ import annotations

from zhiqiao.core.indexing import Collection
from zhiqiao.needs.selectors import all_need_keys, need_documents


def needs() -> Collection:
    return Collection("needs", need_documents, all_need_keys)
