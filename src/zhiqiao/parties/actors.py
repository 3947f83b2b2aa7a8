"""Who a signed-in person is to the rules: their memberships in force today."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models import Membership, User


def actor_for(user: User) -> Actor:
    """The person's memberships in force today."""
    held: dict[int, set[str]] = {}
    memberships = Membership.objects.filter(user=user, ended_on__isnull=True, organisation__merged_into=None)
    for organisation, role in memberships.values_list("organisation_id", "role"):
        held.setdefault(organisation, set()).add(role)
    return Actor(
        actor_id=str(user.public_id),
        actor_name=user.display_name,
        user_key=user.pk,
        roles={key: frozenset(roles) for key, roles in held.items()},
    )


def actor_named(actor_id: str) -> Actor:
    """The person of that public id with the rights of this moment; nobody's rights for one who cannot log in any more,
    and for ids that are no person's but the command line's, which acts as operator."""
    kind, _, name = actor_id.partition(":")
    if kind == "console" and name:
        return operator(name)
    try:
        user = User.objects.filter(public_id=UUID(actor_id), is_active=True).first()
    except ValueError:
        user = None
    return actor_for(user) if user else Actor(actor_id=actor_id, actor_name="")


def operator(name: str) -> Actor:
    """The person at the installation's own command line: acts for the bureau's whole city and makes the log-ins."""
    roles = frozenset({Role.BUREAU_OFFICER, Role.SYSTEM_ADMIN})
    return Actor(actor_id=f"console:{name}", actor_name=f"命令行 · {name}", roles={0: roles})


def operator_for(user: User, name: str) -> Actor:
    """The person at the command line doing what this log-in may do, no more; the trail names the command line."""
    console = operator(name)
    return replace(actor_for(user), actor_id=console.actor_id, actor_name=console.actor_name)
