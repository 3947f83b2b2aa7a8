"""What earlier judgements say of a need and a supply: similar needs, similar supplies, fading to nothing elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from zhiqiao.engine.encoder import Vectors, unit

# How much of a level two judgements share whose needs and supplies mean the same, and whose needs do.
PAIR_WORTH: Final = 1.2
NEED_WORTH: Final = 0.1
SAME_NEED_WORTH: Final = 0.1
# From this cosine on two needs are one: the same text, met again.
_SAME: Final = 0.9995
_REACH: Final = 0.25

Numbers = npt.NDArray[np.float32]


class Recalled(NamedTuple):
    """What memory adds, in levels: ``replies`` a supply, ``habit`` for the need as a whole.

    ``near``: how many judged pairs lie so near that they weigh in, a supply. ``same``: judgements of this very need.
    """

    replies: Numbers
    habit: float
    near: npt.NDArray[np.int64]
    same: int


@dataclass(frozen=True, slots=True)
class Memory:
    """Judged pairs as vectors, and what each one pulls.

    ``needs`` (needs, dimension) and ``supplies`` (pairs, dimension) are unit vectors around their centres; pair ``i``
    is of need ``need_of[i]`` and pulls by ``pulls[i]``, as a Gaussian process gives it.
    """

    needs: Vectors
    supplies: Vectors
    need_of: npt.NDArray[np.int64]
    pulls: Numbers
    need_centre: Vectors
    supply_centre: Vectors

    def recall(self, need: Vectors, supplies: Vectors) -> Recalled:
        """For one need, shape (dimension,), and supplies, shape (supplies, dimension)."""
        nearness = np.clip(self.needs @ around(need[None], self.need_centre)[0], 0, 1)
        same = (nearness >= _SAME)[self.need_of]
        of_pair = nearness[self.need_of]
        habit = float(self.pulls @ (NEED_WORTH * of_pair**2 + SAME_NEED_WORTH * same))
        felt = np.flatnonzero(of_pair > 0)
        both = np.clip(around(supplies, self.supply_centre) @ self.supplies[felt].T, 0, 1) * of_pair[felt]
        replies = PAIR_WORTH * (both**2) @ self.pulls[felt]
        return Recalled(replies.astype(np.float32), habit, (both >= _REACH).sum(axis=1), int(same.sum()))

    def save(self, path: Path) -> None:
        """One file, read back by ``load``."""
        with path.open("wb") as handle:
            np.savez(handle, **{name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def load(cls, path: Path) -> Memory:
        with np.load(path, allow_pickle=False) as stored:
            return cls(**{name: stored[name] for name in cls.__slots__})


def around(vectors: Vectors, centre: Vectors) -> Vectors:
    """Unit vectors seen from the middle of their kind: what they share with all others is taken away."""
    return unit(vectors - centre)


def kinship(needs: Vectors, need_of: npt.NDArray[np.int64], supplies: Vectors) -> Numbers:
    """How much judged pairs have to do with each other, shape (pairs, pairs): the rule that ``recall`` goes by."""
    of_needs = np.clip(needs @ needs.T, 0, 1).astype(np.float32)
    between = of_needs[np.ix_(need_of, need_of)]
    related = np.clip(supplies @ supplies.T, 0, 1).astype(np.float32)
    related *= between
    np.square(related, out=related)
    related *= PAIR_WORTH
    same = (of_needs >= _SAME)[np.ix_(need_of, need_of)]
    related += (NEED_WORTH * np.square(between) + SAME_NEED_WORTH * same).astype(np.float32)
    kin: Numbers = related
    return kin
