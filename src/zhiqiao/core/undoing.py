"""What taking an import back means in every room: what it brought, who told of it since, what still is as it wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model

from zhiqiao.core.audit import Subject, Work, shortened
from zhiqiao.core.canonical import as_json
from zhiqiao.core.models import ImportRow, ImportRun, Revision

Changes = Mapping[str, Sequence[Any]]
"""Field → (before, after), as a revision keeps it."""


def created_by(run: ImportRun) -> list[int]:
    """Keys of the records that the run brought, in ascending order."""
    rows = ImportRow.objects.filter(run=run, outcome="created", subject_id__isnull=False)
    return sorted({key for key in rows.values_list("subject_id", flat=True) if key is not None})


def told_since(run: ImportRun, keys: Sequence[int]) -> set[int]:
    """Those of the records that a later import of the same kind, not undone itself, told of too: they stay."""
    later = ImportRow.objects.filter(subject_id__in=keys, run__kind=run.kind, run_id__gt=run.pk)
    told = later.exclude(run__state=ImportRun.State.UNDONE)
    return {key for key in told.values_list("subject_id", flat=True) if key is not None}


def latest_first(run: ImportRun, subject_type: str) -> Iterator[Revision]:
    """What the run changed on records of one kind, in the order in which it is taken back."""
    return Revision.objects.filter(run=run, subject_type=subject_type).order_by("-id").iterator(chunk_size=500)


def as_written(changes: Changes, record: Model) -> dict[str, Sequence[Any]]:
    """The changes that still stand on the record; what was changed again since stays as it is now."""
    return {name: pair for name, pair in changes.items() if as_json(getattr(record, name)) == pair[1]}


def record_undone(work: Work, action: str, subject: Subject, back: Changes) -> None:
    after = shortened({name: pair[0] for name, pair in back.items()})
    work.record(action, subject, shortened({name: pair[1] for name, pair in back.items()}), after)
