"""Needs and patents brought together."""

from zhiqiao.matching.models.matches import Match, PushSuggestion

__all__ = ["Match", "PushSuggestion"]
