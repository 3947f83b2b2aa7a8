"""Why long work stopped, and what it could not do, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhiqiao.exchange.reasons import REASONS
from zhiqiao.wording.facts import readable
from zhiqiao.wording.reasons import SENTENCES, row_reason
from zhiqiao.wording.refusals import TEXTS


def work_failure(code: str, facts: Mapping[str, Any] | None = None) -> str:
    """A sentence for a job's failure, or for one thing that it could not do or found wrong."""
    if code in TEXTS and code not in REASONS and code not in SENTENCES:
        return str(TEXTS[code]) % readable(facts or {})
    return row_reason(code, facts)
