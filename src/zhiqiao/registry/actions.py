"""What happens to the register itself."""

from __future__ import annotations

from collections.abc import Iterator

from zhiqiao.core.actors import ActingUser
from zhiqiao.core.audit import Work
from zhiqiao.core.reference import EntryRow, Loaded, MoveRow, load_reference
from zhiqiao.registry.models import PatentHolder
from zhiqiao.registry.reference.tables import Entry, industries, ipc_entries, ipc_moves, towns

BATCH = 2_000
SCHEMES = {"ipc": ipc_entries, "industry": industries, "town": towns}


def load_shipped_reference(*, actor: ActingUser) -> Loaded:
    """Bring the classifications and towns that the product ships into the database; the same again changes nothing."""
    return load_reference(_entries(), _moves(), actor=actor)


def _entries() -> Iterator[EntryRow]:
    for scheme, source in SCHEMES.items():
        yield from (_row(scheme, entry) for entry in source())


def _row(scheme: str, entry: Entry) -> EntryRow:
    return EntryRow(
        scheme=scheme,
        code=entry.code,
        effective_from=entry.effective_from,
        level=entry.level,
        name_zh=entry.title_zh,
        name_en=entry.title_en or "",
        parent_code=entry.parent or "",
        edition=entry.version,
        effective_to=entry.effective_to,
    )


def _moves() -> Iterator[MoveRow]:
    for move in ipc_moves():
        yield MoveRow("ipc", move.old_prefix, move.new_prefix, move.effective_from, move.wholly)


def relink_holdings(work: Work, absorbed: int, survivor: int) -> int:
    """What an absorbed organisation holds is held by the one that lives on; who may see it moves along."""
    held = PatentHolder.objects.filter(organisation_id=absorbed)
    patents = sorted(set(held.values_list("patent_id", flat=True)))
    PatentHolder.objects.filter(standing_id=absorbed).update(standing_id=survivor)
    held.update(organisation_id=survivor)
    for start in range(0, len(patents), BATCH):
        work.emit("index.patents", ids=patents[start : start + BATCH])
    return len(patents)
