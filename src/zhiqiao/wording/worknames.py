"""Long work in words: its kinds, its stages, what it counts, what the clock asks for, and why it stopped."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORK_NAMES: Final[dict[str, str | Promise]] = {
    # kinds
    "import": _("Import of files"), "appraise": _("Appraisal and tiers"), "stock": _("Stock taken anew"),
    "verify_audit": _("Check of the audit trail"), "check_index": _("Check of the search index"),
    "bulk_move": _("One step for many records"), "learn": _("Learning from replies and deals"),
    # schedules
    "nightly_stock": _("Stock taken anew, every night"), "nightly_audit": _("Check of the audit trail, every night"),
    "weekly_index": _("Check of the search index, every week"),
    "monthly_learning": _("Learning from replies and deals, every month"),
    # stages
    "reading": _("Reading"), "take_stock": _("Taking stock"), "suggest_tiers": _("Suggesting tiers"),
    "check_index_patents": _("Comparing patents"), "check_index_needs": _("Comparing needs"),
    "looking_at_replies": _("Looking at replies"), "looking_at_sample": _("Looking at the frozen set"),
    # what is counted and told
    "judged": _("Judged pairs learnt from"), "judged_by_deals": _("Of these by deals"),
    "least": _("Judged pairs needed at least"),
    "version": _("Version of the ranking"), "serves": _("Serves from now on"),
    "moved": _("Records that took the step"),
    "rows": _("Rows"), "appraised": _("Appraised anew"), "without_total": _("Too little evidence for a total"),
    "tiers_written": _("Tiers suggested anew"), "inventory": _("Stocktaking"), "import_number": _("Import"),
    "blocks": _("Blocks"), "sealed": _("Entries sealed"), "unsealed": _("Entries not sealed yet"),
    "head": _("Head of the chain"), "patents_checked": _("Patents compared"), "needs_checked": _("Needs compared"),
}  # fmt: skip
STOPPED: Final[dict[str, str | Promise]] = {
    "worker_lost": _("The process at work ended several times without a word. Tell the administrator, then try again."),
    "job_broken": _("A defect stopped the work. Tell the administrator the code; the log has the details."),
    "job_kind_unknown": _("This installation no longer does this kind of work."),
    "lease_lost": _("Another process has taken this over."),
    "audit_broken": _("The audit trail does not agree with itself. Nobody should write until it is looked into."),
    "job_cancelled": _("Somebody cancelled it."),
    "register_not_found": _("This installation no longer has the list that the step was for."),
    "move_not_found": _("This installation no longer knows the step."),
}
FOUND: Final[dict[str, str | Promise]] = {
    "block_missing": _("A block is missing from the chain"),
    "chain_broken": _("The block does not follow the one before it"),
    "algorithm_unknown": _("The block was sealed in an unknown way"),
    "head_wrong": _("The block's head does not fit what it says"),
    "entries_changed": _("Entries of the block were changed, added or removed"),
    "content_unreadable": _("The entry cannot be read"),
    "columns_disagree": _("The entry's columns do not say what was sealed"),
    "transaction_incomplete": _("Entries of one transaction are missing or doubled"),
    "chain_cut": _("A block that was noted before is gone or was written anew"),
    "heads_missing": _("Blocks have no noted head, so a cut at the end of the chain would go unnoticed"),
    "not_indexed": _("Was not in the search index; is indexed now"),
    "index_leftover": _("Was in the search index without a record; is taken out now"),
    "index_stale": _("Stood in the search index as it was before; is indexed anew now"),
}
