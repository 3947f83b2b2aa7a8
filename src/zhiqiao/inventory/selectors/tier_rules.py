"""The tier rules that this installation goes by."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from zhiqiao.inventory.rules.tiers import BrokenRules, TierRules, read_rules, shipped_rules


def rules_in_force() -> TierRules:
    """The table that ``settings.ZHIQIAO_TIER_RULES`` names, else the shipped one. Read once a process.

    Raises ``BrokenRules``, also ``tier_rules_unreadable`` where there is no such file.
    """
    path = getattr(settings, "ZHIQIAO_TIER_RULES", None)
    return _read(str(path)) if path else shipped_rules()


@lru_cache(maxsize=4)
def _read(path: str) -> TierRules:
    try:
        return read_rules(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenRules("tier_rules_unreadable", path=path) from error
