"""The stock inventory: what is in it, how it was appraised, which tier it is in."""

from zhiqiao.inventory.models.appraisals import Appraisal
from zhiqiao.inventory.models.stock import Inventory, InventoryEntry, Tier, TierDecision

__all__ = ["Appraisal", "Inventory", "InventoryEntry", "Tier", "TierDecision"]
