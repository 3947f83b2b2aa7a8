"""Learning from judged pairs: weights for the features, a memory of what was said, borders between the levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from zhiqiao.engine.encoder import Vectors
from zhiqiao.engine.memory import Memory, around, kinship
from zhiqiao.engine.ranker import Borders, Ranker
from zhiqiao.engine.relevance import Features, Model
from zhiqiao.kernel.errors import Invalid

# Exact learning costs the cube of this number.
MOST_EXAMPLES: Final = 14_000
FEWEST_EXAMPLES: Final = 20
LEARNT: Final = ("standing", "title_covered", "title_coverage", "letters")
# Variance, in levels squared: of one judgement, of a feature's weight by one deviation, and of that around a model
# which is known to be good.
_NOISE: Final = 0.45
_WEIGHT: Final = 1.0
_CHANGE: Final = 0.02

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One judged pair: the vectors of need and supply, the features, the level 1 (none) to 4 (strong).

    ``weight``: 1 for a judgement, less for what only hints at one.
    """

    need: Vectors
    supply: Vectors
    features: Features
    level: int
    weight: float = 1.0


def train(examples: Sequence[Example], model: Model, version: str, identity: str, *, fresh: bool = False) -> Ranker:
    """A ranker from judged pairs, the newest last; ``model`` is what it starts from and falls back to.

    A Gaussian process over the features (linear) and over need and supply (their nearness to judged pairs); the
    borders of the levels are set on what it says of pairs left out, so that they are honest about new ones. ``fresh``
    takes nothing of the model's weights for the learnt features. Raises ``Invalid("too_few_judgements")`` below 20.
    """
    known = [example for example in examples[-MOST_EXAMPLES:] if example.features.standing is not None]
    if len(known) < FEWEST_EXAMPLES:
        raise Invalid("too_few_judgements", judged=len(known), least=FEWEST_EXAMPLES)
    lesson = _lesson(known, model, fresh=fresh)
    inverse = np.linalg.inv(lesson.related).astype(np.float32)
    pulls = (inverse @ lesson.residue).astype(np.float32)
    unseen = lesson.levels - _left_out(inverse, pulls, lesson.need_of)
    seen = lesson.levels - _left_out(inverse, pulls, lesson.pair_of)
    new, old = _borders(unseen, lesson.levels), _borders(seen, lesson.levels)
    memory = Memory(lesson.needs, lesson.supplies, lesson.need_of, pulls, lesson.need_centre, lesson.supply_centre)
    weights, start = _weights(lesson, pulls)
    learnt = replace(
        model,
        version=version,
        with_meaning={**model.with_meaning, **{name: new.slope * weight for name, weight in weights.items()}},
        with_meaning_steps=tuple(step - new.slope * start for step in new.steps),
    )
    ratio = old.slope / new.slope
    return Ranker(
        learnt, memory, new.slope, Borders(ratio, tuple(step - old.slope * start for step in old.steps)), identity
    )


@dataclass(frozen=True, slots=True)
class _Lesson:
    """The examples as numbers; ``residue`` is what the prior does not say of them."""

    levels: Numbers
    residue: Numbers
    prior: Numbers
    base: float
    scaled: Numbers
    middle: Numbers
    spread: Numbers
    weight_variance: float
    needs: Vectors
    supplies: Vectors
    need_of: npt.NDArray[np.int64]
    pair_of: npt.NDArray[np.int64]
    need_centre: Vectors
    supply_centre: Vectors
    related: npt.NDArray[np.float32]


def _lesson(examples: Sequence[Example], model: Model, *, fresh: bool) -> _Lesson:
    levels = np.array([example.level for example in examples], dtype=np.float64)
    values = np.array([[getattr(example.features, name) for name in LEARNT] for example in examples], dtype=np.float64)
    needs, need_of = np.unique(np.stack([example.need for example in examples]), axis=0, return_inverse=True)
    supplies = np.stack([example.supply for example in examples])
    _, supply_of = np.unique(supplies, axis=0, return_inverse=True)
    need_of = need_of.reshape(-1).astype(np.int64)
    _, pair_of = np.unique(need_of * (len(supplies) + 1) + supply_of.reshape(-1), return_inverse=True)
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    scaled = (values - middle) / spread
    prior, base = _prior(values, levels, model, fresh=fresh)
    centre_of_needs, centre_of_supplies = needs.mean(axis=0), supplies.mean(axis=0)
    around_needs, around_supplies = around(needs, centre_of_needs), around(supplies, centre_of_supplies)
    variance = _WEIGHT if fresh else _CHANGE
    related = kinship(around_needs, need_of, around_supplies)
    related += (variance * scaled @ scaled.T).astype(np.float32)
    related[np.diag_indices_from(related)] += np.array([_NOISE / example.weight for example in examples], np.float32)
    said = base + values @ prior
    return _Lesson(
        levels, levels - said, prior, base, scaled, middle, spread, variance, around_needs, around_supplies, need_of,
        pair_of.reshape(-1).astype(np.int64), centre_of_needs, centre_of_supplies, related,
    )  # fmt: skip


def _prior(values: Numbers, levels: Numbers, model: Model, *, fresh: bool) -> tuple[Numbers, float]:
    """What the model says beforehand, in levels: a factor for each feature, and a constant."""
    if fresh:
        return np.zeros(values.shape[1]), float(levels.mean())
    known = np.array([model.with_meaning.get(name, 0.0) for name in LEARNT])
    totals = values @ known
    slope = max(float(np.polyfit(totals, levels, 1)[0]), 0.05) if totals.std() > 1e-6 else 0.25
    return slope * known, float(levels.mean() - slope * totals.mean())


def _weights(lesson: _Lesson, pulls: npt.NDArray[np.float32]) -> tuple[dict[str, float], float]:
    """Levels a unit of each feature, and the level that stands before all of them."""
    change = lesson.weight_variance * (lesson.scaled.T @ pulls) / lesson.spread
    weights = lesson.prior + change
    return dict(zip(LEARNT, map(float, weights), strict=True)), float(lesson.base - change @ lesson.middle)


def _left_out(
    inverse: npt.NDArray[np.float32], pulls: npt.NDArray[np.float32], group_of: npt.NDArray[np.int64]
) -> Numbers:
    """By how much each example would be missed, had its whole group been left out (in closed form)."""
    missed = np.zeros(len(pulls))
    order = np.argsort(group_of, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(group_of[order])) + 1):
        missed[group] = np.linalg.solve(inverse[np.ix_(group, group)].astype(np.float64), pulls[group])
    return missed


def _borders(said: Numbers, levels: Numbers) -> Borders:
    """An ordinal logistic curve from what was said to what was judged: one slope, three steps (Newton's method)."""
    above = np.stack([levels > level for level in (1, 2, 3)], axis=1).astype(np.float64)
    shares = np.clip(above.mean(axis=0), 1e-3, 1 - 1e-3)
    spot = np.array([1.0, *(said.mean() - np.log(shares / (1 - shares)))])
    for _ in range(50):
        chances = 1 / (1 + np.exp(np.clip(spot[1:] - spot[0] * said[:, None], -30, 30)))
        miss, width = chances - above, chances * (1 - chances)
        slant = np.array([(miss * said[:, None]).sum() + 1e-3 * (spot[0] - 1), *(-miss.sum(axis=0))])
        bend = np.diag([(width * said[:, None] ** 2).sum() + 1e-3, *(width.sum(axis=0) + 1e-6)])
        bend[0, 1:] = bend[1:, 0] = -(width * said[:, None]).sum(axis=0)
        step = np.linalg.solve(bend, slant)
        spot -= step
        if np.abs(step).max() < 1e-8:
            break
    return Borders(max(float(spot[0]), 1e-3), tuple(float(border) for border in np.maximum.accumulate(spot[1:])))
