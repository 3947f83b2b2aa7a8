"""What holders declare of their patents: a layer of its own, seen by them and the city alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhiqiao.core.audit import Work
from zhiqiao.core.models import ImportRun, Revision
from zhiqiao.core.undoing import latest_first
from zhiqiao.registry.importing.change import Change, subject
from zhiqiao.registry.models import HolderStatement, Patent

REVISION = "registry.statement"  # its subject key is the patent's


def record(changes: Sequence[Change], ids: dict[str, int], run: ImportRun, work: Work) -> None:
    """Keep what the rows declare; what differs leaves a revision. Within one file the first row stands."""
    for change in changes:
        key = ids.get(change.record.number) or (change.stored or {}).get("id")
        if key is None or not (change.record.declared or change.record.money):
            continue
        statement = HolderStatement.objects.filter(patent_id=key).first() or HolderStatement(patent_id=key)
        if change.revived:
            statement.said, statement.money = {}, {}
        before = {"said": statement.said, "money": statement.money}
        _tell(statement, change)
        after = {"said": statement.said, "money": statement.money}
        if before == after and statement.pk is not None:
            continue
        change.restated = True
        statement.run, statement.recorded_at = run, work.at
        statement.save()
        if change.stored is not None:
            _keep_history(change, key, {name: [before[name], after[name]] for name in before}, (run, work))


def _tell(statement: HolderStatement, change: Change) -> None:
    said = dict(change.record.declared)
    money = {name: str(amount) for name, amount in change.record.money.items()}
    if change.again:
        said, money = said | statement.said, money | statement.money
    statement.said, statement.money = {**statement.said, **said}, {**statement.money, **money}


def _keep_history(change: Change, key: int, changes: dict[str, Any], by: tuple[ImportRun, Work]) -> None:
    run, work = by
    Revision.objects.create(
        subject_type=REVISION, subject_id=key, run=run, actor_id=work.actor.actor_id, recorded_at=work.at,
        changes=changes,
    )  # fmt: skip
    # Prices are not public: the trail names what changed, the revision keeps the values.
    names = sorted({name for before, after in changes.values() for name in {**before, **after}})
    assert change.stored is not None  # noqa: S101 -- a new patent's statement is in its own entry
    work.record("registry.import_statement", subject(change.stored["public_id"]), None, {"fields": names})


def take_back(run: ImportRun, work: Work) -> None:
    """What the run changed is as before, unless changed since."""
    for revision in latest_first(run, REVISION):
        statement = HolderStatement.objects.get(patent_id=revision.subject_id)
        changed = {name: pair for name, pair in revision.changes.items() if pair[0] != pair[1]}
        if any(getattr(statement, name) != pair[1] for name, pair in changed.items()):
            continue
        for name, pair in changed.items():
            setattr(statement, name, pair[0])
        statement.recorded_at = work.at
        statement.save()
        public_id = Patent.objects.values_list("public_id", flat=True).get(pk=revision.subject_id)
        work.record("registry.undo_import", subject(public_id), None, {"statement": sorted(changed)})
