"""Needs and patents brought together."""

from zhiqiao.matching.models.matches import Match, PushSuggestion, Relevance

__all__ = ["Match", "PushSuggestion", "Relevance"]
