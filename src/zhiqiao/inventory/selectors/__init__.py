"""Reading the inventory: what rules need to know, and the first screens an institution wants."""

from zhiqiao.inventory.selectors.lists import (
    TierFilter,
    current_inventory,
    fees_due,
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
    "StockOverview",
    "TierFilter",
    "UnknownsByOwner",
    "coverage",
    "current_inventory",
    "fees_due",
    "sleepers",
    "stock_overview",
    "tiered_list",
    "unknowns_by_owner",
]
