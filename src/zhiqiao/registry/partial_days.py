"""Days that a file told only to the month or the year."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhiqiao.registry.models import Patent


def partial_day(patent: Patent, name: str) -> str:
    """Empty where the file told the whole day, or nothing."""
    if getattr(patent, name) is not None:
        return ""
    told = str(patent.extra.get(f"partial.{name}") or "")
    if not told:
        return ""
    return (_("%(day)s (month only)") if len(told) > 4 else _("%(day)s (year only)")) % {"day": told}
