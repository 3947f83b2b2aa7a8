"""Who may see and do what in the register of patents."""

from __future__ import annotations

from zhiqiao.kit.permissions import ATTACH, COMMENT, EVERYONE, HISTORY, VIEW, Policy, Rule, having, only, own
from zhiqiao.kit.roles import Role

CITY = only(Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR)
BUREAU = only(Role.BUREAU_OFFICER)
HOLDERS = only(
    Role.HOLDER_MANAGER,
    Role.HOLDER_STAFF,
    Role.SOE_MANAGER,
    Role.ENTERPRISE_MEMBER,
    Role.BANK_MEMBER,
    Role.AGENCY_MEMBER,
)
# An enterprise looks for patents; whom its own could be pushed to is not for it to ask.
PUSHING = HOLDERS - only(Role.ENTERPRISE_MEMBER)
IMPORTERS = only(Role.HOLDER_MANAGER, Role.SOE_MANAGER, Role.CENTRE_OPERATOR)
STANDING = {"withdrawn_at": None}

# What is published is everybody's; an application not yet published is its holders' and the city's.
PATENTS = Policy(
    Rule(VIEW, EVERYONE, having(public=True, **STANDING)),
    Rule(VIEW, CITY, having(**STANDING)),
    Rule(VIEW, HOLDERS, own("holdings__standing_id").having(**STANDING)),
    Rule("view_statement", CITY, having(**STANDING)),
    Rule("view_statement", HOLDERS, own("holdings__standing_id").having(**STANDING)),
    Rule("push", BUREAU | only(Role.CENTRE_OPERATOR), having(**STANDING)),
    Rule("push", PUSHING, own("holdings__standing_id").having(**STANDING)),
    Rule("import", BUREAU | IMPORTERS),
    Rule(HISTORY, CITY, having(**STANDING)),
    Rule(HISTORY, HOLDERS, own("holdings__standing_id").having(**STANDING)),
    Rule(COMMENT, BUREAU, having(**STANDING)),
    Rule(COMMENT, HOLDERS, own("holdings__standing_id").having(**STANDING)),
    Rule(ATTACH, BUREAU, having(**STANDING)),
    Rule(ATTACH, HOLDERS, own("holdings__standing_id").having(**STANDING)),
)

# Asking prices and the like are the house's that declared them, as long as it holds the patent (``view_statement``).
STATEMENTS = Policy(
    Rule(VIEW, CITY),
    Rule(VIEW, HOLDERS, own("organisation_id")),
)

# A run is its sender's and the city's.
IMPORTS = Policy(
    Rule(VIEW, CITY),
    Rule(VIEW, IMPORTERS, own("organisation_id")),
    Rule("start", BUREAU),
    Rule("start", IMPORTERS, own("organisation_id")),
    Rule("stop", BUREAU),
    Rule("stop", IMPORTERS, own("organisation_id")),
    Rule("undo", BUREAU),
    Rule("undo", IMPORTERS, own("organisation_id")),
    Rule(HISTORY, CITY),
    Rule(HISTORY, IMPORTERS, own("organisation_id")),
    Rule(COMMENT, BUREAU),
    Rule(COMMENT, IMPORTERS, own("organisation_id")),
    Rule(ATTACH, BUREAU),
    Rule(ATTACH, IMPORTERS, own("organisation_id")),
)
