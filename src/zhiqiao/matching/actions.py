"""Finding matches for needs and organisations for patents, and keeping what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.conflicts import taken_means
from zhiqiao.core.unanswered import complete
from zhiqiao.engine.match import Match as Found
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.models import Match, PushSuggestion
from zhiqiao.matching.push import Interest, interested
from zhiqiao.matching.rules import RULES_VERSION, Trace
from zhiqiao.matching.searching import Asked, answers, as_elements, as_passage, as_reasons, version
from zhiqiao.matching.selectors import held_by, still_there
from zhiqiao.needs.models import Need
from zhiqiao.needs.policies import NEEDS
from zhiqiao.needs.selectors import need_document
from zhiqiao.registry.models import Patent
from zhiqiao.registry.policies import PATENTS


def need_text(need: Need) -> str:
    return f"{need.title}\n{need.content}".strip()


def match_need(*, actor: Actor, need: Need, asked: Asked | None = None) -> list[Match]:
    """Find the patents that answer a need and keep them, in place of what was found before.

    Raises ``Conflict`` ``matched_meanwhile`` where another matching of the need was kept at the same moment,
    ``Unavailable`` ``index_incomplete`` where part of the index did not answer.
    """
    NEEDS.require(actor, "match", need)
    asked = replace(asked or Asked(), seen_by=need_document(need).visibility)
    if need.organisation_id is not None:
        asked = replace(asked, without=asked.without | held_by([need.organisation_id]))
    with complete():
        found = still_there(answers("patents", actor, need_text(need), asked))
    with unit_of_work(actor) as work:
        Match.objects.filter(need=need, superseded_at=None).update(superseded_at=work.at)
        with taken_means("matched_meanwhile", need=str(need.public_id)):
            kept = Match.objects.bulk_create(_match(need, rank, each, work.at) for rank, each in enumerate(found, 1))
        # How many, never which: the trail of a need is its firm's to read, and whoever matches may see more than it.
        after = {"version": version(), "found": len(found)}
        work.record("matching.match_need", Subject("needs.need", str(need.public_id)), None, after)
    return kept


def _match(need: Need, rank: int, found: Found, at: datetime) -> Match:
    return Match(
        need=need, patent_id=found.key, rank=rank, score=found.score, relevance=found.level,
        reasons=as_reasons(found), passage=as_passage(found), elements=as_elements(found, need_text(need)),
        version=version(), computed_at=at,
    )  # fmt: skip


def suggest_push(*, actor: Actor, patent: Patent, most: int = 20) -> list[PushSuggestion]:
    """Find the organisations that would care about a patent and keep them as suggestions; nobody is told yet.

    Raises as ``match_need`` does.
    """
    PATENTS.require(actor, "push", patent)
    with complete():
        found = interested(actor, patent, most)
    with unit_of_work(actor) as work:
        PushSuggestion.objects.filter(patent=patent, superseded_at=None).update(superseded_at=work.at)
        with taken_means("matched_meanwhile", patent=str(patent.public_id)):
            kept = PushSuggestion.objects.bulk_create(
                _suggestion(patent, rank, each, work.at) for rank, each in enumerate(found, 1)
            )
        # How many, never which: a firm can be among them for a need that nobody else may read.
        after = {"version": RULES_VERSION, "found": len(found)}
        work.record("matching.suggest_push", Subject("registry.patent", str(patent.public_id)), None, after)
    return kept


def _suggestion(patent: Patent, rank: int, found: Interest, at: datetime) -> PushSuggestion:
    return PushSuggestion(
        patent=patent, organisation=found.organisation, rank=rank, score=found.score, version=RULES_VERSION,
        reasons=[as_reason(trace) for trace in found.traces], computed_at=at,
    )  # fmt: skip


def as_reason(trace: Trace) -> dict[str, object]:
    """A trace as it is kept: code and facts, to be worded by the faces."""
    return {"code": trace.sort, "facts": {"score": round(trace.score, 3), **trace.facts}}
