"""Taking an import of organisations back: what it changed is as before unless changed since, what it brought goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhiqiao.core.audit import Work, shortened
from zhiqiao.core.models import ImportRun, Revision
from zhiqiao.core.undoing import as_written, created_by, latest_first, record_undone, told_since
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.names import organisation_key
from zhiqiao.parties.actions.contacts import subject as contact_subject
from zhiqiao.parties.actions.organisations import DERIVED, keep_names, stated, subject
from zhiqiao.parties.importing.writing import CONTACTS, NAMES, REVISION
from zhiqiao.parties.models import Contact, Organisation, OrganisationName
from zhiqiao.parties.naming import suggested_kind
from zhiqiao.parties.roles import OrganisationKind

# What belongs to an organisation itself; anything else that points to one is a record that knows it.
OWN_RECORDS = (OrganisationName, Contact)
TOLD = ("credit_code", "kind", "town_code", "park_code", "address", "industries", "honours", "description", "products")


def take_back(run: ImportRun, work: Work) -> int:
    """How many organisations were touched. The latest change goes first."""
    revisions = latest_first(run, REVISION)
    touched = {key for revision in revisions if (key := _restore(revision, work)) is not None}
    _withdraw_contacts(run, work)
    for part in in_batches(created_by(run)):
        touched.update(_withdraw(part, run, work))
    return len(touched)


def _withdraw_contacts(run: ImportRun, work: Work) -> None:
    brought = Contact.objects.filter(run=run, withdrawn_at=None)
    for contact in brought.only("public_id"):
        work.record("parties.withdraw_contact", contact_subject(contact), {}, None)
    brought.update(withdrawn_at=work.at)


def _restore(revision: Revision, work: Work) -> int | None:
    organisation = Organisation.objects.get(pk=revision.subject_id)
    changes = dict(revision.changes)
    _withdraw_names(organisation, changes.pop(NAMES, [[], []])[1], work)
    changes.pop(CONTACTS, None)
    back = as_written(changes, organisation)
    if "name" not in back:  # renamed again since: the keys that follow from the name stay too
        back = {name: pair for name, pair in back.items() if name not in DERIVED}
    if not back and not revision.changes.keys() & {NAMES, CONTACTS}:
        return None
    values = {name: before for name, (before, _) in back.items()}
    Organisation.objects.filter(pk=organisation.pk).update(**values, updated_at=work.at)
    if "name" in back:
        _withdraw_names(organisation, [back["name"][0]], work)
        organisation.refresh_from_db()
        keep_names([organisation])
    told = {name: pair for name, pair in back.items() if name not in DERIVED}
    record_undone(work, "parties.undo_import", subject(organisation), told)
    return organisation.pk


def _withdraw_names(organisation: Organisation, names: Sequence[str], work: Work) -> None:
    keys = [organisation_key(name) for name in names]
    told = OrganisationName.objects.filter(organisation=organisation, name_key__in=keys, withdrawn_at=None)
    told.update(withdrawn_at=work.at)


def _withdraw(keys: Sequence[int], run: ImportRun, work: Work) -> list[int]:
    """Told by a later import or merged since: stays. Else what the list said of it goes; where another record knows
    the organisation, its name stays, as if a patent file had brought it."""
    gone = Organisation.objects.filter(pk__in=set(keys) - told_since(run, keys), merged_into=None, withdrawn_at=None)
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
