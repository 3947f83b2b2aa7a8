"""Reading the inventory: what rules need to know, and the first screens an institution wants."""

from zhiqiao.inventory.selectors.entries import current_appraisal, current_decisions, entry_for, entry_to
from zhiqiao.inventory.selectors.lists import (
    DueFee,
    DueFees,
    TierFilter,
    asleep,
    awaiting,
    current_inventory,
    fees_due,
    may_sleep,
    sleepers,
    tiered_list,
)
from zhiqiao.inventory.selectors.overviews import (
    Coverage,
    StockOverview,
    UnknownsByOwner,
    coverage,
    stock_overview,
    unknowns_by_owner,
)

__all__ = [
    "Coverage",
    "DueFee",
    "DueFees",
    "StockOverview",
    "TierFilter",
    "UnknownsByOwner",
    "asleep",
    "awaiting",
    "coverage",
    "current_appraisal",
    "current_decisions",
    "current_inventory",
    "entry_for",
    "entry_to",
    "fees_due",
    "may_sleep",
    "sleepers",
    "stock_overview",
    "tiered_list",
    "unknowns_by_owner",
]
