"""What an import of organisations writes, each change with its revision and its audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhiqiao.core.audit import Work, shortened
from zhiqiao.core.models import ImportRun, Revision
from zhiqiao.exchange.organisations import OrganisationRecord
from zhiqiao.kernel.names import organisation_key
from zhiqiao.parties.actions.contacts import ContactDetails, contact_row, record_contact, store_contact
from zhiqiao.parties.actions.organisations import (
    DERIVED,
    keep_former_name,
    keep_names,
    keep_other_names,
    name_columns,
    stated,
    subject,
)
from zhiqiao.parties.models import Contact, Organisation, OrganisationName
from zhiqiao.parties.naming import OrganisationFinder, suggested_kind
from zhiqiao.parties.roles import OrganisationKind

REVISION = "parties.organisation"
NAMES, CONTACTS = "names", "contacts"
"""Keys in a revision beside the columns: names the row added, and public ids of contacts it added."""

Changes = dict[str, list[Any]]


class Writer:
    """Writes for one chunk of one run, and tells the finder."""

    def __init__(self, work: Work, run: ImportRun, finder: OrganisationFinder) -> None:
        self.work, self.run, self.finder = work, run, finder
        self.revisions: list[Revision] = []
        self.names: list[OrganisationName] = []
        self.contacts: list[Contact] = []
        self.named: list[Organisation] = []
        self.new: set[int] = set()
        self.reachable: set[tuple[int, str]] = set()

    def read_ahead(self, keys: Sequence[int]) -> None:
        """Learn which contacts these organisations have, so that an unchanged list asks no more."""
        in_force = Contact.objects.filter(organisation_id__in=keys, withdrawn_at=None)
        self.reachable.update(in_force.values_list("organisation_id", "fingerprint"))

    def create(self, record: OrganisationRecord, columns: dict[str, Any], known: Organisation | None) -> Organisation:
        """A new organisation, or one that an undone import had brought, taken up again."""
        kind = columns.get("kind") or suggested_kind(record.name) or OrganisationKind.OTHER
        values = name_columns(record.name) | columns | {"kind": kind, "kind_suggested": "kind" not in columns}
        organisation = known or Organisation(created_at=self.work.at)
        for name, value in values.items():
            setattr(organisation, name, value)
        organisation.named_only, organisation.withdrawn_at, organisation.updated_at = False, None, self.work.at
        organisation.save(force_insert=known is None)
        self.named.append(organisation)
        if known is None:
            self.new.add(organisation.pk)
        self.finder.add(organisation.pk, organisation.name, organisation.credit_code)
        after = shortened(stated(values))
        self.work.record("parties.import_organisation", subject(organisation), None, after)
        self._add_names(organisation, record)
        self._add_contact(organisation, record)
        return organisation

    def update(
        self, organisation: Organisation, record: OrganisationRecord, columns: dict[str, Any], *, renames: bool
    ) -> bool:
        """Whether anything changed. Empty cells never empty a column."""
        if "kind" in columns:
            columns = columns | {"kind_suggested": False}
        if renames or organisation.named_only:
            columns = columns | self._names(organisation, record, renames)
        if organisation.named_only:
            columns = columns | {"named_only": False}
        changes: Changes = {
            name: [getattr(organisation, name), value]
            for name, value in columns.items()
            if getattr(organisation, name) != value
        }
        self._write(organisation, changes)
        if names := self._add_names(organisation, record):
            changes[NAMES] = [[], names]
        if contact := self._add_contact(organisation, record):
            changes[CONTACTS] = [[], [contact]]
        self._keep(organisation, changes)
        return bool(changes)

    def _names(self, organisation: Organisation, record: OrganisationRecord, renames: bool) -> dict[str, str]:
        """A list's writing of the name goes before that of a patent file; a new name makes the old one a former."""
        if renames:
            keep_former_name(self.work, organisation, None, self.run.sender[:200])
            self.finder.rename(organisation.pk, organisation.name, record.name)
        elif not self.finder.bears(organisation.pk, record.name):
            return {}
        return name_columns(record.name)

    def _write(self, organisation: Organisation, changes: Changes) -> None:
        if not changes:
            return
        values = {name: after for name, (_, after) in changes.items()}
        Organisation.objects.filter(pk=organisation.pk).update(**values, updated_at=self.work.at)
        for name, value in values.items():
            setattr(organisation, name, value)
        if "name" in values:
            self.named.append(organisation)
        if organisation.credit_code:
            self.finder.add_credit_code(organisation.pk, organisation.credit_code)
        told = {name: pair for name, pair in changes.items() if name not in DERIVED}
        before = shortened({name: pair[0] for name, pair in told.items()})
        after = shortened({name: pair[1] for name, pair in told.items()})
        self.work.record("parties.import_organisation", subject(organisation), before, after)

    def _add_names(self, organisation: Organisation, record: OrganisationRecord) -> list[str]:
        """Names that the row gives beside the present one and that nobody bears; returns those that were new."""
        kinds = OrganisationName.Kind
        given = [(name, kinds.FORMER) for name in record.former_names] + [
            (name, kinds.ALIAS) for name in record.aliases
        ]
        added = [name for name, kind in given if self._add_name(organisation, name, kind)]
        if added:
            self.work.record("parties.import_names", subject(organisation), None, {"names": added})
        return added

    def _add_name(self, organisation: Organisation, name: str, kind: str) -> bool:
        key = organisation_key(name)
        if not key or len(name) > 255 or self.finder.candidates(name):
            return False
        self.names.append(
            OrganisationName(
                organisation=organisation, name=name, name_key=key, kind=kind, source=self.run.sender[:200],
                recorded_at=self.work.at,
            )
        )  # fmt: skip
        self.finder.add_other_name(organisation.pk, name)
        return True

    def _add_contact(self, organisation: Organisation, record: OrganisationRecord) -> str | None:
        details = ContactDetails(record.contact or "", record.phone or "", record.email or "")
        fingerprint = details.fingerprint
        if not fingerprint or (organisation.pk, fingerprint) in self.reachable:
            return None
        self.reachable.add((organisation.pk, fingerprint))
        if organisation.pk not in self.new:
            stored = store_contact(self.work, organisation, details, self.run)
            return None if stored is None else str(stored.public_id)
        contact = contact_row(organisation, details, self.run)
        self.contacts.append(contact)
        record_contact(self.work, contact)
        return str(contact.public_id)

    def _keep(self, organisation: Organisation, changes: Changes) -> None:
        if changes:
            self.revisions.append(
                Revision(
                    subject_type=REVISION, subject_id=organisation.pk, run=self.run,
                    actor_id=self.work.actor.actor_id, recorded_at=self.work.at, changes=changes,
                )
            )  # fmt: skip

    def finish(self) -> None:
        """Write what waits to be written in bulk. A name that was taken back before is in force again."""
        Revision.objects.bulk_create(self.revisions)
        Contact.objects.bulk_create(self.contacts)
        OrganisationName.objects.bulk_create(
            self.names,
            update_conflicts=True,
            unique_fields=["organisation", "name_key", "kind"],
            update_fields=["name", "source", "recorded_at", "withdrawn_at"],
        )
        keep_names(self.named)
        keep_other_names(self.names)
