"""Appraising one patent by an indicator tree (GB/T 42748-2023 as far as domain §2.1 can say it).

A score of appraisal is not a valuation: the value of an asset needs a licensed institution's report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from zhiqiao.inventory.rules.facts import DEAD, PENDING, PatentFacts
from zhiqiao.inventory.rules.indicator_tree import GROUPS, MANAGEMENT, IndicatorTree, Leaf, tree_for
from zhiqiao.inventory.rules.measures import MEASURES, Missing

ENDED: Final = "patent_ended"
NOT_GRANTED: Final = "not_granted"
OUTSIDE_BANDS: Final = "outside_bands"


@dataclass(frozen=True, slots=True)
class Item:
    """One leaf: a score of 0 to 100 on ``value`` and ``evidence``, or None and ``why`` it was not appraised."""

    code: str
    score: float | None
    value: float | str | None = None
    evidence: dict[str, Any] | None = None
    why: str = ""

    def plain(self) -> dict[str, Any]:
        if self.score is None:
            return {"code": self.code, "score": None, "why": self.why}
        return {"code": self.code, "score": self.score, "value": self.value, "evidence": self.evidence}


@dataclass(frozen=True, slots=True)
class Result:
    """``groups`` and ``total`` run 0 to 100; None: not appraised. ``coverage`` is the share of the tree's weight that
    evidence reached."""

    tree_version: str
    scene: str
    groups: dict[str, float | None]
    total: float | None
    coverage: float
    items: tuple[Item, ...]


@dataclass
class _Sum:
    """Scores by weight, so that a mean is taken over what was appraised alone."""

    scored: float = 0.0
    weight: float = 0.0

    def add(self, score: float | None, weight: float) -> None:
        if score is not None:
            self.scored += score * weight
            self.weight += weight

    @property
    def mean(self) -> float | None:
        return round(self.scored / self.weight, 1) if self.weight else None


def appraise(facts: PatentFacts, as_of: date, scene: str = MANAGEMENT) -> Result:
    """Appraise by the tree in force for the kind of patent. Errors as in ``tree_for``."""
    return appraise_by(tree_for(facts.kind, as_of), facts, as_of, scene)


def appraise_by(tree: IndicatorTree, facts: PatentFacts, as_of: date, scene: str) -> Result:
    """The means are renormalised over what was appraised; there is no total where coverage stays below the tree's
    minimum. Ended patents and applications get no scores at all. Raises ``Invalid`` ``scene_unknown``."""
    weights = tree.scene(scene).weights
    items: list[Item] = []
    sums = {group: _Sum() for group in GROUPS}
    for indicator in tree.indicators:
        for leaf in indicator.leaves:
            item = _item(leaf, facts, as_of)
            items.append(item)
            sums[indicator.group].add(item.score, indicator.weight * leaf.weight)
    total = _Sum()
    for group in GROUPS:
        if sums[group].weight:
            total.add(sums[group].scored / sums[group].weight, sums[group].weight * weights[group])
    coverage = round(total.weight, 4)
    return Result(
        tree_version=tree.version,
        scene=scene,
        groups={group: sums[group].mean for group in GROUPS},
        total=total.mean if coverage >= tree.minimum_coverage else None,
        coverage=coverage,
        items=tuple(items),
    )


def _item(leaf: Leaf, facts: PatentFacts, as_of: date) -> Item:
    if facts.status_group in {DEAD, PENDING}:
        return Item(leaf.code, None, why=ENDED if facts.status_group == DEAD else NOT_GRANTED)
    found = MEASURES[leaf.measure](facts, as_of, leaf)
    if isinstance(found, Missing):
        return Item(leaf.code, None, why=found.why)
    score = leaf.score(found.value)
    if score is None:
        return Item(leaf.code, None, why=OUTSIDE_BANDS)
    return Item(leaf.code, score, found.value, found.evidence)
