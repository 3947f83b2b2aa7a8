"""Taking an import back: what it created is withdrawn, what it changed is as before, unless changed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from zhiqiao.core.audit import Work, shortened
from zhiqiao.core.models import ImportRow, ImportRun, Revision
from zhiqiao.registry.importing import statements
from zhiqiao.registry.importing.change import plain, subject
from zhiqiao.registry.importing.holders import HolderLinker, effective
from zhiqiao.registry.importing.values import DESCRIBED, STATUS, derived
from zhiqiao.registry.importing.writing import PROVENANCE, REVISION, rewrite_holders
from zhiqiao.registry.models import Encumbrance, ExploitationEvidence, LegalEvent, Patent, StatusRecord

DAYS = frozenset({"filed_on", "published_on", "granted_on", "status_as_of", "status_through"})
BATCH = 500


def take_back(run: ImportRun, work: Work) -> int:
    """Returns how many patents were touched."""
    for told in (LegalEvent, Encumbrance, ExploitationEvidence):
        told.objects.filter(run=run, withdrawn_at=None).update(withdrawn_at=work.at)
    created = list(
        ImportRow.objects.filter(run=run, outcome="created").values_list("subject_id", flat=True).order_by("subject_id")
    )
    touched: list[int] = []
    for start in range(0, len(created), BATCH):
        touched.extend(_withdraw([key for key in created[start : start + BATCH] if key is not None], run, work))
    touched.extend(_restore(run, work))
    statements.take_back(run, work)
    _withdraw_statuses(run, work)
    for start in range(0, len(touched), 2_000):
        work.emit("index.patents", ids=touched[start : start + 2_000])
    return len(touched)


def _withdraw_statuses(run: ImportRun, work: Work) -> None:
    """All but those that still are the present word on a patent: another run told them too."""
    told = StatusRecord.objects.filter(run=run, withdrawn_at=None)
    present = Q(patent__withdrawn_at=None, words=F("patent__status_words"), group=F("patent__status_group"))
    gone = list(told.exclude(present).values_list("pk", flat=True))
    for start in range(0, len(gone), BATCH):
        StatusRecord.objects.filter(pk__in=gone[start : start + BATCH]).update(withdrawn_at=work.at)


def _withdraw(keys: Sequence[int], run: ImportRun, work: Work) -> list[int]:
    """Created here and told by nobody since: leaves every list. Told since: stays."""
    later = ImportRow.objects.filter(subject_id__in=keys, run__kind="patents", run_id__gt=run.pk)
    told = set(later.exclude(run__state=ImportRun.State.UNDONE).values_list("subject_id", flat=True))
    gone = Patent.objects.filter(pk__in=[key for key in keys if key not in told], withdrawn_at=None)
    found = list(gone.values_list("id", "public_id", "number"))
    Patent.objects.filter(pk__in=[key for key, *_ in found]).update(withdrawn_at=work.at, updated_at=work.at)
    for _, public_id, number in found:
        work.record("registry.undo_import", subject(public_id), {"number": number}, None)
    return [key for key, *_ in found]


def _restore(run: ImportRun, work: Work) -> list[int]:
    revisions = Revision.objects.filter(run=run, subject_type=REVISION).order_by("-id")
    linker = HolderLinker.load() if revisions.exists() else None
    touched: list[int] = []
    for revision in revisions.iterator():
        patent = Patent.objects.get(pk=revision.subject_id)
        told = {name: revision.changes[name] for name in (*DESCRIBED, *STATUS) if name in revision.changes}
        back = {name: pair for name, pair in told.items() if plain(getattr(patent, name)) == pair[1]}
        if not back:
            continue
        assert linker is not None  # noqa: S101 -- there is a revision
        _put_back(patent, back, revision, (linker, work))
        work.record(
            "registry.undo_import", subject(patent.public_id),
            shortened({name: pair[1] for name, pair in back.items()}),
            shortened({name: pair[0] for name, pair in back.items()}),
        )  # fmt: skip
        touched.append(patent.pk)
    return touched


def _put_back(patent: Patent, back: dict[str, list[Any]], revision: Revision, by: tuple[HolderLinker, Work]) -> None:
    """The fields, with the days they spoke for, and what follows from them."""
    linker, work = by
    before = _values(patent)
    stamps = revision.changes.get(PROVENANCE, [{}, {}])[0]
    for name, (value, _) in back.items():
        setattr(patent, name, _value(name, value))
        if stamps.get(name) is None:
            patent.provenance.pop(name, None)
        else:
            patent.provenance[name] = stamps[name]
    after = _values(patent)
    for name, value in derived(patent.number, patent.kind, after, timezone.localdate()).items():
        setattr(patent, name, value)
    patent.updated_at = work.at
    patent.save()
    linker.learn(work, effective(after)[1])
    rewrite_holders(patent.pk, (before, after), linker, work)


def _values(patent: Patent) -> dict[str, Any]:
    return {name: getattr(patent, name) for name in (*DESCRIBED, *STATUS)}


def _value(name: str, plain_value: Any) -> Any:
    if plain_value is None:
        return None
    if name in DAYS:
        return date.fromisoformat(plain_value)
    return plain_value
