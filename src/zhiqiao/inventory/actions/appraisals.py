"""Appraising patents in bulk: a new appraisal only where the result differs from the one that stands."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from zhiqiao.core.audit import Subject, Work, as_column, canonical, unit_of_work
from zhiqiao.core.models.base import new_public_id
from zhiqiao.inventory.actions.chunks import Progress, add_rows, key_chunks, list_chunks, no_progress
from zhiqiao.inventory.models import Appraisal
from zhiqiao.inventory.policies import APPRAISALS, APPRAISE
from zhiqiao.inventory.rules.appraisal import Result, appraise
from zhiqiao.inventory.rules.indicator_tree import MANAGEMENT
from zhiqiao.inventory.selectors.facts import read_facts
from zhiqiao.inventory.selectors.surroundings import Surroundings, read_surroundings
from zhiqiao.kernel.errors import Conflict
from zhiqiao.kit.actors import Actor
from zhiqiao.registry.models import Patent

COLUMNS: Final = (
    "public_id", "created_at", "patent_id", "tree_version", "scene", "as_of", "legal", "technical", "economic", "total",
    "coverage", "items", "fingerprint", "computed_at", "superseded_at",
)  # fmt: skip


@dataclass
class AppraisalReport:
    """``without_total`` counts, among all appraised, those whose evidence covers too little of the tree."""

    patents: int = 0
    written: int = 0
    unchanged: int = 0
    without_total: int = 0


@dataclass(frozen=True, slots=True)
class _Standing:
    """The appraisal that stands for a patent."""

    pk: int
    public_id: Any
    fingerprint: str
    scores: dict[str, Any]


def appraise_patents(
    *, actor: Actor, ids: Sequence[int] | None, as_of: date, progress: Progress = no_progress
) -> AppraisalReport:
    """Appraise the patents of these keys, or with None all of them, by the trees in force on a day.

    Scores move in whole years and bands, so the same facts on another day mostly give the same result, which is
    then not written again.
    """
    APPRAISALS.require(actor, APPRAISE)
    report, around = AppraisalReport(), read_surroundings(as_of)
    patents = Patent.objects.filter(withdrawn_at__isnull=True)
    total, done = (patents.count() if ids is None else len(set(ids))), 0
    for keys in key_chunks(patents) if ids is None else list_chunks(ids):
        with unit_of_work(actor) as work:
            _appraise_chunk(work, report, keys, _Day(as_of, around))
        done += len(keys)
        progress(done, max(total, done), "appraise")
    return report


@dataclass(frozen=True, slots=True)
class _Day:
    as_of: date
    around: Surroundings


def _appraise_chunk(work: Work, report: AppraisalReport, keys: list[int], day: _Day) -> None:
    standing = _standing(keys)
    fresh, superseded = [], []
    for patent, facts in read_facts(keys, day.as_of, day.around).items():
        result = appraise(facts, day.as_of)
        report.patents += 1
        report.without_total += result.total is None
        items = canonical([item.plain() for item in result.items])
        mark, old = fingerprint(result, items), standing.get(patent)
        if old is not None and old.fingerprint == mark:
            report.unchanged += 1
            continue
        public = new_public_id()
        fresh.append(_row(work, (public, patent, day.as_of), result, (items, mark)))
        if old is not None:
            superseded.append(old.pk)
        subject = Subject("inventory.appraisal", str(public))
        work.record("inventory.appraise", subject, old.scores if old else None, _scores(result, mark))
    _supersede(work, superseded)
    add_rows(Appraisal, COLUMNS, fresh)
    report.written += len(fresh)


def fingerprint(result: Result, items: str) -> str:
    return hashlib.sha256(f"{result.tree_version}\n{result.scene}\n{items}".encode()).hexdigest()


def _standing(keys: Sequence[int]) -> dict[int, _Standing]:
    rows = Appraisal.objects.filter(patent_id__in=keys, scene=MANAGEMENT, superseded_at__isnull=True)
    columns = ("patent_id", "pk", "public_id", "fingerprint", "total", "coverage", "tree_version")
    return {
        patent: _Standing(pk, public, mark, {"total": total, "coverage": coverage, "tree": tree, "fingerprint": mark})
        for patent, pk, public, mark, total, coverage, tree in rows.values_list(*columns)
    }


def _scores(result: Result, mark: str) -> dict[str, Any]:
    """What the trail keeps: the items themselves are in the row, which is never changed, and by digest here."""
    return {"total": result.total, "coverage": result.coverage, "tree": result.tree_version, "fingerprint": mark}


def _row(work: Work, key: tuple[Any, int, date], result: Result, content: tuple[str, str]) -> tuple[Any, ...]:
    public, patent, as_of = key
    at, groups = as_column(work.at), result.groups
    return (
        as_column(public), at, patent, result.tree_version, result.scene, as_of.isoformat(),
        groups["legal"], groups["technical"], groups["economic"], result.total, result.coverage, *content, at, None,
    )  # fmt: skip


def _supersede(work: Work, keys: list[int]) -> None:
    if keys and Appraisal.objects.filter(pk__in=keys, superseded_at__isnull=True).update(superseded_at=work.at) != len(
        keys
    ):
        raise Conflict("appraised_meanwhile")
