"""The seal over the audit trail: entries → Merkle tree → block → chain, and proofs of single entries."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhiqiao.core.merkle import ALGORITHM, GENESIS, Header, check_proof, leaf, merkle_root, proof_path
from zhiqiao.core.models import AuditBlock, AuditEntry
from zhiqiao.core.verification import Verification, Watcher, header_of, unwatched, verify
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import Conflict

__all__ = [
    "Verification",
    "check_proof",
    "kept_heads",
    "note_heads_anew",
    "prove",
    "seal_entries",
    "seal_everything",
    "verify",
    "verify_here",
]

BLOCK_SIZE = 20_000  # entries; keeps a block's tree within a few megabytes
ATTEMPTS = 100  # each lost race is another sealer's success, so only a broken chain uses them up


class SealedMeanwhile(Conflict):
    """Another sealer took these entries or this block's number first; nothing was written."""

    code = "sealed_meanwhile"


def seal_entries(limit: int = BLOCK_SIZE) -> int:
    """Seal what is not sealed yet into at most one block; returns how many entries went in.

    Takes entries whose block is null, not an id range: a transaction that commits late is not missed. Two sealers
    cannot both succeed: the block's number is unique, and every entry must still be free when it is joined.
    Raises ``SealedMeanwhile`` for the one that comes second.
    """
    try:
        with transaction.atomic():
            # The last block is read before the entries: read after, a block sealed in between would be followed
            # by one over the same entries.
            last = AuditBlock.objects.order_by("-number").first()
            rows = list(_waiting().values_list("id", "content")[:limit])
            if not rows:
                return 0
            block = _new_block(last, [leaf(content) for _, content in rows])
            _join_block(block, [key for key, _ in rows])
            transaction.on_commit(partial(keep_head, block))
    except IntegrityError as taken:
        raise SealedMeanwhile from taken
    return len(rows)


def _waiting() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(block__isnull=True).order_by("id")


def _new_block(last: AuditBlock | None, leaves: Sequence[bytes]) -> AuditBlock:
    block = AuditBlock(
        number=last.number + 1 if last else 1,
        algorithm=ALGORITHM,
        entry_count=len(leaves),
        merkle_root=merkle_root(leaves),
        previous_head=last.head if last else GENESIS,
        sealed_at=timezone.now(),
    )
    block.head = header_of(block).head
    block.save(force_insert=True)
    return block


def _join_block(block: AuditBlock, keys: Sequence[int]) -> None:
    joined = 0
    for part in in_batches(keys):
        joined += _waiting().filter(id__in=part).update(block=block)
    if joined != len(keys):
        raise SealedMeanwhile(block=block.number)


def seal_everything(limit: int = BLOCK_SIZE) -> int:
    """Seal in blocks of at most ``limit`` entries until nothing waits; returns how many this call sealed."""
    total = 0
    while sealed := _seal_patiently(limit):
        total += sealed
    return total


def _seal_patiently(limit: int) -> int:
    for _ in range(ATTEMPTS - 1):
        try:
            return seal_entries(limit)
        except SealedMeanwhile:
            continue
    return seal_entries(limit)


def prove(entry: AuditEntry) -> dict[str, Any]:
    """Everything that shows, without this database, that the entry was sealed: check with ``merkle.check_proof``.

    Raises ``Conflict`` ``not_sealed_yet`` before the entry's block exists.
    """
    block = AuditBlock.objects.filter(entries=entry.pk).first()
    if block is None:
        raise Conflict("not_sealed_yet", entry=entry.pk)
    rows = list(block.entries.order_by("id").values_list("id", "content"))
    position = [key for key, _ in rows].index(entry.pk)
    path = proof_path([leaf(content) for _, content in rows], position)
    header = header_of(block)
    return {
        "content": entry.content,
        "path": [list(step) for step in path],
        "block": {**{name: getattr(header, name) for name in Header.__slots__}, "head": block.head},
    }


def heads_file() -> Path:
    return Path(settings.ZHIQIAO_HOME) / "seal-heads.txt"


def keep_head(block: AuditBlock) -> None:
    """Note the block's head outside the database, so that blocks cut off the end of the chain are missed.

    Copy the file elsewhere now and then: who can rewrite the database can often rewrite the file beside it.
    """
    line = f"{block.number} {block.head}\n".encode()
    # One write in append mode: lines of two processes do not mix.
    handle = os.open(heads_file(), os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o640)
    try:
        os.write(handle, line)
    finally:
        os.close(handle)


def kept_heads(path: Path | None = None) -> Iterator[tuple[int, str]]:
    """The (number, head) pairs noted so far; none where nothing was sealed on this machine."""
    path = path or heads_file()
    if not path.exists():
        return
    with path.open(encoding="ascii") as lines:
        for line in lines:
            number, _, head = line.strip().partition(" ")
            if number.isdigit() and head:
                yield int(number), head


def verify_here(watch: Watcher = unwatched) -> Verification:
    """Check the trail against the heads kept beside the database, of which every block must have one.

    ``heads_missing``: without a noted head, blocks cut off the end of the chain would go unnoticed.
    """
    found = verify(list(kept_heads()), watch)
    # Blocks that were sealed meanwhile are none of this check's; the heads of the others are noted by now.
    if missing := [block.number for block in _not_noted(kept_heads()) if block.number <= found.blocks]:
        found.problems.append(("heads_missing", {"blocks": len(missing), "first": missing[0], "last": missing[-1]}))
    return found


def note_heads_anew() -> int:
    """Note the heads of blocks that have none, as after a backup came back without them; returns how many.

    From then on the chain as it stands counts as the right one: only for a person who has looked at it.
    """
    missing = _not_noted(kept_heads())
    for block in missing:
        keep_head(block)
    return len(missing)


def _not_noted(noted: Iterable[tuple[int, str]]) -> list[AuditBlock]:
    known = {number for number, _ in noted}
    return [block for block in AuditBlock.objects.order_by("number").iterator() if block.number not in known]
