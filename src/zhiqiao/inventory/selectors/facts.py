"""Reading what the registry and the institutions told into the facts that the rules take, many patents at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.db.models.functions import Length

from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.inventory.rules.facts import NOTHING_SAID, PatentFacts, Replies, Statement, foreign_countries
from zhiqiao.inventory.selectors.surroundings import Surroundings, field_of
from zhiqiao.kernel.terms import expiry_date
from zhiqiao.registry.models import Encumbrance, ExploitationEvidence, LegalEvent, Patent

PARTLY_INVALIDATED: Final = "IP01"
"""Gazette code: invalidated in part, so the rest was examined again and stood (domain §11.3)."""

COLUMNS: Final = (
    "id", "kind", "status_group", "status_phase", "status_as_of", "filed_on", "granted_on", "expires_on",
    "claim_count", "claim_length", "main_class", "classes", "holders", "applicants", "family", "cited_by_count",
    "industries", "funding",
)  # fmt: skip
FUNDED: Final = {"yes": True, "no": False}


@dataclass(frozen=True)
class Ledgers:
    """What stands beside the patents in other tables, by patent."""

    encumbrances: dict[int, set[str]]
    evidence: dict[int, set[str]]
    survived: set[int]
    statements: dict[int, Statement]


def read_facts(patent_ids: Sequence[int], as_of: date, around: Surroundings) -> dict[int, PatentFacts]:
    """Facts by patent key as they stand on a day; withdrawn patents are left out. Five queries."""
    ledgers = Ledgers(
        encumbrances=_encumbrances(patent_ids, as_of),
        evidence=_evidence(patent_ids, as_of),
        survived=_survived(patent_ids, as_of),
        statements=_statements(patent_ids),
    )
    rows = Patent.objects.filter(pk__in=patent_ids, withdrawn_at__isnull=True)
    rows = rows.annotate(claim_length=Length("first_claim"))
    return {row["id"]: _facts(row, ledgers, around) for row in rows.values(*COLUMNS)}


def _facts(row: dict[str, Any], ledgers: Ledgers, around: Surroundings) -> PatentFacts:
    key, kind, filed_on = row["id"], row["kind"], row["filed_on"]
    field = field_of(kind, row["main_class"])
    return PatentFacts(
        kind=kind,
        status_group=row["status_group"],
        status_phase=row["status_phase"],
        status_as_of=row["status_as_of"],
        filed_on=filed_on,
        granted_on=row["granted_on"],
        expires_on=known_expiry(kind, filed_on, row["expires_on"]),
        claim_count=row["claim_count"],
        first_claim_length=row["claim_length"] or None,
        classes=tuple(row["classes"] or ([row["main_class"]] if row["main_class"] else [])),
        holder_count=len(row["holders"] or row["applicants"]) or None,
        survived_invalidation=True if key in ledgers.survived else None,
        family_countries=foreign_countries(row["family"]),
        citations=around.citations(field, filed_on, row["cited_by_count"]),
        trend=around.trends.get(field),
        firms_in_industry=around.firms_in(row["industries"]),
        funded=FUNDED.get(row["funding"]),
        encumbrances=frozenset(ledgers.encumbrances.get(key, ())),
        evidence=frozenset(ledgers.evidence.get(key, ())),
        statement=ledgers.statements.get(key, NOTHING_SAID),
    )


def known_expiry(kind: str, filed_on: date | None, told: date | None) -> date | None:
    """The day told, else by the term of the kind from filing; an extension granted is then not counted in."""
    if told is not None:
        return told
    return expiry_date(kind, filed_on) if filed_on is not None else None


def statement_of(entry: InventoryEntry) -> Statement:
    return Statement(entry.self_grade, entry.willing, entry.maturity, entry.exploitation, entry.state)


def replies_of(entry: InventoryEntry) -> Replies:
    return Replies(entry.reply_count, entry.reply_mean, entry.intents, entry.buyers)


def _encumbrances(patent_ids: Sequence[int], as_of: date) -> dict[int, set[str]]:
    rows = Encumbrance.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=as_of),
        Q(released_on__isnull=True) | Q(released_on__gt=as_of),
        Q(starts_on__isnull=True) | Q(starts_on__lte=as_of),
        patent_id__in=patent_ids,
        withdrawn_at__isnull=True,
    )
    return _gathered(rows.values_list("patent_id", "kind"))


def _evidence(patent_ids: Sequence[int], as_of: date) -> dict[int, set[str]]:
    rows = ExploitationEvidence.objects.filter(
        Q(happened_on__isnull=True) | Q(happened_on__lte=as_of), patent_id__in=patent_ids, withdrawn_at__isnull=True
    )
    return _gathered(rows.values_list("patent_id", "grade"))


def _survived(patent_ids: Sequence[int], as_of: date) -> set[int]:
    rows = LegalEvent.objects.filter(
        Q(happened_on__isnull=True) | Q(happened_on__lte=as_of),
        patent_id__in=patent_ids,
        code=PARTLY_INVALIDATED,
        withdrawn_at__isnull=True,
    )
    return set(rows.values_list("patent_id", flat=True))


def _statements(patent_ids: Sequence[int]) -> dict[int, Statement]:
    """What the first holder said in the newest stocktaking; silence there does not hide an earlier word."""
    said = InventoryEntry.objects.filter(patent_id__in=patent_ids, in_stock=True)
    said = said.exclude(self_grade="", willing="", maturity=None, exploitation="").order_by("inventory_id", "id")
    return {entry.patent_id: statement_of(entry) for entry in said}


def _gathered(pairs: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found
