"""Why long work stopped, and what it could not do, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiqiao.exchange.reasons import REASONS
from zhiqiao.wording.facts import readable
from zhiqiao.wording.reasons import row_reason
from zhiqiao.wording.refusals import TEXTS

STOPPED: Final[dict[str, str | Promise]] = {
    "worker_lost": _("The process at work ended several times without a word. Tell the administrator, then try again."),
    "job_broken": _("A defect stopped the work. Tell the administrator the code; the log has the details."),
    "job_kind_unknown": _("This installation no longer does this kind of work."),
    "lease_lost": _("Another process has taken this over."),
    "audit_broken": _("The audit trail does not agree with itself. Nobody should write until it is looked into."),
    "job_cancelled": _("Somebody cancelled it."),
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
CHECKED: Final[dict[str, str | Promise]] = {**STOPPED, **FOUND}


def work_failure(code: str, facts: Mapping[str, Any] | None = None) -> str:
    """A sentence for a job's failure, or for one thing that it could not do or found wrong."""
    if code in CHECKED:
        return str(CHECKED[code])
    if code in REASONS:
        return row_reason(code, facts)
    if code in TEXTS:
        return str(TEXTS[code]) % readable(facts or {})
    return row_reason(code, facts)
