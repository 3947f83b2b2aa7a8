"""Whom to reach in an organisation. Personal values: encrypted at rest, by commitment alone in the trail."""

from __future__ import annotations

from dataclasses import dataclass

from zhiqiao.core.audit import Subject, Work, personal, unit_of_work
from zhiqiao.core.encryption import blind_index
from zhiqiao.core.models import ImportRun
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kernel.text import clean_line
from zhiqiao.parties.actors import Actor
from zhiqiao.parties.models import Contact, Organisation
from zhiqiao.parties.policies import ORGANISATIONS


@dataclass(frozen=True)
class ContactDetails:
    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def fingerprint(self) -> str:
        """Empty where nothing is stated."""
        told = [clean_line(value) for value in (self.name, self.phone, self.email)]
        return blind_index("contact", "\x00".join(told)) if any(told) else ""


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
    told = {key: clean_line(getattr(details, key)) for key in ("name", "phone", "email")}
    known = organisation.contacts.filter(fingerprint=details.fingerprint).first()
    if known is not None and known.withdrawn_at is None:
        return None
    if known is not None:
        Contact.objects.filter(pk=known.pk).update(withdrawn_at=None, run=run)
        known.withdrawn_at = None
        contact = known
    else:
        contact = Contact.objects.create(organisation=organisation, fingerprint=details.fingerprint, run=run, **told)
    after = {key: personal(value) for key, value in told.items() if value}
    work.record("parties.add_contact", subject(contact), None, after)
    return contact


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
