"""Who would care about a patent: how the traces of an organisation's interest add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

RULES_VERSION = "push-3"
LOOKED_AT = 100  # neighbours in each collection
LEAST_LIKENESS = 0.25  # below this two patents share what any two of a trade share
# How much one trace says at most. A stated need says most; a near patent shows that the firm works in the field;
# the industry alone says little and never brings an organisation in.
NEED_WEIGHT = 0.9
PATENT_WEIGHT = 0.6
INDUSTRY_WEIGHT = 0.1
# What the firm itself says it wants to hear of, and what it replied to a patent near this one.
FIELD_WEIGHT = 0.3
WORD_WEIGHT = 0.3
REPLY_WEIGHT = 0.5
DAMPED_BY = 0.7  # a "not our field" to the very same patent leaves three tenths of the interest
MOST_TRACES = 3  # of one sort
# Of its patents the nearest alone: a large firm does not win by their number, and hidden patents find their applicants
# more often (docs/matching.md).
MOST_OF = {"own_patent": 1}


@dataclass(frozen=True, slots=True)
class Trace:
    """One sign that an organisation would care: ``sort`` is a key of ``WEIGHTS``; ``score`` 0 to 1; ``facts`` say which
    record it is. Against it speaks ``reply_against``, an earlier reply to a near patent."""

    sort: str
    score: float
    facts: Mapping[str, Any] = field(default_factory=dict)


AGAINST = "reply_against"
OF_REPLIES = frozenset({"own_reply", AGAINST})
WEIGHTS = {
    "own_need": NEED_WEIGHT, "own_patent": PATENT_WEIGHT, "same_industry": INDUSTRY_WEIGHT, "own_field": FIELD_WEIGHT,
    "own_word": WORD_WEIGHT, "own_reply": REPLY_WEIGHT, AGAINST: 0.0,
}  # fmt: skip


def strongest(traces: Iterable[Trace]) -> list[Trace]:
    """The traces that count: the strongest few of each sort, strongest first."""
    by_sort: dict[str, list[Trace]] = {}
    for trace in sorted(traces, key=lambda each: -each.score):
        by_sort.setdefault(trace.sort, []).append(trace)
    kept = [trace for sort, found in by_sort.items() for trace in found[: MOST_OF.get(sort, MOST_TRACES)]]
    return sorted(kept, key=lambda each: (-each.score * WEIGHTS[each.sort], each.sort))


def interest(traces: Sequence[Trace]) -> float:
    """0 to 1: each further trace closes a part of what is still open, so that none can push the sum past one."""
    open_part, left = 1.0, 1.0
    for trace in strongest(traces):
        score = min(max(trace.score, 0.0), 1.0)
        open_part *= 1.0 - WEIGHTS[trace.sort] * score
        if trace.sort == AGAINST:
            left = min(left, 1.0 - DAMPED_BY * score)
    return (1.0 - open_part) * left


def is_candidate(traces: Iterable[Trace]) -> bool:
    """Whether there is more than a shared industry, and more than what speaks against it."""
    return any(trace.sort not in {"same_industry", AGAINST} for trace in traces)
