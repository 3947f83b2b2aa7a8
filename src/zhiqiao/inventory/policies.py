"""Who may do what in the inventory: institutions with their own patents, the bureau with the whole city."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zhiqiao.inventory.rules.scope import HELD_CODES
from zhiqiao.inventory.states import BUREAU, ENTRY_STATES, FILERS, SCHOOL
from zhiqiao.kit.permissions import ATTACH, COMMENT, HISTORY, VIEW, Policy, Rule, having, only, own
from zhiqiao.kit.roles import Role

TAKE_STOCK: Final = "take_stock"
APPRAISE: Final = "appraise"
SUGGEST_TIERS: Final = "suggest_tiers"
FREEZE: Final = "freeze"
CORRECT: Final = "correct"
CONFIRM_TIER: Final = "confirm_tier"

_CITY: Final = only(Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR)
_OFFICERS: Final = only(Role.BUREAU_OFFICER)


def move_verb(name: str) -> str:
    """The verb under which a move of the state table is permitted."""
    return f"move:{name}"


def _moves() -> Iterator[Rule]:
    for move in ENTRY_STATES.transitions:
        if holders := move.who & FILERS:
            yield Rule(move_verb(move.name), holders, own("organisation_id"))
        if officers := move.who & BUREAU:
            yield Rule(move_verb(move.name), officers)


# An undone import leaves no trace on the screens. What an institution holds it sees even before publication; what it
# held once, only as everybody may.
_STANDING: Final = {"patent__withdrawn_at": None}

ENTRIES: Final = Policy(
    Rule(VIEW, _CITY, having(**_STANDING)),
    Rule(VIEW, FILERS, own("organisation_id").having(patent__public=True, **_STANDING)),
    Rule(VIEW, FILERS, own("organisation_id").having(scope_code=HELD_CODES, **_STANDING)),
    Rule(CORRECT, FILERS, own("organisation_id")),
    Rule(CONFIRM_TIER, _OFFICERS),
    Rule(CONFIRM_TIER, SCHOOL, own("organisation_id")),
    Rule(TAKE_STOCK, _OFFICERS),
    Rule(SUGGEST_TIERS, _OFFICERS),
    Rule(HISTORY, _CITY, having(**_STANDING)),
    Rule(HISTORY, FILERS, own("organisation_id")),
    Rule(COMMENT, _OFFICERS),
    Rule(COMMENT, FILERS, own("organisation_id")),
    Rule(ATTACH, _OFFICERS),
    Rule(ATTACH, FILERS, own("organisation_id")),
    *_moves(),
)

APPRAISALS: Final = Policy(
    Rule(VIEW, _CITY, having(**_STANDING)),
    Rule(VIEW, FILERS, own("patent__holdings__standing_id").having(**_STANDING)),
    Rule(APPRAISE, _OFFICERS),
)

INVENTORIES: Final = Policy(
    Rule(VIEW, _CITY | FILERS),
    Rule(FREEZE, _OFFICERS),
)
