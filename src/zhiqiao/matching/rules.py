"""Who would care about a patent: how the traces of an organisation's interest add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

RULES_VERSION = "push-1"
# How much one trace says at most. A stated need says most; a near patent shows that the firm works in the field;
# the industry alone says little and never brings an organisation in.
NEED_WEIGHT = 0.9
PATENT_WEIGHT = 0.6
INDUSTRY_WEIGHT = 0.1
MOST_TRACES = 3  # of one sort; a large firm does not win by the number of its patents


@dataclass(frozen=True, slots=True)
class Trace:
    """One sign that an organisation would care: ``sort`` is own_need, own_patent or same_industry; ``score`` 0 to 1;
    ``facts`` say which record it is."""

    sort: str
    score: float
    facts: Mapping[str, Any] = field(default_factory=dict)


WEIGHTS = {"own_need": NEED_WEIGHT, "own_patent": PATENT_WEIGHT, "same_industry": INDUSTRY_WEIGHT}


def strongest(traces: Iterable[Trace]) -> list[Trace]:
    """The traces that count: the strongest few of each sort, strongest first."""
    by_sort: dict[str, list[Trace]] = {}
    for trace in sorted(traces, key=lambda each: -each.score):
        by_sort.setdefault(trace.sort, []).append(trace)
    kept = [trace for found in by_sort.values() for trace in found[:MOST_TRACES]]
    return sorted(kept, key=lambda each: (-each.score * WEIGHTS[each.sort], each.sort))


def interest(traces: Sequence[Trace]) -> float:
    """0 to 1: each further trace closes a part of what is still open, so that none can push the sum past one."""
    open_part = 1.0
    for trace in strongest(traces):
        open_part *= 1.0 - WEIGHTS[trace.sort] * min(max(trace.score, 0.0), 1.0)
    return 1.0 - open_part


def is_candidate(traces: Iterable[Trace]) -> bool:
    """Whether there is more than a shared industry."""
    return any(trace.sort != "same_industry" for trace in traces)
