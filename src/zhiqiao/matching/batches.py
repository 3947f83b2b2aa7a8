"""Suggestions for many patents at once, on as many machines as there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from zhiqiao.core.spreading import spread_out
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.actions import suggest_push
from zhiqiao.registry.models import Patent
from zhiqiao.registry.selectors import patents_visible_to

PIECE: Final = 50  # patents
Progress = Callable[[int, int, str], None]


@dataclass
class BatchReport:
    """``suggestions``: over all patents."""

    patents: int = 0
    suggestions: int = 0


def filed_in(actor: Actor, year: int) -> list[int]:
    """The patents filed in a year that the actor may see."""
    return list(patents_visible_to(actor).filter(filed_on__year=year).order_by("pk").values_list("pk", flat=True))


def suggest_pushes(
    *, actor: Actor, keys: Sequence[int], most: int, progress: Progress, processes: int = 1
) -> BatchReport:
    """``suggest_push`` for each of these patents; a piece that is done twice comes out the same."""
    report = BatchReport()
    pieces = [(actor, piece, most) for piece in in_batches(keys, PIECE)]
    for part in spread_out(f"{__name__}:suggest_piece", pieces, processes):
        report.patents += part.patents
        report.suggestions += part.suggestions
        progress(report.patents, len(keys), "suggest_pushes")
    return report


def suggest_piece(actor: Actor, keys: Sequence[int], most: int) -> BatchReport:
    patents = Patent.objects.filter(pk__in=keys, withdrawn_at=None).order_by("pk")
    found = [len(suggest_push(actor=actor, patent=patent, most=most)) for patent in patents]
    return BatchReport(len(keys), sum(found))
