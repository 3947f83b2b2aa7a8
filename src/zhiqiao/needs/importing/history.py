"""What an import changed on needs: kept, so that any earlier state can be told, and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from zhiqiao.core.audit import Work
from zhiqiao.core.models import ImportRun, Revision
from zhiqiao.core.privatecells import opened, sealed
from zhiqiao.core.undoing import as_written, created_by, latest_first, record_undone, told_since
from zhiqiao.kernel.batches import in_batches
from zhiqiao.needs.actions import INDEXED_AT_ONCE, subject, write_private
from zhiqiao.needs.models import Need, NeedPrivate

REVISION = "needs.need"
PRIVATE_REVISION = "needs.private"  # its values are encrypted; its subject key is the need's


def keep_history(
    need: Need, changes: dict[str, list[Any]], private: dict[str, list[str]], by: tuple[ImportRun, Work]
) -> None:
    run, work = by
    hidden = {name: [sealed(text) for text in pair] for name, pair in private.items()}
    Revision.objects.bulk_create(
        Revision(
            subject_type=kind, subject_id=need.pk, run=run, actor_id=work.actor.actor_id, recorded_at=work.at,
            changes=told,
        )
        for kind, told in ((REVISION, changes), (PRIVATE_REVISION, hidden))
        if told
    )  # fmt: skip


def take_back(run: ImportRun, work: Work) -> int:
    """How many needs were touched: what the run brought is withdrawn unless told since, what it changed is as before
    unless changed since."""
    touched = {key for part in in_batches(created_by(run)) for key in _withdraw(part, run, work)}
    touched.update(_restore(run, work))
    touched.update(_restore_private(run, work))
    for part in in_batches(sorted(touched), INDEXED_AT_ONCE):
        work.emit("index.needs", ids=part)
    return len(touched)


def _withdraw(keys: Sequence[int], run: ImportRun, work: Work) -> list[int]:
    gone = list(Need.objects.filter(pk__in=set(keys) - told_since(run, keys), withdrawn_at=None))
    Need.objects.filter(pk__in=[need.pk for need in gone]).update(withdrawn_at=work.at, updated_at=work.at)
    for need in gone:
        work.record("needs.undo_import", subject(need), {"title": need.title}, None)
    return [need.pk for need in gone]


def _restore(run: ImportRun, work: Work) -> Iterable[int]:
    for revision in latest_first(run, REVISION):
        need = Need.objects.get(pk=revision.subject_id)
        back = as_written(revision.changes, need)
        if not back:
            continue
        for name, (before, _) in back.items():
            setattr(need, name, date.fromisoformat(before) if name == "deadline" and before else before)
        need.updated_at = work.at
        need.save()
        record_undone(work, "needs.undo_import", subject(need), back)
        yield need.pk


def _restore_private(run: ImportRun, work: Work) -> Iterable[int]:
    for revision in latest_first(run, PRIVATE_REVISION):
        layer = NeedPrivate.objects.select_related("need").get(need_id=revision.subject_id)
        told = {name: [opened(text) for text in pair] for name, pair in revision.changes.items()}
        back = as_written(told, layer)
        if not back:
            continue
        write_private(work, layer, {name: pair[0] for name, pair in back.items()})
        work.record("needs.undo_import", subject(layer.need), {"private": sorted(back)}, {"private": []})
        yield layer.need_id
