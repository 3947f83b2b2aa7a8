"""``python -m tests.afar.batch push|appraise|show``: long work in small pieces; prints what came of it.

``show`` prints what stands in the records afterwards, as one JSON object.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from typing import Any

import django

PIECE = 2  # patents


def push() -> Any:
    from zhiqiao.matching import batches
    from zhiqiao.parties.actors import operator

    batches.PIECE = PIECE  # type: ignore[misc]  # so that a small city has many pieces
    actor = operator("test")
    keys = batches.filed_in(actor, 2020)
    return asdict(batches.suggest_pushes(actor=actor, keys=keys, most=5, progress=heard))


def appraise() -> Any:
    from zhiqiao.inventory.actions import chunks
    from zhiqiao.inventory.spreading import appraise_every_patent
    from zhiqiao.parties.actors import operator

    chunks.CHUNK = PIECE  # type: ignore[misc]  # so that a small city has many pieces
    return appraise_every_patent(actor=operator("test"), as_of=date(2026, 1, 5), progress=heard).patents


def heard(done: int, total: int, stage: str) -> None:
    print(json.dumps([done, total, stage]), flush=True)


def show() -> Any:
    from zhiqiao.inventory.models import Appraisal
    from zhiqiao.matching.models import PushSuggestion

    suggested = PushSuggestion.objects.filter(superseded_at=None)
    appraised = Appraisal.objects.filter(superseded_at=None)
    return {
        "suggested": sorted(
            [number, firm, rank, round(score, 5), reasons]
            for number, firm, rank, score, reasons in suggested.values_list(
                "patent__number", "organisation__name", "rank", "score", "reasons"
            )
        ),
        "appraised": sorted(appraised.values_list("patent__number", "scene", "total", "fingerprint")),
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"push": push, "appraise": appraise, "show": show}[sys.argv[1]](), default=str))
