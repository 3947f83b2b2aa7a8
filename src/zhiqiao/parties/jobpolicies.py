"""Who may see and do what with long work and with its schedules."""

from __future__ import annotations

from zhiqiao.kit.permissions import HISTORY, SIGNED_IN, VIEW, Policy, Rule, asked_by_oneself
from zhiqiao.parties.policies import ADMIN, BUREAU, CITY

VIEW_CONTENT = "view_content"
CANCEL = "cancel"
RETRY = "retry"
SWITCH = "switch"
CHANGE = "change"
RUN = "run"
OWN = asked_by_oneself("actor_id")

# The administrator keeps the work going and sees that it goes; what it was asked with and what came of it can hold
# records, which an operator does not see (Network Data Security Regulations art. 16).
JOBS = Policy(
    Rule(VIEW, CITY | ADMIN),
    Rule(VIEW, SIGNED_IN, OWN),
    Rule(VIEW_CONTENT, CITY),
    Rule(VIEW_CONTENT, SIGNED_IN, OWN),
    Rule(CANCEL, BUREAU | ADMIN),
    Rule(CANCEL, SIGNED_IN, OWN),
    Rule(RETRY, BUREAU | ADMIN),
    Rule(RETRY, SIGNED_IN, OWN),
    Rule(HISTORY, CITY),
)

SCHEDULES = Policy(
    Rule(VIEW, CITY | ADMIN),
    Rule(SWITCH, BUREAU | ADMIN),
    Rule(CHANGE, BUREAU | ADMIN),
    Rule(RUN, BUREAU | ADMIN),
    Rule(HISTORY, CITY | ADMIN),
)
