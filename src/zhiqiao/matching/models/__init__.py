"""Needs and patents brought together."""

from zhiqiao.matching.models.matches import Match, PushSuggestion, Relevance
from zhiqiao.matching.models.profiles import Profile, Sort, Statement
from zhiqiao.matching.models.pushes import PUSH_STATES, Push, PushState, Reply

__all__ = [
    "PUSH_STATES",
    "Match",
    "Profile",
    "Push",
    "PushState",
    "PushSuggestion",
    "Relevance",
    "Reply",
    "Sort",
    "Statement",
]
