"""What happens in the inventory, one function a thing that happens."""

from zhiqiao.inventory.actions.appraisals import AppraisalReport, appraise_patents
from zhiqiao.inventory.actions.entries import EntryCorrection, correct_entry, move_entry, record_replies
from zhiqiao.inventory.actions.relinking import relink_entries
from zhiqiao.inventory.actions.stock import StockReport, freeze_inventory, take_stock, yearly_inventory
from zhiqiao.inventory.actions.tiers import TierReport, confirm_tier, suggest_tiers

__all__ = [
    "AppraisalReport",
    "EntryCorrection",
    "StockReport",
    "TierReport",
    "appraise_patents",
    "confirm_tier",
    "correct_entry",
    "freeze_inventory",
    "move_entry",
    "record_replies",
    "relink_entries",
    "suggest_tiers",
    "take_stock",
    "yearly_inventory",
]
