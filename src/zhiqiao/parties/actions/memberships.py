"""Roles that people hold in organisations: granted, ended, never erased."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.conflicts import taken_means
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models import Membership, Organisation, User
from zhiqiao.parties.policies import MEMBERSHIPS, USERS
from zhiqiao.parties.roles import KINDS_OF_ROLE


def grant_role(*, actor: Actor, user: User, organisation: Organisation, role: str) -> Membership:
    """The person holds the role in the organisation from today on.

    Raises ``role_unknown``, ``role_not_for_kind``, ``organisation_gone``, ``role_held``,
    ``grant_to_oneself`` (nobody raises themself), ``user_closed``.
    """
    with unit_of_work(actor) as work:
        _require_grant(actor, user, organisation, role)
        if not user.is_active:
            raise Conflict("user_closed")
        if organisation.merged_into_id is not None or organisation.withdrawn_at is not None:
            raise Conflict("organisation_gone", organisation=str(organisation.public_id))
        if organisation.kind not in KINDS_OF_ROLE[role]:
            raise Invalid("role_not_for_kind", role=role, kind=organisation.kind)
        if user.memberships.filter(organisation=organisation, role=role, ended_on=None).exists():
            raise Conflict("role_held", role=role)
        membership = start_membership(user, organisation, role, timezone.localdate())
        work.record("parties.grant_role", _subject(user), None, _place(membership))
        return membership


def _require_grant(actor: Actor, user: User, organisation: Organisation, role: str) -> None:
    if role not in Role.values:
        raise Invalid("role_unknown", given=role)
    draft = Membership(user=user, organisation=organisation, role=role)
    if not MEMBERSHIPS.may(actor, "grant", draft):
        raise Forbidden(verb="grant", role=role)
    if actor.user_key == user.pk:
        raise Forbidden("grant_to_oneself")
    # A manager may take in somebody new, but not reach for the people of another house.
    if not USERS.may(actor, "view", user) and user.memberships.exists():
        raise NotFound


def start_membership(user: User, organisation: Organisation, role: str, day: date) -> Membership:
    """In force from that day; one that is in force stays as it is, one that began and ended that day is open again."""
    held = Membership.objects.filter(user=user, organisation=organisation, role=role)
    open_again = held.filter(started_on=day)
    if (membership := held.filter(ended_on=None).first() or open_again.first()) is not None:
        if membership.ended_on is not None:
            open_again.update(ended_on=None)
            membership.ended_on = None
        return membership
    with taken_means("role_held", role=role):  # granted by somebody else at the same moment
        return Membership.objects.create(user=user, organisation=organisation, role=role, started_on=day)


def end_role(*, actor: Actor, membership: Membership) -> Membership:
    """The role ends today. Raises ``role_ended``, and ``last_administrator`` for the only one left."""
    with unit_of_work(actor) as work:
        MEMBERSHIPS.require(actor, "end", membership)
        if membership.role == Role.SYSTEM_ADMIN and not _other_administrators(membership):
            raise Conflict("last_administrator")
        today = timezone.localdate()
        if Membership.objects.filter(pk=membership.pk, ended_on=None).update(ended_on=today) != 1:
            raise Conflict("role_ended")
        membership.ended_on = today
        work.record("parties.end_role", _subject(membership.user), _place(membership), None)
        return membership


def _other_administrators(membership: Membership) -> bool:
    in_force = Membership.objects.filter(role=Role.SYSTEM_ADMIN, ended_on=None, user__is_active=True)
    return in_force.exclude(user_id=membership.user_id).exists()


def _subject(user: User) -> Subject:
    return Subject("parties.user", str(user.public_id))


def _place(membership: Membership) -> dict[str, str]:
    return {"organisation": str(membership.organisation.public_id), "role": membership.role}
