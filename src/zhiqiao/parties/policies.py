"""Who may do what with organisations, people and their roles."""

from __future__ import annotations

from zhiqiao.kit.permissions import (
    ATTACH,
    COMMENT,
    EVERYONE,
    HISTORY,
    SIGNED_IN,
    VIEW,
    Policy,
    Rule,
    oneself,
    only,
    own,
)
from zhiqiao.kit.permissions import having as those_with
from zhiqiao.kit.roles import Role

BUREAU = only(Role.BUREAU_OFFICER)
CITY = only(Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR)
ADMIN = only(Role.SYSTEM_ADMIN)
MANAGERS = only(Role.HOLDER_MANAGER, Role.SOE_MANAGER, Role.ENTERPRISE_MEMBER, Role.BANK_MEMBER, Role.AGENCY_MEMBER)
HOLDERS = only(Role.HOLDER_MANAGER)
STATE_OWNED = only(Role.SOE_MANAGER)
STAFF = MANAGERS | only(Role.HOLDER_STAFF)
BELOW_ADMIN = frozenset(Role.values) - ADMIN
IN_FORCE_THERE = own("memberships__organisation_id").having(memberships__ended_on=None)
"""People who hold a role in the house today."""

# Name, kind, town and honours of an organisation are public knowledge; how to reach its people is not.
ORGANISATIONS = Policy(
    Rule(VIEW, EVERYONE),
    Rule("view_contacts", CITY),
    Rule("view_contacts", STAFF, own("pk")),
    Rule("register", BUREAU),
    Rule("describe", BUREAU),
    Rule("describe", MANAGERS, own("pk")),
    Rule("rename", BUREAU),
    Rule("change_contacts", BUREAU),
    Rule("change_contacts", MANAGERS, own("pk")),
    Rule("add_alias", BUREAU),
    Rule("add_alias", MANAGERS, own("pk")),
    Rule("merge", BUREAU),
    Rule(HISTORY, CITY),
    Rule(HISTORY, STAFF, own("pk")),
    Rule(COMMENT, BUREAU),
    Rule(ATTACH, BUREAU),
    Rule(ATTACH, MANAGERS, own("pk")),
)

AUDIT = Policy(Rule(VIEW, CITY))

USERS = Policy(
    Rule(VIEW, CITY | ADMIN),
    Rule(VIEW, HOLDERS | STATE_OWNED, IN_FORCE_THERE),
    Rule(VIEW, EVERYONE, oneself("pk")),
    Rule("create", BUREAU | ADMIN | HOLDERS | STATE_OWNED),
    Rule("set_password", ADMIN),
    Rule("set_password", EVERYONE, oneself("pk")),
    Rule("close", ADMIN),
    # Which role to whom is asked of the memberships; this is only whether it is worth asking.
    Rule("grant_some", ADMIN | BUREAU),
    Rule("grant_some", HOLDERS | STATE_OWNED, IN_FORCE_THERE),
    Rule(HISTORY, CITY | ADMIN),
    Rule("choose_pushes", EVERYONE, oneself("pk")),
)

# The administrator runs the installation and hands out every role but to themself; the bureau every one below
# that; an institution's manager the roles of the own house.
MEMBERSHIPS = Policy(
    Rule(VIEW, CITY | ADMIN),
    Rule(VIEW, HOLDERS | STATE_OWNED, own("organisation_id")),
    Rule(VIEW, EVERYONE, oneself("user_id")),
    Rule("grant", ADMIN),
    Rule("grant", BUREAU, those_with(role=BELOW_ADMIN)),
    Rule("grant", HOLDERS, own("organisation_id").having(role=only(Role.HOLDER_MANAGER, Role.HOLDER_STAFF))),
    Rule("grant", STATE_OWNED, own("organisation_id").having(role=only(Role.SOE_MANAGER))),
    Rule("end", ADMIN),
    Rule("end", BUREAU, those_with(role=BELOW_ADMIN)),
    Rule("end", HOLDERS, own("organisation_id").having(role=only(Role.HOLDER_MANAGER, Role.HOLDER_STAFF))),
    Rule("end", STATE_OWNED, own("organisation_id").having(role=only(Role.SOE_MANAGER))),
)

# A key is its owner's own; the administrator may see that it is there and end it, never make one for somebody else.
KEYS = Policy(
    Rule(VIEW, SIGNED_IN, oneself("owner_id")),
    Rule(VIEW, ADMIN),
    Rule(HISTORY, SIGNED_IN, oneself("owner_id")),
    Rule(HISTORY, ADMIN),
    Rule("make", SIGNED_IN, oneself("owner_id")),
    Rule("revoke", SIGNED_IN, oneself("owner_id")),
    Rule("revoke", ADMIN),
)
