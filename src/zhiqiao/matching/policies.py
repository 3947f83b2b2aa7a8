"""Who sees which matches: who sees the need sees its matches, patent by patent as far as each is visible."""

from __future__ import annotations

from dataclasses import replace

from zhiqiao.kit.permissions import HISTORY, VIEW, Policy, Rule, Scope, only, own
from zhiqiao.kit.roles import Role

CITY = only(Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR, Role.CENTRE_OPERATOR)
OFFICERS = only(Role.BUREAU_OFFICER, Role.CENTRE_OPERATOR)
HOLDERS = only(Role.HOLDER_MANAGER, Role.HOLDER_STAFF, Role.SOE_MANAGER)
ADDRESSEES = HOLDERS | only(Role.ENTERPRISE_MEMBER)
ANSWERING = ADDRESSEES - only(Role.HOLDER_STAFF)

# A suggestion to push is the city's and the holder's; the organisation it names sees it once it is pushed.
SUGGESTIONS = Policy(
    Rule(VIEW, CITY),
    Rule(VIEW, HOLDERS, own("patent__holdings__standing_id")),
)

# What is pushed is published: a push tells an organisation of a patent, never of one that it may not read.
SHOWN = Scope(each="patent").having(patent__public=True, patent__withdrawn_at=None)
OF_OWN_PATENT = replace(SHOWN, organisation="patent__holdings__standing_id")
TO_ONESELF = replace(SHOWN, organisation="organisation_id")
PUSHES = Policy(
    Rule(VIEW, CITY, SHOWN),
    Rule(VIEW, HOLDERS, OF_OWN_PATENT),
    Rule(VIEW, ADDRESSEES, TO_ONESELF),
    Rule("push", OFFICERS),
    Rule("push", HOLDERS, OF_OWN_PATENT),
    Rule("answer", ANSWERING, TO_ONESELF),
    Rule("withdraw", OFFICERS, SHOWN),
    Rule("withdraw", HOLDERS, OF_OWN_PATENT),
    Rule("correct", only(Role.BUREAU_OFFICER), SHOWN),
    Rule("correct", ANSWERING, TO_ONESELF),
    Rule(HISTORY, CITY, SHOWN),
)

# What the ranking holds about an organisation is the organisation's to see and to correct; the bureau answers for the
# ranking and sees it too.
PROFILES = Policy(
    Rule(VIEW, only(Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR)),
    Rule(VIEW, ADDRESSEES, own("pk")),
    Rule("correct_profile", ANSWERING, own("pk")),
)

# The ranking is one for all: whoever answers for it lets a new version serve, or the former one again.
RANKING = Policy(Rule("learn", only(Role.BUREAU_OFFICER, Role.SYSTEM_ADMIN)))
