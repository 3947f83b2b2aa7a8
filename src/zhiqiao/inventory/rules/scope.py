"""Which patents a stocktaking counts (domain §1.2 item 4): granted by the cutoff, in force, the institution holding
first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from zhiqiao.inventory.rules.facts import ALIVE, DEAD, PENDING, RESTORABLE, UNKNOWN, PatentFacts

IN: Final = "in_stock"
IN_RESTORABLE: Final = "restorable"
STATUS_UNKNOWN: Final = "status_unknown"
GRANT_DAY_UNKNOWN: Final = "grant_day_unknown"
NOT_FIRST_HOLDER: Final = "not_first_holder"
NO_LONGER_HELD: Final = "no_longer_held"
NOT_GRANTED: Final = "not_granted"
ENDED: Final = "ended"
EXPIRED: Final = "expired"
AFTER_CUTOFF: Final = "granted_after_cutoff"
WITHDRAWN: Final = "import_undone"

IN_CODES: Final = frozenset({IN, IN_RESTORABLE, STATUS_UNKNOWN, GRANT_DAY_UNKNOWN})
OUT_CODES: Final = frozenset({NOT_FIRST_HOLDER, NO_LONGER_HELD, NOT_GRANTED, ENDED, EXPIRED, AFTER_CUTOFF, WITHDRAWN})

HELD_CODES: Final = (IN_CODES | OUT_CODES) - {NO_LONGER_HELD, WITHDRAWN}
"""The institution is a holder now, first or not."""


@dataclass(frozen=True, slots=True)
class Scope:
    """In or out, and why. ``in_stock`` with a code other than ``in_stock`` needs somebody to look."""

    in_stock: bool
    code: str


def scope_of(facts: PatentFacts, cutoff: date, *, first_holder: bool) -> Scope:
    """Whether the patent counts at the cutoff.

    A patent whose status or day of grant nobody told counts in, under a code of its own: leaving it out would
    flatter every coverage rate. What surely began after the cutoff belongs to the rolling stock.
    """
    code = _out(facts, cutoff) or (None if first_holder else NOT_FIRST_HOLDER) or _in(facts, cutoff)
    return Scope(code in IN_CODES, code)


def _out(facts: PatentFacts, cutoff: date) -> str | None:
    if facts.expires_on is not None and facts.expires_on <= cutoff:
        return EXPIRED
    if facts.status_group == DEAD:
        return EXPIRED if "expir" in facts.status_phase else ENDED
    if facts.status_group == PENDING:
        return NOT_GRANTED
    # Nothing is granted before it is filed, so a filing after the cutoff settles it without the day of grant.
    begun = facts.granted_on or facts.filed_on
    return AFTER_CUTOFF if begun is not None and begun > cutoff else None


def _in(facts: PatentFacts, cutoff: date) -> str:
    if facts.status_group == UNKNOWN:
        return STATUS_UNKNOWN
    if facts.granted_on is None and not _alive_by(facts, cutoff):
        return GRANT_DAY_UNKNOWN
    return IN_RESTORABLE if facts.status_group == RESTORABLE else IN


def _alive_by(facts: PatentFacts, cutoff: date) -> bool:
    """In force on a day not after the cutoff, so granted by then whatever the day was."""
    return facts.status_group == ALIVE and facts.status_as_of is not None and facts.status_as_of <= cutoff
