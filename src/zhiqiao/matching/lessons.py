"""What a reply teaches the ranking, on the judges' scale: 4 fits well, 3 fits, 2 hardly fits, 1 does not fit."""

from __future__ import annotations

from typing import Final

from zhiqiao.matching.models import Push, PushState, Reply
from zhiqiao.matching.models.pushes import TEACHES_NOTHING

LESSONS: Final[dict[str, int]] = {
    # The firm wants it, or wants to hear more: the best that can be said of relevance before a deal.
    Reply.INTERESTED: 4,
    Reply.NEED_MEETING: 4,
    # It fits, but something beside the matter stands in the way: money, time, or that the firm has solved it already.
    # To hold these for misses would teach the ranking to avoid what fits.
    Reply.PRICE: 3,
    Reply.NOT_NOW: 3,
    Reply.ALREADY_HAVE: 3,
    # The matter is right, the patent does not yet do what the firm needs.
    Reply.NOT_MATURE: 2,
    Reply.NOT_OUR_FIELD: 1,
}
"""Reply → level. "Wrong contact" speaks of the address, "something else" of nobody knows what: they teach nothing."""


def lesson_of(push: Push) -> int | None:
    """1 to 4; None where nothing is learnt from it."""
    return level_taught(push.reply, push.level) if push.state == PushState.ANSWERED else None


def level_taught(reply: str, said: int | None) -> int | None:
    """What a person said of it wins over what the reply's code means."""
    if said is not None:
        return None if said == TEACHES_NOTHING else said
    return LESSONS.get(reply)
