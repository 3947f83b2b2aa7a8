"""Merkle trees and block heads, and the check of one entry's proof: plain Python, needs no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhiqiao.core.canonical import canonical

ALGORITHM = "sha256"
GENESIS = "0" * 64  # the head before the first block, and the root over nothing
DEEPEST = 64  # levels; no tree of entries is deeper


@dataclass(frozen=True, slots=True)
class Header:
    """What a block's head is the hash of. ``sealed_at`` is the moment in ISO form, UTC."""

    number: int
    algorithm: str
    entry_count: int
    merkle_root: str
    previous_head: str
    sealed_at: str

    @property
    def head(self) -> str:
        fields = [
            self.number, self.algorithm, self.entry_count, self.merkle_root, self.previous_head, self.sealed_at,
        ]  # fmt: skip
        return hashlib.sha256(canonical(fields).encode()).hexdigest()


def leaf(content: str) -> bytes:
    # Leaves and nodes are hashed under different prefixes (RFC 6962, 2.1), so that no node passes for an entry.
    return hashlib.sha256(b"\x00" + content.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: Sequence[bytes]) -> str:
    """Root over the leaves in order."""
    level = list(leaves)
    while len(level) > 1:
        level = _level_above(level)
    return level[0].hex() if level else GENESIS


def proof_path(leaves: Sequence[bytes], position: int) -> list[tuple[str, str]]:
    """What one entry needs to be proven alone: (side of the sibling, its hash) from the leaf to the root."""
    path: list[tuple[str, str]] = []
    level = list(leaves)
    while len(level) > 1:
        sibling = position ^ 1
        if sibling < len(level):
            path.append(("left" if sibling < position else "right", level[sibling].hex()))
        level = _level_above(level)
        position //= 2
    return path


def _level_above(level: list[bytes]) -> list[bytes]:
    """Pairs hashed; an odd one out moves up unpaired."""
    paired = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return paired + level[len(level) - len(level) % 2 :]


def root_from_path(content: str, path: Sequence[tuple[str, str]]) -> str:
    current = leaf(content)
    for side, sibling in path:
        other = bytes.fromhex(sibling)
        current = node(other, current) if side == "left" else node(current, other)
    return current.hex()


def check_proof(proof: Mapping[str, Any]) -> bool:
    """Whether a proof as ``seal.prove`` gives it (also after a trip through JSON) holds in itself.

    The block's head must then be compared with one that the reader knows from elsewhere. False for anything malformed.
    """
    try:
        header = Header(**{name: proof["block"][name] for name in Header.__slots__})
        path = [(str(side), str(sibling)) for side, sibling in proof["path"]]
        content, head = proof["content"], proof["block"]["head"]
        if len(path) > DEEPEST or any(side not in {"left", "right"} for side, _ in path):
            return False
        return (
            header.algorithm == ALGORITHM
            and root_from_path(content, path) == header.merkle_root
            and header.head == head
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
