"""Whom to reach in an organisation. Personal values: encrypted at rest, and in the trail only which were given.

A contact is never altered, only added and withdrawn, so its own row says what the trail leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass

from zhiqiao.core.audit import Subject, Work, unit_of_work
from zhiqiao.core.encryption import blind_index
from zhiqiao.core.models import ImportRun
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kernel.text import clean_line
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.models import Contact, Organisation
from zhiqiao.parties.policies import ORGANISATIONS


@dataclass(frozen=True)
class ContactDetails:
    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def told(self) -> dict[str, str]:
        return {key: clean_line(value) for key, value in vars(self).items()}

    @property
    def fingerprint(self) -> str:
        """Empty where nothing is stated."""
        told = self.told
        return blind_index("contact", "\x00".join(told.values())) if any(told.values()) else ""


def add_contact(*, actor: Actor, organisation: Organisation, details: ContactDetails) -> Contact:
    """Raises ``contact_empty``, ``contact_known``."""
    with unit_of_work(actor) as work:
        ORGANISATIONS.require(actor, "change_contacts", organisation)
        if not details.fingerprint:
            raise Invalid("contact_empty")
        contact = store_contact(work, organisation, details, None)
        if contact is None:
            raise Conflict("contact_known")
        return contact


def store_contact(
    work: Work, organisation: Organisation, details: ContactDetails, run: ImportRun | None
) -> Contact | None:
    """None where the organisation has this contact already; one that was withdrawn is in force again."""
    contact = organisation.contacts.filter(fingerprint=details.fingerprint).first()
    if contact is None:
        contact = contact_row(organisation, details, run)
        contact.save(force_insert=True)
    elif contact.withdrawn_at is None:
        return None
    else:
        Contact.objects.filter(pk=contact.pk).update(withdrawn_at=None, run=run)
        contact.withdrawn_at = None
    record_contact(work, contact)
    return contact


def contact_row(organisation: Organisation, details: ContactDetails, run: ImportRun | None) -> Contact:
    """Not stored yet."""
    return Contact(organisation=organisation, fingerprint=details.fingerprint, run=run, **details.told)


def record_contact(work: Work, contact: Contact) -> None:
    given = [key for key in ("name", "phone", "email") if getattr(contact, key)]
    after = {"organisation": str(contact.organisation.public_id), "given": given}
    work.record("parties.add_contact", subject(contact), None, after)


def withdraw_contact(*, actor: Actor, contact: Contact) -> Contact:
    with unit_of_work(actor) as work:
        ORGANISATIONS.require(actor, "change_contacts", contact.organisation)
        if Contact.objects.filter(pk=contact.pk, withdrawn_at=None).update(withdrawn_at=work.at) != 1:
            raise Conflict("contact_withdrawn")
        contact.withdrawn_at = work.at
        work.record("parties.withdraw_contact", subject(contact), {}, None)
        return contact


def subject(contact: Contact) -> Subject:
    return Subject("parties.contact", str(contact.public_id))
