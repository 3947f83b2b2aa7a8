"""Two records of one organisation, or two organisations become one: the absorbed record stays as a signpost."""

from __future__ import annotations

from django.utils import timezone

from zhiqiao.core.audit import Subject, Work, unit_of_work
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kernel.text import clean_text
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actions.contacts import ContactDetails, store_contact
from zhiqiao.parties.actions.memberships import start_membership
from zhiqiao.parties.actions.organisations import keep_other_names, subject
from zhiqiao.parties.models import LIVING, Membership, Organisation, OrganisationName
from zhiqiao.parties.policies import ORGANISATIONS

MERGED = "parties.merged"
"""Outbox queue; payload {"from": private key, "to": private key}: rooms above relink what they hold."""


def merge_organisations(*, actor: Actor, absorbed: Organisation, survivor: Organisation, reason: str) -> Organisation:
    """The absorbed record redirects to the survivor, which takes over its names, its people, whom to reach
    there, and its credit code where it has none itself. Returns the survivor.

    Raises ``merge_reason_missing``, ``merge_into_itself``, ``already_merged`` (either is a signpost already, so no
    ring of signposts can come about).
    """
    with unit_of_work(actor) as work:
        ORGANISATIONS.require(actor, "merge", absorbed)
        ORGANISATIONS.require(actor, "merge", survivor)
        why = clean_text(reason)
        if not why:
            raise Invalid("merge_reason_missing")
        if absorbed.pk == survivor.pk:
            raise Conflict("merge_into_itself")
        _hold_both(work, absorbed, survivor)
        Organisation.objects.filter(pk=absorbed.pk).update(merged_into=survivor)
        _hand_over_code(work, absorbed, survivor)
        _carry_names(work, absorbed, survivor)
        _carry_contacts(work, absorbed, survivor)
        _move_people(work, absorbed, survivor)
        after = {"merged_into": str(survivor.public_id), "reason": why}
        work.record("parties.merge_organisations", subject(absorbed), {"merged_into": None}, after)
        work.emit(MERGED, **{"from": absorbed.pk, "to": survivor.pk})
        absorbed.refresh_from_db()
        survivor.refresh_from_db()
        return survivor


def _hold_both(work: Work, *organisations: Organisation) -> None:
    """Write to both rows, lowest key first, while both live: of two merges at once that share a record, the second
    waits here and then finds it gone. A mere look would let A → B and B → A both pass on PostgreSQL."""
    for organisation in sorted(organisations, key=lambda each: each.pk):
        living = Organisation.objects.filter(LIVING, pk=organisation.pk)
        if living.update(updated_at=work.at) != 1:
            raise Conflict("already_merged", organisation=str(organisation.public_id))


def _hand_over_code(work: Work, absorbed: Organisation, survivor: Organisation) -> None:
    codes = dict(Organisation.objects.filter(pk__in=(absorbed.pk, survivor.pk)).values_list("pk", "credit_code"))
    code = codes[absorbed.pk]
    if code is None or codes[survivor.pk] is not None:
        return
    # First away, then in: a code belongs to one record at any moment.
    Organisation.objects.filter(pk=absorbed.pk).update(credit_code=None)
    Organisation.objects.filter(pk=survivor.pk).update(credit_code=code, named_only=False)
    for organisation, before, after in ((absorbed, code, None), (survivor, None, code)):
        work.record("parties.hand_over_code", subject(organisation), {"credit_code": before}, {"credit_code": after})


def _carry_names(work: Work, absorbed: Organisation, survivor: Organisation) -> None:
    """The survivor is found under all names of the absorbed one, whose own present name becomes an alias."""
    carried = [
        OrganisationName(
            name=each.name, name_key=each.name_key, kind=each.kind, valid_from=each.valid_from,
            valid_to=each.valid_to, source=each.source,
        )
        for each in absorbed.names.filter(withdrawn_at=None)
    ]  # fmt: skip
    alias = OrganisationName.Kind.ALIAS
    carried.append(OrganisationName(name=absorbed.name, name_key=absorbed.name_key, kind=alias, source="merge"))
    known = set(survivor.names.filter(withdrawn_at=None).values_list("name_key", flat=True)) | {survivor.name_key}
    fresh = {each.name_key: each for each in reversed(carried) if each.name_key not in known}
    for each in fresh.values():
        each.organisation, each.recorded_at = survivor, work.at
    # One that the survivor once had and that was taken back is in force again.
    OrganisationName.objects.bulk_create(
        fresh.values(),
        update_conflicts=True,
        unique_fields=["organisation", "name_key", "kind"],
        update_fields=["name", "valid_from", "valid_to", "source", "recorded_at", "withdrawn_at"],
    )
    keep_other_names(fresh.values())
    if fresh:
        work.record("parties.carry_names", subject(survivor), None, {"names": sorted(n.name for n in fresh.values())})


def _carry_contacts(work: Work, absorbed: Organisation, survivor: Organisation) -> None:
    for contact in absorbed.contacts.filter(withdrawn_at=None).select_related("run").order_by("id"):
        store_contact(work, survivor, ContactDetails(contact.name, contact.phone, contact.email), contact.run)


def _move_people(work: Work, absorbed: Organisation, survivor: Organisation) -> None:
    """A role in force ends in the absorbed organisation today and goes on in the survivor from today."""
    today = timezone.localdate()
    moving = list(Membership.objects.filter(organisation=absorbed, ended_on=None).select_related("user"))
    for membership in moving:
        start_membership(membership.user, survivor, membership.role, today)
        person = Subject("parties.user", str(membership.user.public_id))
        place = {"role": membership.role}
        work.record(
            "parties.move_membership",
            person,
            {**place, "organisation": str(absorbed.public_id)},
            {**place, "organisation": str(survivor.public_id)},
        )
    Membership.objects.filter(pk__in=[each.pk for each in moving]).update(ended_on=today)
