"""What holders declare of their patents: a layer of its own for each holder, seen by that holder and the city alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhiqiao.core.audit import Work
from zhiqiao.core.models import ImportRun, Revision
from zhiqiao.core.undoing import latest_first
from zhiqiao.registry.importing.change import Change, subject
from zhiqiao.registry.importing.writing import PROVENANCE
from zhiqiao.registry.models import HolderStatement, Patent, PatentHolder

REVISION = "registry.statement"  # its subject key is the patent's


def record(changes: Sequence[Change], ids: dict[str, int], run: ImportRun, work: Work) -> None:
    """Keep what the rows declare; what differs leaves a revision. Within one file the first row stands."""
    keys = {
        change.record.number: ids.get(change.record.number) or (change.stored or {}).get("id") for change in changes
    }
    declaring = [each for each in changes if keys[each.record.number] and (each.record.declared or each.record.money)]
    houses = _houses(run, [keys[each.record.number] for each in declaring])
    for change in declaring:
        key = keys[change.record.number]
        whose: dict[str, Any] = {"patent_id": key, "organisation_id": houses.get(key)}
        statement = HolderStatement.objects.filter(**whose).first() or HolderStatement(**whose)
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
            changed = {name: [before[name], after[name]] for name in before}
            _keep_history(change, statement, changed, (run, work))


def _houses(run: ImportRun, patents: Sequence[Any]) -> dict[Any, int]:
    """Patent → who declares: whose list it is, else the one that holds the patent before others."""
    if run.organisation_id is not None:
        return dict.fromkeys(patents, run.organisation_id)
    standing = PatentHolder.objects.filter(patent_id__in=patents, standing__isnull=False)
    last_first = standing.order_by("role", "-ordinal", "-id")  # "holder" after "applicant"
    return {key: house for key, house in last_first.values_list("patent_id", "standing_id") if house is not None}


def _tell(statement: HolderStatement, change: Change) -> None:
    said = dict(change.record.declared)
    money = {name: str(amount) for name, amount in change.record.money.items()}
    if change.again:
        said, money = said | statement.said, money | statement.money
    statement.said, statement.money = {**statement.said, **said}, {**statement.money, **money}


def _keep_history(
    change: Change, statement: HolderStatement, changes: dict[str, Any], by: tuple[ImportRun, Work]
) -> None:
    run, work = by
    whose = statement.organisation_id
    Revision.objects.create(
        subject_type=REVISION, subject_id=statement.patent_id, run=run, actor_id=work.actor.actor_id,
        recorded_at=work.at, changes=changes | {PROVENANCE: [whose, whose]},
    )  # fmt: skip
    # Prices are not public: the trail names what changed, the revision keeps the values.
    names = sorted({name for before, after in changes.values() for name in {**before, **after}})
    assert change.stored is not None  # noqa: S101 -- a new patent's statement is in its own entry
    work.record("registry.import_statement", subject(change.stored["public_id"]), None, {"fields": names})


def _of_revision(revision: Revision) -> HolderStatement | None:
    """Revisions of earlier versions do not say whose statement it was: there was one for each patent then."""
    statements = HolderStatement.objects.filter(patent_id=revision.subject_id).order_by("id")
    if PROVENANCE not in revision.changes:
        return statements.first()
    whose = revision.changes[PROVENANCE][1]
    own = statements.filter(organisation_id=whose).first()
    return own or statements.filter(organisation__absorbed=whose, organisation__isnull=False).first()


def take_back(run: ImportRun, work: Work) -> None:
    """What the run changed is as before, unless changed since."""
    for revision in latest_first(run, REVISION):
        statement = _of_revision(revision)
        changed = {name: pair for name, pair in revision.changes.items() if pair[0] != pair[1]}
        if statement is None or any(getattr(statement, name) != pair[1] for name, pair in changed.items()):
            continue
        for name, pair in changed.items():
            setattr(statement, name, pair[0])
        statement.recorded_at = work.at
        statement.save()
        public_id = Patent.objects.values_list("public_id", flat=True).get(pk=revision.subject_id)
        work.record("registry.undo_import", subject(public_id), None, {"statement": sorted(changed)})
