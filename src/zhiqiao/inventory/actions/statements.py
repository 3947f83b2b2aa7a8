"""Taking over into the stocktaking what a holder's own list already says, so that nobody types it twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from zhiqiao.core.audit import Subject, Work, as_column, canonical
from zhiqiao.inventory.actions.chunks import change_rows
from zhiqiao.inventory.models import Inventory, InventoryEntry
from zhiqiao.inventory.rules.statements import statement_in_words
from zhiqiao.registry.models import HolderStatement

COLUMNS: Final = ("self_grade", "willing", "accepted_ways", "maturity", "exploitation", "updated_at")


def adopt_statements(work: Work, inventory: Inventory, patent_ids: Sequence[int]) -> int:
    """Fill entries in stock on which nothing is said yet; what a person has said is never touched. Returns how
    many were filled. An entry is filled from what its own house declared, not from what another holder did."""
    rows = HolderStatement.objects.filter(patent_id__in=patent_ids)
    said: dict[tuple[int, int | None], dict[str, Any]] = {
        (patent, house): _spoken(words)
        for patent, house, words in rows.values_list("patent_id", "organisation_id", "said")
    }
    if not said:
        return 0
    silent = InventoryEntry.objects.filter(
        inventory=inventory,
        patent_id__in={patent for patent, _house in said},
        in_stock=True,
        self_grade="",
        willing="",
        exploitation="",
    ).filter(maturity__isnull=True)
    filled = []
    for entry in silent:
        told = said.get((entry.patent_id, entry.organisation_id)) or said.get((entry.patent_id, None))
        if not told or entry.accepted_ways:
            continue
        after = {field: told.get(field, getattr(entry, field)) for field in COLUMNS[:-1]}
        ways = canonical(after["accepted_ways"])
        values = (after["self_grade"], after["willing"], ways, after["maturity"], after["exploitation"])
        filled.append((*values, as_column(work.at), entry.pk))
        before = {field: getattr(entry, field) for field in told}
        work.record("inventory.adopt_statement", Subject("inventory.entry", str(entry.public_id)), before, told)
    change_rows(InventoryEntry, COLUMNS, filled)
    return len(filled)


def _spoken(words: dict[str, str]) -> dict[str, Any]:
    return {field: value for field, value in statement_in_words(words).items() if value}
