"""Who may do what with needs. The private layer is the firm's own: not even the bureau reads it by default."""

from __future__ import annotations

from zhiqiao.kit.permissions import ATTACH, COMMENT, EVERYONE, HISTORY, VIEW, Policy, Rule, having, only, own
from zhiqiao.kit.roles import Role

CITY = only(Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR)
OFFICERS = only(Role.BUREAU_OFFICER, Role.CENTRE_OPERATOR)
FIRMS = only(
    Role.ENTERPRISE_MEMBER,
    Role.SOE_MANAGER,
    Role.HOLDER_MANAGER,
    Role.HOLDER_STAFF,
    Role.BANK_MEMBER,
    Role.AGENCY_MEMBER,
)
STATING = only(Role.ENTERPRISE_MEMBER, Role.SOE_MANAGER)
STANDING = {"withdrawn_at": None}

NEEDS = Policy(
    Rule(VIEW, EVERYONE, having(published=True, **STANDING)),
    Rule(VIEW, CITY | OFFICERS, having(**STANDING)),
    Rule(VIEW, FIRMS, own("organisation_id").having(**STANDING)),
    Rule("view_private", FIRMS, own("organisation_id").having(**STANDING)),
    Rule("state", OFFICERS),
    Rule("state", STATING, own("organisation_id")),
    Rule("change", OFFICERS, having(**STANDING)),
    Rule("change", STATING, own("organisation_id").having(**STANDING)),
    Rule("match", OFFICERS, having(**STANDING)),
    Rule("match", FIRMS, own("organisation_id").having(**STANDING)),
    Rule("import", OFFICERS),
    Rule(HISTORY, CITY | OFFICERS, having(**STANDING)),
    Rule(HISTORY, FIRMS, own("organisation_id").having(**STANDING)),
    Rule(COMMENT, OFFICERS, having(**STANDING)),
    Rule(COMMENT, FIRMS, own("organisation_id").having(**STANDING)),
    Rule(ATTACH, OFFICERS, having(**STANDING)),
    Rule(ATTACH, FIRMS, own("organisation_id").having(**STANDING)),
)
