"""What happens to the register itself."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone

from zhiqiao.core.actors import ActingUser, SystemActor
from zhiqiao.core.audit import Subject, Work, unit_of_work
from zhiqiao.core.reference import EntryRow, Loaded, MoveRow, load_reference
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.periods import add_months
from zhiqiao.registry.models import HolderStatement, Patent, PatentHolder
from zhiqiao.registry.reference.tables import Entry, industries, ipc_entries, ipc_moves, towns
from zhiqiao.registry.rules import NOT_YET_PUBLIC, PUBLICATION_MONTHS, Stage, is_published, latest_filing

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
    told = HolderStatement.objects.filter(organisation_id=survivor).values("patent_id")
    HolderStatement.objects.filter(organisation_id=absorbed).exclude(patent_id__in=told).update(
        organisation_id=survivor
    )
    for part in in_batches(patents, BATCH):
        work.emit("index.patents", ids=part)
    return len(patents)


def publish_matured() -> int:
    """Applications that must have been published by now (Patent Law art. 34) are no secret any more. Run by the
    worker; returns how many became public."""
    today = timezone.localdate()
    old = Q(filed_on__lte=add_months(today, -PUBLICATION_MONTHS)) | Q(filed_on=None)
    secret = Patent.objects.filter(old, public=False, withdrawn_at=None)
    # Those that stay secret whatever their age would fill every round and let nobody else come up.
    secret = secret.exclude(status_phase__in=NOT_YET_PUBLIC)
    due = [patent for patent in secret.order_by("id")[:BATCH] if is_published(stage_of(patent), today)]
    if not due:
        return 0
    with unit_of_work(SystemActor("publish")) as work:
        keys = [patent.pk for patent in due]
        Patent.objects.filter(pk__in=keys, public=False).update(public=True, updated_at=work.at)
        for patent in due:
            work.record("registry.publish_matured", subject_of(patent), {"public": False}, {"public": True})
        work.emit("index.patents", ids=keys)
    return len(due)


def stage_of(patent: Patent) -> Stage:
    return Stage(
        patent.filed_on or latest_filing(patent.number), patent.published_on, patent.granted_on,
        patent.publication_number, patent.grant_number, patent.status_group, patent.status_phase,
    )  # fmt: skip


def subject_of(patent: Patent) -> Subject:
    return Subject("registry.patent", str(patent.public_id))
