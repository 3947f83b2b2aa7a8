"""Tiers: the rules suggest, a person confirms (domain §1.5, §14 rule 11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from zhiqiao.core.audit import Subject, Work, as_column, canonical, unit_of_work
from zhiqiao.core.conflicts import taken_means
from zhiqiao.core.models.base import new_public_id
from zhiqiao.inventory.actions.chunks import Progress, add_rows, change_rows, key_chunks, list_chunks, no_progress
from zhiqiao.inventory.models import Appraisal, InventoryEntry, TierDecision
from zhiqiao.inventory.policies import CONFIRM_TIER, ENTRIES, SUGGEST_TIERS
from zhiqiao.inventory.rules.indicator_tree import MANAGEMENT
from zhiqiao.inventory.rules.tiers import BASE, NEGATIVE, TIERS, Suggestion, suggest_tier
from zhiqiao.inventory.selectors.entries import entry_to
from zhiqiao.inventory.selectors.facts import read_facts, replies_of, statement_of
from zhiqiao.inventory.selectors.surroundings import Surroundings
from zhiqiao.inventory.selectors.tier_rules import rules_in_force
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kit.actors import Actor

COLUMNS: Final = (
    "public_id", "created_at", "entry_id", "suggested", "reasons", "rules_version", "suggested_at", "confirmed",
    "confirmed_by", "confirmed_at", "note", "superseded_at",
)  # fmt: skip

# Tier rules rest on the patent alone and on the appraisal's total, never on what it is compared with.
ALONE: Final = Surroundings({}, {}, Counter())


@dataclass
class TierReport:
    """``tiers`` counts entries by the tier suggested, negative ones too, though these await a person's word."""

    tiers: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    written: int = 0
    unchanged: int = 0


def effective_tier(suggested: str, confirmed: str) -> str:
    """The tier in effect: a person's word; else the suggestion, but the base tier where that is negative."""
    if confirmed:
        return confirmed
    return BASE if suggested in NEGATIVE else suggested


def suggest_tiers(
    *, actor: Actor, entry_ids: Sequence[int] | None, as_of: date, progress: Progress = no_progress
) -> TierReport:
    """Suggest a tier for the entries in stock with these keys, or with None for all of them.

    A decision is written only where tier, reasons or rules changed; a person's word is carried on.
    """
    ENTRIES.require(actor, SUGGEST_TIERS)
    report, entries = TierReport(), InventoryEntry.objects.filter(in_stock=True)
    total, done = (entries.count() if entry_ids is None else len(set(entry_ids))), 0
    for keys in key_chunks(entries) if entry_ids is None else list_chunks(entry_ids):
        with unit_of_work(actor) as work:
            suggest_for(work, report, entries.filter(pk__in=keys), as_of)
        done += len(keys)
        progress(done, max(total, done), "suggest_tiers")
    return report


def suggest_for(work: Work, report: TierReport, rows: Iterable[InventoryEntry], as_of: date) -> None:
    """Bring the suggestions for some entries in stock up to date, as part of the work that changed what they rest
    on; that work has asked who may."""
    entries = list(rows)
    patents = [entry.patent_id for entry in entries]
    facts, totals = read_facts(patents, as_of, ALONE), _totals(patents)
    standing = {row.entry_id: row for row in _standing_decisions([entry.pk for entry in entries])}
    fresh: list[tuple[Any, ...]] = []
    superseded, entry_rows = [], []
    for entry in entries:
        if entry.patent_id not in facts:
            continue
        told = replace(facts[entry.patent_id], statement=statement_of(entry), replies=replies_of(entry))
        total = totals.get(entry.patent_id)
        suggestion, old = suggest_tier(told, total, as_of, rules_in_force()), standing.get(entry.pk)
        report.entries += 1
        report.tiers[suggestion.tier] += 1
        tier = effective_tier(suggestion.tier, old.confirmed if old else "")
        if (entry.tier, entry.suggested_tier, entry.score) != (tier, suggestion.tier, total):
            entry_rows.append((tier, suggestion.tier, total, entry.pk, as_column(entry.updated_at)))
        if old is not None and _same(old, suggestion):
            report.unchanged += 1
            continue
        fresh.append(_decision_row(work, entry, suggestion, old))
        superseded += [old.pk] if old else []
    _supersede(work, superseded)
    add_rows(TierDecision, COLUMNS, fresh)
    # An entry that a person decided on since it was read keeps what the person said.
    change_rows(InventoryEntry, ("tier", "suggested_tier", "score"), entry_rows, where=("id", "updated_at"))
    report.written += len(fresh)


def _totals(patents: Sequence[int]) -> dict[int, float | None]:
    rows = Appraisal.objects.filter(patent_id__in=patents, scene=MANAGEMENT, superseded_at__isnull=True)
    return dict(rows.values_list("patent_id", "total"))


def _standing_decisions(entries: Sequence[int]) -> QuerySet[TierDecision]:
    return TierDecision.objects.filter(entry_id__in=entries, superseded_at__isnull=True)


def _same(old: TierDecision, new: Suggestion) -> bool:
    reasons = canonical([reason.plain() for reason in new.reasons])
    return (old.suggested, old.rules_version, canonical(old.reasons)) == (new.tier, new.rules_version, reasons)


def _decision_row(
    work: Work, entry: InventoryEntry, suggestion: Suggestion, old: TierDecision | None
) -> tuple[Any, ...]:
    public, at = new_public_id(), as_column(work.at)
    reasons = [reason.plain() for reason in suggestion.reasons]
    before = {"suggested": old.suggested, "confirmed": old.confirmed} if old else None
    after = {
        "suggested": suggestion.tier,
        "reasons": [each["code"] for each in reasons],
        "rules": suggestion.rules_version,
    }
    work.record("inventory.suggest_tier", Subject("inventory.entry", str(entry.public_id)), before, after)
    confirmed_at = as_column(old.confirmed_at) if old and old.confirmed_at else None
    kept = (old.confirmed, old.confirmed_by, confirmed_at, old.note) if old else ("", "", None, "")
    return (
        as_column(public), at, entry.pk, suggestion.tier, canonical(reasons), suggestion.rules_version, at, *kept, None,
    )  # fmt: skip


def _supersede(work: Work, keys: list[int]) -> None:
    standing = TierDecision.objects.filter(pk__in=keys, superseded_at__isnull=True)
    if keys and standing.update(superseded_at=work.at) != len(keys):
        raise Conflict("tier_decided_meanwhile")


def confirm_tier(
    *, actor: Actor, entry: InventoryEntry, tier: str, note: str, seen: UUID | None = None
) -> TierDecision:
    """Decide the tier of a patent, as suggested or otherwise. A negative tier needs a note.

    ``seen`` is the decision that the person had before them; if another stands by now, ``Conflict``
    ``tier_decided_meanwhile``. Raises ``Invalid`` ``tier_unknown``, ``tier_needs_note``, ``tier_not_suggested`` (the
    rules have not looked at it yet) or ``entry_out_of_stock``.
    """
    with unit_of_work(actor) as work:
        entry = entry_to(actor, CONFIRM_TIER, entry.public_id)
        _check_decision(entry, tier, note)
        old = _standing_decisions([entry.pk]).first()
        if old is None:
            raise Invalid("tier_not_suggested", entry=str(entry.public_id))
        if seen is not None and old.public_id != seen:
            raise Conflict("tier_decided_meanwhile", entry=str(entry.public_id))
        _supersede(work, [old.pk])
        decision = _confirmed(work, old, tier, note)
        InventoryEntry.objects.filter(pk=entry.pk).update(tier=tier, updated_at=work.at)
        before = {"suggested": old.suggested, "confirmed": old.confirmed}
        after = {"suggested": old.suggested, "confirmed": tier, "note": note}
        work.record("inventory.confirm_tier", Subject("inventory.entry", str(entry.public_id)), before, after)
    return decision


def _check_decision(entry: InventoryEntry, tier: str, note: str) -> None:
    if tier not in TIERS:
        raise Invalid("tier_unknown", tier=tier)
    if tier in NEGATIVE and not note.strip():
        raise Invalid("tier_needs_note", field="note", tier=tier)
    if not entry.in_stock:
        raise Invalid("entry_out_of_stock", scope_code=entry.scope_code)


def _confirmed(work: Work, old: TierDecision, tier: str, note: str) -> TierDecision:
    with taken_means("tier_decided_meanwhile", entry=old.entry_id):
        return TierDecision.objects.create(
            entry_id=old.entry_id,
            suggested=old.suggested,
            reasons=old.reasons,
            rules_version=old.rules_version,
            suggested_at=old.suggested_at,
            confirmed=tier,
            confirmed_by=work.actor.actor_id,
            confirmed_at=work.at,
            note=note.strip(),
        )
