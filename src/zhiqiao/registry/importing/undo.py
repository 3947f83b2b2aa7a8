"""Taking an import back: what it created is withdrawn, what it changed is as before, unless changed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from zhiqiao.core.audit import Work
from zhiqiao.core.importing import subject as run_subject
from zhiqiao.core.models import ImportRun, Revision
from zhiqiao.core.undoing import Changes, as_written, created_by, latest_first, record_undone, told_since
from zhiqiao.kernel.batches import in_batches
from zhiqiao.registry.importing import statements
from zhiqiao.registry.importing.change import subject
from zhiqiao.registry.importing.holders import HolderLinker, effective
from zhiqiao.registry.importing.values import DESCRIBED, STATUS, derived
from zhiqiao.registry.importing.writing import PROVENANCE, REVISION, rewrite_holders
from zhiqiao.registry.models import Encumbrance, ExploitationEvidence, LegalEvent, Patent, StatusRecord

DAYS = frozenset({"filed_on", "published_on", "granted_on", "status_as_of", "status_through"})
INDEXED_AT_ONCE = 2_000  # patents in one event


def take_back(run: ImportRun, work: Work) -> int:
    """Returns how many patents were touched."""
    _withdraw_ledger(run, work)
    touched: list[int] = []
    for part in in_batches(created_by(run)):
        touched.extend(_withdraw(part, run, work))
    touched.extend(_restore(run, work))
    statements.take_back(run, work)
    _withdraw_statuses(run, work)
    for part in in_batches(touched, INDEXED_AT_ONCE):
        work.emit("index.patents", ids=part)
    return len(touched)


def _withdraw_ledger(run: ImportRun, work: Work) -> None:
    """Events and what they meant. A deal that was being decided on one of the patents must look again."""
    bound = Encumbrance.objects.filter(run=run, withdrawn_at=None)
    Patent.objects.filter(pk__in=bound.values("patent_id")).update(guard_version=F("guard_version") + 1)
    gone = {
        told._meta.model_name: told._default_manager.filter(run=run, withdrawn_at=None).update(withdrawn_at=work.at)
        for told in (LegalEvent, Encumbrance, ExploitationEvidence)
    }
    if any(gone.values()):
        work.record("registry.undo_import", run_subject(run), gone, None)


def _withdraw_statuses(run: ImportRun, work: Work) -> None:
    """All but those that still are the present word on a patent: another run told them too."""
    told = StatusRecord.objects.filter(run=run, withdrawn_at=None)
    present = Q(patent__withdrawn_at=None, words=F("patent__status_words"), group=F("patent__status_group"))
    gone = list(told.exclude(present).values_list("pk", flat=True))
    for part in in_batches(gone):
        StatusRecord.objects.filter(pk__in=part).update(withdrawn_at=work.at)


def _withdraw(keys: Sequence[int], run: ImportRun, work: Work) -> list[int]:
    """Created here and told by nobody since: leaves every list. Told since: stays."""
    told = told_since(run, keys)
    gone = Patent.objects.filter(pk__in=[key for key in keys if key not in told], withdrawn_at=None)
    found = list(gone.values_list("id", "public_id", "number"))
    Patent.objects.filter(pk__in=[key for key, *_ in found]).update(withdrawn_at=work.at, updated_at=work.at)
    for _, public_id, number in found:
        work.record("registry.undo_import", subject(public_id), {"number": number}, None)
    return [key for key, *_ in found]


def _restore(run: ImportRun, work: Work) -> list[int]:
    linker: HolderLinker | None = None
    touched: list[int] = []
    for revision in latest_first(run, REVISION):
        patent = Patent.objects.get(pk=revision.subject_id)
        told = {name: revision.changes[name] for name in (*DESCRIBED, *STATUS) if name in revision.changes}
        back = as_written(told, patent)
        if not back:
            continue
        linker = linker or HolderLinker.load()
        _put_back(patent, back, revision, (linker, work))
        record_undone(work, "registry.undo_import", subject(patent.public_id), back)
        touched.append(patent.pk)
    return touched


def _put_back(patent: Patent, back: Changes, revision: Revision, by: tuple[HolderLinker, Work]) -> None:
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
