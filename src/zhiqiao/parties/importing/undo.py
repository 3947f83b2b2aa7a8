"""Taking an import of organisations back: what it changed is as before unless changed since, what it brought goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhiqiao.core.audit import Work, shortened
from zhiqiao.core.models import ImportRow, ImportRun, Revision
from zhiqiao.kernel.names import organisation_key
from zhiqiao.parties.actions.organisations import DERIVED, stated, subject
from zhiqiao.parties.importing.writing import CONTACTS, NAMES, REVISION
from zhiqiao.parties.models import Contact, Organisation, OrganisationName
from zhiqiao.parties.naming import suggested_kind
from zhiqiao.parties.roles import OrganisationKind

BATCH = 500
# What belongs to an organisation itself; anything else that points to one is a record that knows it.
OWN_RECORDS = (OrganisationName, Contact)
TOLD = ("credit_code", "kind", "town_code", "park_code", "address", "industries", "honours", "description", "products")


def take_back(run: ImportRun, work: Work) -> int:
    """How many organisations were touched. The latest change goes first."""
    touched = {key for revision in _revisions(run) if (key := _restore(revision, work)) is not None}
    Contact.objects.filter(run=run, withdrawn_at=None).update(withdrawn_at=work.at)
    rows = ImportRow.objects.filter(run=run, outcome="created", subject_id__isnull=False)
    created = sorted({key for key in rows.values_list("subject_id", flat=True) if key is not None})
    for start in range(0, len(created), BATCH):
        touched.update(_withdraw(created[start : start + BATCH], run, work))
    return len(touched)


def _revisions(run: ImportRun) -> list[Revision]:
    return list(Revision.objects.filter(run=run, subject_type=REVISION).order_by("-id"))


def _restore(revision: Revision, work: Work) -> int | None:
    organisation = Organisation.objects.get(pk=revision.subject_id)
    changes = dict(revision.changes)
    _withdraw_names(organisation, changes.pop(NAMES, [[], []])[1], work)
    changes.pop(CONTACTS, None)
    back = {name: pair for name, pair in changes.items() if getattr(organisation, name) == pair[1]}
    if "name" not in back:  # renamed again since: the keys that follow from the name stay too
        back = {name: pair for name, pair in back.items() if name not in DERIVED}
    if not back and not revision.changes.keys() & {NAMES, CONTACTS}:
        return None
    values = {name: before for name, (before, _) in back.items()}
    Organisation.objects.filter(pk=organisation.pk).update(**values, updated_at=work.at)
    if "name" in back:
        _withdraw_names(organisation, [back["name"][0]], work)
    told = {name: pair for name, pair in back.items() if name not in DERIVED}
    before = shortened({name: pair[1] for name, pair in told.items()})
    work.record("parties.undo_import", subject(organisation), before, shortened({n: p[0] for n, p in told.items()}))
    return organisation.pk


def _withdraw_names(organisation: Organisation, names: Sequence[str], work: Work) -> None:
    keys = [organisation_key(name) for name in names]
    told = OrganisationName.objects.filter(organisation=organisation, name_key__in=keys, withdrawn_at=None)
    told.update(withdrawn_at=work.at)


def _withdraw(keys: Sequence[int], run: ImportRun, work: Work) -> list[int]:
    """Told by a later import or merged since: stays. Else what the list said of it goes; where another record knows
    the organisation, its name stays, as if a patent file had brought it."""
    later = ImportRow.objects.filter(subject_id__in=keys, run__kind=run.kind, run_id__gt=run.pk)
    told = set(later.exclude(run__state=ImportRun.State.UNDONE).values_list("subject_id", flat=True))
    gone = Organisation.objects.filter(pk__in=set(keys) - told, merged_into=None, withdrawn_at=None)
    known = _known_elsewhere([organisation.pk for organisation in gone])
    for organisation in gone:
        before = stated({name: getattr(organisation, name) for name in ("name", *TOLD)})
        OrganisationName.objects.filter(organisation=organisation).update(withdrawn_at=work.at)
        withdrawn = None if organisation.pk in known else work.at
        Organisation.objects.filter(pk=organisation.pk).update(
            **_as_named(organisation), withdrawn_at=withdrawn, updated_at=work.at
        )
        after = {"name": organisation.name, "named_only": True} if withdrawn is None else None
        work.record("parties.undo_import", subject(organisation), shortened(before), after)
    return [organisation.pk for organisation in gone]


def _as_named(organisation: Organisation) -> dict[str, Any]:
    blank = Organisation()
    empty = {name: getattr(blank, name) for name in TOLD}
    kind = suggested_kind(organisation.name) or OrganisationKind.OTHER
    return empty | {"kind": kind, "kind_suggested": True, "named_only": True}


def _known_elsewhere(keys: Sequence[int]) -> set[int]:
    """Those that records of any room point to: the models above are asked without being named here."""
    found: set[int] = set()
    for relation in Organisation._meta.related_objects:
        if relation.related_model in OWN_RECORDS:
            continue
        name = relation.field.name
        pointing = relation.related_model._base_manager.filter(**{f"{name}__in": list(keys)})
        found.update(pointing.values_list(name, flat=True))
    return found
