"""What one patent's page shows, gathered from the rooms that own it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from zhiqiao.core.models import ImportRun
from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.inventory.policies import CONFIRM_TIER, ENTRIES
from zhiqiao.inventory.selectors import current_appraisal, current_decisions
from zhiqiao.parties.actors import Actor
from zhiqiao.registry.models import Patent
from zhiqiao.registry.policies import PATENTS
from zhiqiao.registry.selectors import Happening, timeline
from zhiqiao.web.industries import industry_names, named
from zhiqiao.wording import label

FIELDS: Final = (
    "number", "kind", "applicants", "holders", "inventors", "filed_on", "published_on", "publication_number",
    "granted_on", "grant_number", "expires_on", "main_class", "classes", "industries", "agency", "agents", "address",
    "priority", "funding", "funding_project", "family", "cited_by_count", "claim_count", "twin_number",
)  # fmt: skip
WIDE: Final = frozenset({"address", "classes", "family", "industries", "priority"})
PUBLIC_HAPPENINGS: Final = frozenset({"status", "event"})


@dataclass(frozen=True)
class Fact:
    """One field as it stands, with the import that said so and the day that its file speaks for."""

    name: str
    label: str
    value: Any
    run: ImportRun | None
    as_of: date | None
    wide: bool


def of_patent(actor: Actor, patent: Patent) -> dict[str, Any]:
    """``insider``: the patent's holders and the city, who also see where each field came from."""
    insider = actor.signed_in and PATENTS.may(actor, "view_statement", patent)
    standing = patent.holdings.filter(superseded_at=None).select_related("organisation").order_by("role", "ordinal")
    return {
        "insider": insider,
        "may_push": actor.signed_in and PATENTS.may(actor, "push", patent),
        "facts": list(_facts(patent, insider)),
        "holdings": standing,
        "encumbrances": patent.encumbrances.filter(withdrawn_at=None).order_by("-starts_on", "id"),
        "exploitation": patent.exploitation.filter(withdrawn_at=None).order_by("grade", "id"),
        "appraisal": current_appraisal(actor, patent.pk) if actor.signed_in else None,
        "happenings": _happenings(patent, insider),
        **_stock(actor, patent),
    }


def _facts(patent: Patent, insider: bool) -> Iterator[Fact]:
    told = patent.provenance
    runs = ImportRun.objects.in_bulk([source[0] for source in told.values() if source]) if insider else {}
    for name in FIELDS:
        run_key, as_of = (told.get(name) or [None, None])[:2]
        yield Fact(name, label(name), _shown(patent, name), runs.get(run_key), as_of, name in WIDE)


def _shown(patent: Patent, name: str) -> Any:
    if name == "industries":
        return named(patent.industries, industry_names(patent.industries))
    if name == "number":
        return patent.shown_number
    if name in {"kind", "funding"}:
        return getattr(patent, f"get_{name}_display")()
    return getattr(patent, name)


def _stock(actor: Actor, patent: Patent) -> dict[str, Any]:
    """The patent's place in the newest stocktaking, as far as the actor may know it."""
    if not actor.signed_in:
        return {"entry": None}
    entries = InventoryEntry.objects.filter(patent=patent).select_related("organisation", "inventory")
    entry = ENTRIES.visible(actor, entries).order_by("-inventory_id", "-id").first()
    if entry is None:
        return {"entry": None}
    decision = current_decisions([entry.pk]).get(entry.pk)
    return {"entry": entry, "decision": decision, "may_confirm": ENTRIES.may(actor, CONFIRM_TIER, entry)}


def _happenings(patent: Patent, insider: bool) -> list[Happening]:
    found = timeline(patent)
    return found if insider else [each for each in found if each.kind in PUBLIC_HAPPENINGS]
