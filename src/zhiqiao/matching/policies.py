"""Who sees which matches: who sees the need sees its matches, patent by patent as far as each is visible."""

from __future__ import annotations

from zhiqiao.kit.permissions import VIEW, Policy, Rule, only, own
from zhiqiao.kit.roles import Role

CITY = only(Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR, Role.CENTRE_OPERATOR)
HOLDERS = only(Role.HOLDER_MANAGER, Role.HOLDER_STAFF, Role.SOE_MANAGER)

# A suggestion to push is the city's and the holder's; the organisation it names sees it once it is pushed.
PUSHES = Policy(
    Rule(VIEW, CITY),
    Rule(VIEW, HOLDERS, own("patent__holdings__standing_id")),
)
