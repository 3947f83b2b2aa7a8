"""What one patent's page shows, gathered from the rooms that own it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from zhiqiao.core.models import ImportRow, ImportRun
from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.inventory.policies import CONFIRM_TIER, ENTRIES
from zhiqiao.inventory.registers import ENTRIES as REGISTER
from zhiqiao.inventory.selectors import current_appraisal, current_decisions
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.industries import industry_names, named
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.declared import Declared, of_statement, statements_for
from zhiqiao.registry.models import HolderStatement, Patent
from zhiqiao.registry.partial_days import partial_day
from zhiqiao.registry.policies import IMPORTS, PATENTS
from zhiqiao.registry.selectors import Happening, timeline
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


@dataclass(frozen=True)
class Sources:
    """What a reader may know of where things came from: the runs open to them by key. Of other people's runs they
    learn what kind of organisation sent the file, not who, which file or which run."""

    runs: Mapping[int, ImportRun] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(run.number for run in self.runs.values())

    def named(self, sender: str) -> str:
        known = any(run.sender == sender for run in self.runs.values())
        return sender if known or not sender else self.kinds.get(sender, str(_("another source")))


@dataclass(frozen=True)
class Declaration:
    """What one holder declares of the patent; ``run``: the import that said so, where it is open to the reader."""

    statement: HolderStatement
    lines: list[Declared]
    run: ImportRun | None


def _declarations(actor: Actor, patent: Patent, sources: Sources) -> Iterator[Declaration]:
    for each in statements_for(actor, [patent.pk]).select_related("organisation"):
        if lines := list(of_statement(each)):
            yield Declaration(each, lines, sources.runs.get(each.run_id or 0))


def sources_for(actor: Actor, patent: Patent) -> Sources:
    told = {source[0] for source in patent.provenance.values() if source}
    rows = ImportRow.objects.filter(subject_id=patent.pk, run__kind="patents").values("run_id")
    kept = [each.values("run_id") for each in (patent.statuses, patent.events, patent.exploitation)]
    named = Q(pk__in=told) | Q(pk__in=rows)
    for keys in kept:
        named |= Q(pk__in=keys.filter(run__isnull=False))
    every = ImportRun.objects.filter(named)
    runs = {run.pk: run for run in IMPORTS.visible(actor, every)}
    foreign = {run.sender: run.organisation_id for run in every if run.pk not in runs}
    houses = Organisation.objects.in_bulk({key for key in foreign.values() if key is not None})
    return Sources(runs, {sender: _kind_of(houses.get(key or 0)) for sender, key in foreign.items()})


def _kind_of(house: Organisation | None) -> str:
    return house.get_kind_display() if house else str(_("The city"))


def of_patent(actor: Actor, patent: Patent) -> dict[str, Any]:
    """``insider``: the patent's holders and the city, who also see where each field came from."""
    insider = actor.signed_in and PATENTS.may(actor, "view_statement", patent)
    sources = sources_for(actor, patent) if insider else Sources()
    exploitation = patent.exploitation.filter(withdrawn_at=None).order_by("grade", "id")
    standing = patent.holdings.filter(superseded_at=None).select_related("organisation").order_by("role", "ordinal")
    return {
        "insider": insider,
        "status_source": sources.named(patent.status_source) if insider else "",
        "facts": list(_facts(patent, sources)),
        "declarations": list(_declarations(actor, patent, sources)) if insider else [],
        "holdings": standing,
        "encumbrances": patent.encumbrances.filter(withdrawn_at=None).order_by("-starts_on", "id"),
        "exploitation": [(each, sources.named(each.source)) for each in exploitation],
        "appraisal": current_appraisal(actor, patent.pk) if actor.signed_in else None,
        "happenings": list(_happenings(patent, insider, sources)),
        **_stock(actor, patent),
    }


def _facts(patent: Patent, sources: Sources) -> Iterator[Fact]:
    for name in FIELDS:
        run_key, as_of = (patent.provenance.get(name) or [None, None])[:2]
        yield Fact(name, label(name), _shown(patent, name), sources.runs.get(run_key), as_of, name in WIDE)


def _shown(patent: Patent, name: str) -> Any:
    if name == "industries":
        return named(patent.industries, industry_names(patent.industries))
    if name == "number":
        return patent.shown_number
    if name in {"kind", "funding"}:
        return getattr(patent, f"get_{name}_display")()
    return partial_day(patent, name) or getattr(patent, name)


def _stock(actor: Actor, patent: Patent) -> dict[str, Any]:
    """The patent's place in the newest stocktaking, as far as the actor may know it."""
    if not actor.signed_in:
        return {"entry": None}
    entries = InventoryEntry.objects.filter(patent=patent).select_related("organisation", "inventory")
    entry = ENTRIES.visible(actor, entries).order_by("-inventory_id", "-id").first()
    if entry is None:
        return {"entry": None}
    decision = current_decisions([entry.pk]).get(entry.pk)
    return {"entry": entry, "decision": decision, "may_confirm": _may_confirm(actor, entry)}


def _may_confirm(actor: Actor, entry: InventoryEntry) -> bool:
    """As the register offers it: not for what is out of the stock or has no suggestion yet."""
    return any(move.verb == CONFIRM_TIER for move in REGISTER.moves_open(actor, entry))


def _happenings(patent: Patent, insider: bool, sources: Sources) -> Iterator[Happening]:
    for each in timeline(patent):
        if not insider and each.kind not in PUBLIC_HAPPENINGS:
            continue
        if each.kind == "revision":
            yield replace(each, source="")  # an opaque key of a person, nothing to read
        elif each.kind == "import" and each.words not in sources.numbers:
            yield replace(each, words="", source=sources.named(each.source), facts={})
        else:
            yield replace(each, source=sources.named(each.source))
