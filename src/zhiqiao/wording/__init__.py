"""Codes put into words: refusals, reasons, labels. The rooms below speak in stable codes, people do not."""

from zhiqiao.wording.facts import listed
from zhiqiao.wording.passages import cut
from zhiqiao.wording.reasons import appraisal_gap, bare, element, lacking, row_reason, sentence, what_it_adds
from zhiqiao.wording.refusals import Refusal, refusal
from zhiqiao.wording.terms import TONES, label
from zhiqiao.wording.trail import trail_word
from zhiqiao.wording.work import work_failure

__all__ = [
    "TONES",
    "Refusal",
    "appraisal_gap",
    "bare",
    "cut",
    "element",
    "label",
    "lacking",
    "listed",
    "refusal",
    "row_reason",
    "sentence",
    "trail_word",
    "what_it_adds",
    "work_failure",
]
