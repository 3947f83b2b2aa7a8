"""Reading the register of patents."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from zhiqiao.core.models import ImportRow, ImportRun, Revision
from zhiqiao.engine.documents import Document
from zhiqiao.kernel.application_numbers import BadApplicationNumber, parse_application_number
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.registry.models import Patent, PatentHolder, StatusRecord
from zhiqiao.registry.policies import IMPORTS, PATENTS

PROVENANCE = "provenance"


def patents_visible_to(actor: Actor) -> QuerySet[Patent]:
    return PATENTS.visible(actor, Patent.objects.all())


def imports_visible_to(actor: Actor) -> QuerySet[ImportRun]:
    return IMPORTS.visible(actor, ImportRun.objects.all())


def patent_for(actor: Actor, identity: str) -> Patent:
    """By public id or by its number as people write it. Raises NotFound where absent or hidden."""
    found = patents_visible_to(actor).filter(_identity(identity)).first()
    if found is None:
        raise NotFound("patent_not_found", patent=identity[:64])
    return found


def _identity(identity: str) -> Q:
    try:
        return Q(number=parse_application_number(identity).key)
    except BadApplicationNumber:
        pass
    try:
        return Q(public_id=uuid.UUID(identity))
    except ValueError:
        key = "".join(identity.upper().split())
        return Q(publication_number=key) | Q(grant_number=key) if key else Q(pk=0)


def all_patent_keys() -> Iterator[int]:
    return Patent.objects.filter(withdrawn_at=None).order_by("id").values_list("id", flat=True).iterator()


def patent_documents(keys: Sequence[int]) -> list[Document]:
    """What search knows of patents; keys of withdrawn ones give nothing."""
    standing = Prefetch("holdings", PatentHolder.objects.filter(superseded_at=None).order_by("ordinal"))
    found: list[Document] = []
    for part in in_batches(keys):
        rows = Patent.objects.filter(pk__in=part, withdrawn_at=None).prefetch_related(standing)
        found.extend(patent_document(patent) for patent in rows)
    return found


def patent_document(patent: Patent) -> Document:
    held = (holding for holding in patent.holdings.all() if holding.superseded_at is None)
    holdings = sorted(held, key=lambda holding: holding.ordinal)
    own = tuple(f"org:{holding.standing_id}" for holding in holdings if holding.standing_id)
    return Document(
        key=patent.pk,
        number=patent.number,
        title=patent.title,
        abstract=patent.abstract,
        claim=patent.first_claim,
        classes=tuple(dict.fromkeys((*([patent.main_class] if patent.main_class else []), *patent.classes))),
        holders=tuple(holding.name for holding in holdings),
        visibility=("city", *own, *(("public",) if patent.public else ())),
        facets={
            "kind": patent.kind,
            "status": patent.status_group,
            "date": patent.filed_on.isoformat() if patent.filed_on else "",
        },
    )


def status_on(patent: Patent, day: date, known_by: datetime | None = None) -> StatusRecord | None:
    """The legal status as it was on a day, by what was known at a moment (None: by now)."""
    told = StatusRecord.objects.filter(patent=patent)
    if known_by is None:
        told = told.filter(withdrawn_at=None)
    else:
        told = told.filter(recorded_at__lte=known_by).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_by))
    dated = [(record.as_of or record.through or date.min, record.pk, record) for record in told]
    past = [entry for entry in dated if entry[0] <= day]
    return max(past, default=(None, 0, None), key=lambda entry: (entry[0], entry[1]))[2]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a patent's timeline. ``on``: the day it happened or speaks for; ``at``: when we learnt it."""

    kind: str
    on: date | None
    at: datetime
    words: str
    source: str
    facts: dict[str, Any]


def timeline(patent: Patent) -> list[Happening]:
    """Statuses, legal events, changes and imports, newest first."""
    found = [
        Happening("status", s.as_of or s.through, s.recorded_at, s.words, s.source, {"group": s.group})
        for s in patent.statuses.filter(withdrawn_at=None)
    ]
    found += [
        Happening("event", e.happened_on, e.recorded_at, e.words, e.source, {"code": e.code})
        for e in patent.events.filter(withdrawn_at=None)
    ]
    found += [Happening("revision", None, r.recorded_at, "", r.actor_id, told(r)) for r in revisions_of(patent)]
    found += [
        Happening("import", None, run.created_at, run.number, run.sender, {"row": row, "file": file})
        for run, file, row in source_rows_of(patent)
    ]
    return sorted(found, key=lambda h: (h.on or timezone.localdate(h.at), h.at), reverse=True)


def revisions_of(patent: Patent) -> QuerySet[Revision]:
    return Revision.objects.filter(subject_type="registry.patent", subject_id=patent.pk).order_by("-id")


def told(revision: Revision) -> dict[str, Any]:
    """The changes that a person looks for: field → [before, after], without the stamps kept beside them."""
    return {name: pair for name, pair in revision.changes.items() if name != PROVENANCE}


def source_rows_of(patent: Patent) -> list[tuple[ImportRun, str, int]]:
    """Every row of every file that named the patent: run, file name, row number."""
    rows = ImportRow.objects.filter(subject_id=patent.pk, run__kind="patents").select_related("run").order_by("-id")
    return [(row.run, table_name(row.run, row.table_number), row.row_number) for row in rows[:50]]


def table_name(run: ImportRun, number: int) -> str:
    for table in run.headings:
        if table.get("number") == number:
            return f"{table['file']}" + (f" · {table['sheet']}" if table.get("sheet") else "")
    return ""
