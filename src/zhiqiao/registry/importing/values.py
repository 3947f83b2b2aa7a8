"""From a record of a file to the columns of a patent, and what differs between the two."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from zhiqiao.exchange.patents import PatentRecord
from zhiqiao.kernel.legal_status import LegalStatus
from zhiqiao.registry.reference.tables import industry_suggestions
from zhiqiao.registry.rules import Stage, anniversary, expires_on, is_published, latest_filing

# Columns that a file describes, in the order they are stored.
DESCRIBED = (
    "title", "abstract", "first_claim", "claims", "filed_on", "published_on", "publication_number", "granted_on",
    "grant_number", "main_class", "classes", "applicants", "holders", "inventors", "agency", "agents", "address",
    "postcode", "priority", "funding", "funding_project", "family", "cited_by_count", "claim_count", "twin_number",
    "extra",
)  # fmt: skip
STATUS = ("status_group", "status_phase", "status_words", "status_as_of", "status_through", "status_source")
DERIVED = ("expires_on", "anniversary", "industries", "public")
WIDTHS = {
    "title": 500, "agency": 255, "address": 500, "priority": 500, "funding_project": 500, "postcode": 6,
    "publication_number": 24, "grant_number": 24, "main_class": 24,
}  # fmt: skip
LISTS = frozenset({"classes", "applicants", "holders", "inventors", "agents", "family"})
EMPTY: dict[str, Any] = {
    name: () if name in LISTS else None
    if name in {"filed_on", "published_on", "granted_on", "cited_by_count", "claim_count"}
    else {} if name == "extra" else "unknown" if name == "funding" else ""
    for name in DESCRIBED
}  # fmt: skip


NO_STATUS: dict[str, Any] = {
    "status_group": "unknown", "status_phase": "", "status_words": "", "status_as_of": None, "status_through": None,
    "status_source": "",
}  # fmt: skip
NO_DERIVED: dict[str, Any] = {"expires_on": None, "anniversary": None, "industries": (), "public": True}
# What a patent says before any file says anything of it.
BLANK: dict[str, Any] = {**EMPTY, **NO_STATUS}


def described(record: PatentRecord) -> dict[str, Any]:
    """What the record says, by column; what it does not say is absent."""
    values: dict[str, Any] = {
        "title": record.title,
        "abstract": record.abstract,
        "first_claim": record.first_claim,
        "claims": record.claims,
        "filed_on": record.filed_on,
        "published_on": record.published_on,
        "publication_number": record.publication_number,
        "granted_on": record.granted_on,
        "grant_number": record.grant_number,
        "main_class": record.main_class,
        "classes": record.classes,
        "applicants": record.applicants,
        "holders": record.holders,
        "inventors": record.inventors,
        "agency": record.agency,
        "agents": record.agents,
        "address": record.address,
        "postcode": record.postcode,
        "priority": "; ".join(record.priority),
        "funding": None if record.funding is None else ("yes" if record.funding else "no"),
        "funding_project": funding_project(record),
        "family": record.family,
        "cited_by_count": record.citations_received,
        "claim_count": record.claims_count,
        "twin_number": record.twin_number,
        "extra": extra(record),
    }
    kept = {name: value for name, value in values.items() if value is not None and value != "" and value != ()}
    for name, width in WIDTHS.items():
        if name in kept and len(kept[name]) > width:
            kept[name] = kept[name][:width]
    return kept


def funding_project(record: PatentRecord) -> str:
    parts = (record.funding_level, record.funding_project, record.funding_project_number)
    return " ".join(part for part in parts if part)


def extra(record: PatentRecord) -> dict[str, Any] | None:
    """Known columns that no other column holds, under their names."""
    known: dict[str, Any] = dict(record.extra)
    for name in ("pct_application", "pct_publication", "family_size", "citations_made", "twin"):
        if (value := getattr(record, name)) is not None:
            known[name] = value
    if record.pct_entered_on is not None:
        known["pct_entered_on"] = record.pct_entered_on.isoformat()
    if record.cited:
        known["cited"] = list(record.cited)
    if record.legal_events:
        known["legal_events"] = list(record.legal_events)
    for name, partial in record.partial_dates.items():
        known[f"partial.{name}"] = partial.day.isoformat()[: 7 if partial.precision == "month" else 4]
    return known or None


def status_of(record: PatentRecord) -> tuple[LegalStatus, str] | None:
    """The legal status in the source's own words and as understood; None where the row says nothing of it."""
    words = record.status or record.status_simple
    if not words or record.legal_status is None:
        return None
    return record.legal_status, words[:255]


@lru_cache(maxsize=1)
def _industries() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for suggestion in industry_suggestions():
        found.setdefault(suggestion.ipc_subclass, []).append(suggestion.industry)
    return {subclass: tuple(codes) for subclass, codes in found.items()}


def suggested_industries(main_class: str) -> tuple[str, ...]:
    """GB/T 4754 codes that a class suggests; a person confirms (domain §11.7)."""
    return _industries().get(main_class[:4], ())


def derived(number: str, kind: str, values: dict[str, Any], today: date) -> dict[str, Any]:
    """Columns that follow from others: term, fee day, suggested industries, whether it is public."""
    stage = Stage(
        values["filed_on"] or latest_filing(number), values["published_on"], values["granted_on"],
        values["publication_number"], values["grant_number"], values["status_group"], values["status_phase"],
    )  # fmt: skip
    return {
        "expires_on": expires_on(kind, values["filed_on"]),
        "anniversary": anniversary(values["filed_on"]),
        "industries": suggested_industries(values["main_class"]),
        "public": is_published(stage, today),
    }
