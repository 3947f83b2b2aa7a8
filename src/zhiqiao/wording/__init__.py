"""Codes put into words, for every face."""

from zhiqiao.web.wording import cut, label, refusal, sentence

__all__ = ["cut", "label", "refusal", "sentence"]
