"""Appraising every patent, on as many machines as there are."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from zhiqiao.core.sharding import cluster
from zhiqiao.core.spreading import spread_out
from zhiqiao.inventory.actions import AppraisalReport, appraise_patents
from zhiqiao.inventory.actions.chunks import Progress, key_chunks, no_progress
from zhiqiao.kit.actors import Actor
from zhiqiao.registry.models import Patent


def appraise_every_patent(*, actor: Actor, as_of: date, progress: Progress = no_progress) -> AppraisalReport:
    """As ``appraise_patents`` for all of them; over the cluster in no order, each piece in a transaction of its own."""
    if cluster() is None:
        return appraise_patents(actor=actor, ids=None, as_of=as_of, progress=progress)
    report = AppraisalReport()
    pieces = [(actor, keys, as_of) for keys in key_chunks(Patent.objects.filter(withdrawn_at__isnull=True))]
    total, done = sum(len(keys) for _, keys, _ in pieces), 0
    for part in spread_out(f"{__name__}:appraise_piece", pieces):
        for each in fields(AppraisalReport):
            setattr(report, each.name, getattr(report, each.name) + getattr(part, each.name))
        done += part.patents
        progress(done, max(total, done), "appraise")
    return report


def appraise_piece(actor: Actor, keys: list[int], as_of: date) -> AppraisalReport:
    return appraise_patents(actor=actor, ids=keys, as_of=as_of)
