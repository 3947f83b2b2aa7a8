"""The indicator trees by which patents are appraised: versioned tables beside this file, checked when read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from zhiqiao.kernel.errors import Invalid

FOLDER: Final = Path(__file__).resolve().parent / "tables"
FILES: Final = ("appraisal-gbt42748.toml", "appraisal-design.toml")
GROUPS: Final = ("legal", "technical", "economic")
MANAGEMENT: Final = "management"
TOLERANCE: Final = 1e-6


class BrokenTree(Invalid):
    """A table of indicators contradicts itself."""

    code = "indicator_tree_broken"


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is measured and how a measure becomes a score of 0 to 100.

    ``bands`` are (from, score), ascending: the last one reached counts. ``scores`` serve named values.
    """

    code: str
    name: str
    measure: str
    weight: float
    bands: tuple[tuple[float, float], ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    minimum_cohort: int = 0
    note: str = ""

    def score(self, value: float | str) -> float | None:
        """None where the value lies below the first band or is not a named one."""
        if isinstance(value, str):
            return self.scores.get(value)
        reached = [score for start, score in self.bands if value >= start]
        return reached[-1] if reached else None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of the second level. Without leaves: no file we read tells about it."""

    code: str
    name: str
    weight: float
    certain: bool
    leaves: tuple[Leaf, ...]

    @property
    def group(self) -> str:
        return self.code.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Scene:
    """A purpose of appraisal (six in the standard) with its weights over legal, technical and economic."""

    code: str
    name: str
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class IndicatorTree:
    """``certain`` False: names, weights or bands await a check against the standard's text."""

    version: str
    title: str
    kinds: frozenset[str]
    source: str
    certain: bool
    effective_from: date
    effective_to: date | None
    minimum_coverage: float
    scenes: Mapping[str, Scene]
    indicators: tuple[Indicator, ...]

    def scene(self, code: str) -> Scene:
        """Raises ``Invalid`` ``scene_unknown``."""
        if code not in self.scenes:
            raise Invalid("scene_unknown", scene=code, known=sorted(self.scenes))
        return self.scenes[code]

    def in_group(self, group: str) -> tuple[Indicator, ...]:
        return tuple(each for each in self.indicators if each.group == group)


def read_tree(text: str) -> IndicatorTree:
    """A tree from its table. Raises ``BrokenTree`` where weights do not sum to 1 or bands do not ascend."""
    raw = tomllib.loads(text)
    tree = IndicatorTree(
        version=raw["version"],
        title=raw["title"],
        kinds=frozenset(raw["kinds"]),
        source=raw["source"],
        certain=raw["certain"],
        effective_from=raw["effective_from"],
        effective_to=raw.get("effective_to"),
        minimum_coverage=raw["minimum_coverage"],
        scenes={code: Scene(code, each["name"], each["weights"]) for code, each in raw["scenes"].items()},
        indicators=tuple(_indicator(each) for each in raw["indicators"]),
    )
    _check(tree)
    return tree


def _indicator(raw: Mapping[str, Any]) -> Indicator:
    leaves = tuple(_leaf(each) for each in raw.get("leaves", ()))
    return Indicator(raw["code"], raw["name"], raw["weight"], raw["certain"], leaves)


def _leaf(raw: Mapping[str, Any]) -> Leaf:
    bands = tuple((float(start), float(score)) for start, score in raw.get("bands", ()))
    return Leaf(
        code=raw["code"],
        name=raw["name"],
        measure=raw["measure"],
        weight=raw["weight"],
        bands=bands,
        scores={key: float(score) for key, score in raw.get("scores", {}).items()},
        minimum_cohort=raw.get("minimum_cohort", 0),
        note=raw.get("note", ""),
    )


def _check(tree: IndicatorTree) -> None:
    for scene in tree.scenes.values():
        if set(scene.weights) != set(GROUPS):
            raise BrokenTree("scene_groups", scene=scene.code, groups=sorted(scene.weights))
        _check_sum(f"scene {scene.code}", list(scene.weights.values()))
    for group in GROUPS:
        _check_sum(group, [each.weight for each in tree.in_group(group)])
    for indicator in tree.indicators:
        if indicator.leaves:
            _check_sum(indicator.code, [leaf.weight for leaf in indicator.leaves])
        for leaf in indicator.leaves:
            _check_leaf(leaf)


def _check_sum(place: str, weights: list[float]) -> None:
    if abs(sum(weights) - 1) > TOLERANCE or min(weights, default=0) < 0:
        raise BrokenTree("weights_sum", place=place, weights=weights)


def _check_leaf(leaf: Leaf) -> None:
    starts = [start for start, _ in leaf.bands]
    scores = [score for _, score in leaf.bands] + list(leaf.scores.values())
    if bool(leaf.bands) == bool(leaf.scores) or starts != sorted(set(starts)):
        raise BrokenTree("leaf_bands", leaf=leaf.code)
    if any(not 0 <= score <= 100 for score in scores):
        raise BrokenTree("leaf_scores", leaf=leaf.code)


@cache
def shipped_trees() -> tuple[IndicatorTree, ...]:
    return tuple(read_tree((FOLDER / name).read_text(encoding="utf-8")) for name in FILES)


@cache
def tree_for(kind: str, as_of: date) -> IndicatorTree:
    """The tree in force for that kind of patent; before the first one came into force, the first.

    Raises ``Invalid`` ``indicator_tree_missing``.
    """
    trees = [tree for tree in shipped_trees() if kind in tree.kinds]
    if not trees:
        raise Invalid("indicator_tree_missing", kind=kind)
    in_force = [tree for tree in trees if tree.effective_from <= as_of and not _ended(tree, as_of)]
    return max(in_force or trees[:1], key=lambda tree: tree.effective_from)


def _ended(tree: IndicatorTree, as_of: date) -> bool:
    return tree.effective_to is not None and tree.effective_to < as_of
