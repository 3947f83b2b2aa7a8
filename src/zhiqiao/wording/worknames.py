"""Names of long work: its kinds, its stages, what it counts, what the clock asks for."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORK_NAMES: Final[dict[str, str | Promise]] = {
    # kinds
    "import": _("Import of files"), "appraise": _("Appraisal and tiers"), "stock": _("Stock taken anew"),
    "verify_audit": _("Check of the audit trail"), "check_index": _("Check of the search index"),
    # schedules
    "nightly_stock": _("Stock taken anew, every night"), "nightly_audit": _("Check of the audit trail, every night"),
    "weekly_index": _("Check of the search index, every week"),
    # stages
    "reading": _("Reading"), "take_stock": _("Taking stock"), "suggest_tiers": _("Suggesting tiers"),
    "check_index_patents": _("Comparing patents"), "check_index_needs": _("Comparing needs"),
    # what is counted and told
    "rows": _("Rows"), "appraised": _("Appraised anew"), "without_total": _("Too little evidence for a total"),
    "tiers_written": _("Tiers suggested anew"), "inventory": _("Stocktaking"), "import_number": _("Import"),
    "blocks": _("Blocks"), "sealed": _("Entries sealed"), "unsealed": _("Entries not sealed yet"),
    "head": _("Head of the chain"), "patents_checked": _("Patents compared"), "needs_checked": _("Needs compared"),
}  # fmt: skip
