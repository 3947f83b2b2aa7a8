"""The seal over the audit trail: entries → Merkle tree → block → chain, and the check of all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, F, Max, Min
from django.utils import timezone

from zhiqiao.core.audit import canonical
from zhiqiao.core.models import AuditBlock, AuditEntry

ALGORITHM = "sha256"
GENESIS = "0" * 64
BLOCK_SIZE = 20_000  # entries; keeps a block's tree within a few megabytes


def leaf(content: str) -> bytes:
    # Leaves and nodes are hashed under different prefixes (RFC 6962, 2.1), so that no node passes for an entry.
    return hashlib.sha256(b"\x00" + content.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: Sequence[bytes]) -> str:
    """Root over the leaves in order; an odd one out moves up unpaired."""
    level = list(leaves)
    while len(level) > 1:
        paired = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0].hex() if level else GENESIS


def proof_path(leaves: Sequence[bytes], position: int) -> list[tuple[str, str]]:
    """What one entry needs to be proven alone: [(side, sibling hash)] from the leaf to the root."""
    path: list[tuple[str, str]] = []
    level = list(leaves)
    while len(level) > 1:
        sibling = position ^ 1
        if sibling < len(level):
            path.append(("left" if sibling < position else "right", level[sibling].hex()))
        paired = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
        position //= 2
    return path


def root_from_path(content: str, path: Sequence[tuple[str, str]]) -> str:
    current = leaf(content)
    for side, sibling in path:
        other = bytes.fromhex(sibling)
        current = node(other, current) if side == "left" else node(current, other)
    return current.hex()


def block_head(block: AuditBlock) -> str:
    text = canonical(
        [block.number, block.algorithm, block.entry_count, block.merkle_root, block.previous_head,
         block.sealed_at.isoformat()]
    )  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()


def seal_entries() -> int:
    """Seal what is not sealed yet, at most one block; returns how many entries went in.

    Takes entries whose block is null, not an id range: a transaction that commits late is not missed.
    Two sealers at once cannot both succeed: the block number is unique.
    """
    with transaction.atomic():
        waiting = AuditEntry.objects.filter(block__isnull=True).order_by("id")
        rows = list(waiting.values_list("id", "content")[:BLOCK_SIZE])
        if not rows:
            return 0
        last = AuditBlock.objects.order_by("-number").first()
        block = AuditBlock(
            number=last.number + 1 if last else 1,
            algorithm=ALGORITHM,
            entry_count=len(rows),
            merkle_root=merkle_root([leaf(content) for _, content in rows]),
            previous_head=last.head if last else GENESIS,
            sealed_at=timezone.now(),
        )
        block.head = block_head(block)
        block.save()
        _join_block(block, [pk for pk, _ in rows])
    return len(rows)


def _join_block(block: AuditBlock, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), 500):
        AuditEntry.objects.filter(id__in=ids[start : start + 500]).update(block=block)


def seal_everything() -> int:
    total = 0
    while sealed := seal_entries():
        total += sealed
    return total


@dataclass
class Verification:
    """What a check of the whole trail found. ``problems`` are (code, facts)."""

    blocks: int = 0
    sealed: int = 0
    unsealed: int = 0
    head: str = GENESIS
    problems: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.problems


def verify() -> Verification:
    """Recompute every leaf, root and link, and count every transaction's entries."""
    found = Verification()
    for block in AuditBlock.objects.order_by("number").iterator():
        found.problems.extend(_block_problems(block, found))
        found.blocks, found.head = block.number, block.head
        found.sealed += block.entry_count
    found.unsealed = AuditEntry.objects.filter(block__isnull=True).count()
    found.problems.extend(_incomplete_transactions())
    return found


def _block_problems(block: AuditBlock, found: Verification) -> Iterator[tuple[str, dict[str, object]]]:
    if block.number != found.blocks + 1:
        yield "block_missing", {"after": found.blocks, "found": block.number}
    if block.previous_head != found.head:
        yield "chain_broken", {"block": block.number}
    if block.head != block_head(block):
        yield "head_wrong", {"block": block.number}
    contents = block.entries.order_by("id").values_list("content", flat=True)
    leaves = [leaf(content) for content in contents.iterator()]
    if len(leaves) != block.entry_count or merkle_root(leaves) != block.merkle_root:
        yield "entries_changed", {"block": block.number, "entries": len(leaves), "sealed": block.entry_count}


def _incomplete_transactions() -> Iterator[tuple[str, dict[str, object]]]:
    grouped = AuditEntry.objects.values("transaction").annotate(
        found=Count("id"), highest=Max("ordinal"), least=Min("size"), most=Max("size")
    )
    wrong = grouped.exclude(found=F("most"), highest=F("most"), least=F("most"))
    for row in wrong[:100]:
        yield (
            "transaction_incomplete",
            {"transaction": str(row["transaction"]), "found": row["found"], "size": row["most"]},
        )
