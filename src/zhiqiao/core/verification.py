"""The check of the whole audit trail against itself, and against heads that were noted elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Min, Q

from zhiqiao.core.canonical import as_json
from zhiqiao.core.merkle import ALGORITHM, GENESIS, Header, leaf, merkle_root
from zhiqiao.core.models import AuditBlock, AuditEntry

Problem = tuple[str, dict[str, object]]
Watcher = Callable[[int], None]
"""Hears after each block, and after those not sealed yet, how many entries were looked at."""
READ_AT_ONCE = 2_000  # rows


@dataclass
class Verification:
    """What a check of the whole trail found. ``problems`` are (code, facts); ``head`` is the last block's."""

    blocks: int = 0
    sealed: int = 0
    unsealed: int = 0
    head: str = GENESIS
    problems: list[Problem] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.problems


def header_of(block: AuditBlock) -> Header:
    return Header(
        block.number,
        block.algorithm,
        block.entry_count,
        block.merkle_root,
        block.previous_head,
        block.sealed_at.isoformat(),
    )


def unwatched(entries: int) -> None:
    """For callers that show nothing."""


def verify(known_heads: Iterable[tuple[int, str]] = (), watch: Watcher = unwatched) -> Verification:
    """Recompute every leaf, root and link, compare every column with its entry, count every transaction's entries.

    ``known_heads`` are (block number, head) noted outside the database (``seal.kept_heads``, a printed report):
    only they show that blocks were cut off the end or that the whole chain was written anew.
    """
    found = Verification()
    heads: dict[int, str] = {}
    for block in AuditBlock.objects.order_by("number").iterator():
        found.problems.extend(_block_problems(block, found))
        found.blocks, found.head = block.number, block.head
        found.sealed += block.entry_count
        heads[block.number] = block.head
        watch(found.sealed)
    found.problems.extend(_unsealed_problems(found))
    watch(found.sealed + found.unsealed)
    found.problems.extend(_incomplete_transactions())
    found.problems.extend(_cut(heads, known_heads))
    return found


def _block_problems(block: AuditBlock, found: Verification) -> Iterator[Problem]:
    if block.number != found.blocks + 1:
        yield "block_missing", {"after": found.blocks, "found": block.number}
    if block.previous_head != found.head:
        yield "chain_broken", {"block": block.number}
    if block.algorithm != ALGORITHM:
        yield "algorithm_unknown", {"block": block.number, "algorithm": block.algorithm}
    if block.head != header_of(block).head:
        yield "head_wrong", {"block": block.number}
    leaves: list[bytes] = []
    for row in _rows(Q(block=block)):
        leaves.append(leaf(row["content"]))
        yield from _column_problems(row)
    if len(leaves) != block.entry_count or merkle_root(leaves) != block.merkle_root:
        yield "entries_changed", {"block": block.number, "entries": len(leaves), "sealed": block.entry_count}


def _unsealed_problems(found: Verification) -> Iterator[Problem]:
    for row in _rows(Q(block__isnull=True)):
        found.unsealed += 1
        yield from _column_problems(row)


COLUMNS = (
    "id", "content", "transaction", "ordinal", "size", "at", "actor_id", "action", "subject_type", "subject_id",
)  # fmt: skip


def _rows(which: Q) -> Iterator[dict[str, Any]]:
    rows = AuditEntry.objects.filter(which).order_by("id").values(*COLUMNS)
    yield from rows.iterator(chunk_size=READ_AT_ONCE)


def _column_problems(row: dict[str, Any]) -> Iterator[Problem]:
    """The columns are there to find entries by; the content alone is sealed, so they must say the same."""
    try:
        content = json.loads(row["content"])
        said = {name: content[name] for name in ("transaction", "ordinal", "size", "at", "action")}
        said |= {"actor_id": content["actor"], "subject_type": content["subject"][0]}
        said |= {"subject_id": content["subject"][1]}
    except (ValueError, KeyError, TypeError, IndexError):
        yield "content_unreadable", {"entry": row["id"]}
        return
    wrong = sorted(name for name, value in said.items() if as_json(row[name]) != value)
    if wrong:
        yield "columns_disagree", {"entry": row["id"], "columns": wrong}


def _incomplete_transactions() -> Iterator[Problem]:
    """Transactions whose entries are not numbered 1 to their own size, each once."""
    grouped = AuditEntry.objects.values("transaction").annotate(
        found=Count("id"),
        distinct=Count("ordinal", distinct=True),
        first=Min("ordinal"),
        last=Max("ordinal"),
        least=Min("size"),
        most=Max("size"),
    )
    for row in grouped.order_by("transaction").iterator(chunk_size=READ_AT_ONCE):
        counts = {row["found"], row["distinct"], row["last"], row["least"], row["most"]}
        if len(counts) != 1 or row["first"] != 1:
            facts = {"transaction": str(row["transaction"]), "found": row["found"], "size": row["most"]}
            yield "transaction_incomplete", facts


def _cut(heads: dict[int, str], known_heads: Iterable[tuple[int, str]]) -> Iterator[Problem]:
    for number, head in known_heads:
        if heads.get(number) != head:
            yield "chain_cut", {"block": number, "noted": head, "found": heads.get(number, "")}
