"""Who may do what with webhooks: each person with their own; the administrator sees all and can switch them off."""

from __future__ import annotations

from zhiqiao.kit.permissions import SIGNED_IN, VIEW, Policy, Rule, oneself, only
from zhiqiao.kit.roles import Role

ADMIN = only(Role.SYSTEM_ADMIN)
OWN = oneself("owner_id")
OF_OWN_ENDPOINT = oneself("endpoint__owner_id")

ENDPOINTS = Policy(
    Rule(VIEW, SIGNED_IN, OWN),
    Rule(VIEW, ADMIN),
    Rule("view_history", SIGNED_IN, OWN),
    Rule("view_history", ADMIN),
    Rule("add", SIGNED_IN, OWN),
    Rule("change", SIGNED_IN, OWN),
    Rule("rotate", SIGNED_IN, OWN),
    Rule("test", SIGNED_IN, OWN),
    Rule("switch_on", SIGNED_IN, OWN),
    Rule("switch_off", SIGNED_IN, OWN),
    Rule("switch_off", ADMIN),
)

DELIVERIES = Policy(
    Rule(VIEW, SIGNED_IN, OF_OWN_ENDPOINT),
    Rule(VIEW, ADMIN),
    Rule("view_history", SIGNED_IN, OF_OWN_ENDPOINT),
    Rule("view_history", ADMIN),
    Rule("redeliver", SIGNED_IN, OF_OWN_ENDPOINT),
)
