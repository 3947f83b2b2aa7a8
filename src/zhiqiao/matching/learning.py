"""Learning from replies and deals: a new version of the ranking, held against frozen sets before it may serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from django.utils import timezone

from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.encoders import encoder_behind
from zhiqiao.core.indexing import reader
from zhiqiao.core.jobs import JobContext
from zhiqiao.core.leases import held
from zhiqiao.core.schedules import CLOCK
from zhiqiao.engine.encoder import Encoder, may_read
from zhiqiao.engine.match import Looked, look, understood
from zhiqiao.engine.need import Need
from zhiqiao.engine.ranker import Ranker
from zhiqiao.engine.reading import SearchIndex
from zhiqiao.engine.relevance import default_model
from zhiqiao.engine.training import Example, train
from zhiqiao.inventory.jobs import actor_behind
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching import rankers
from zhiqiao.matching.dealing import known_deals
from zhiqiao.matching.judging import JudgedPair, OfDeal, answered_pushes, judged_pairs, sample_pairs
from zhiqiao.matching.measures import Figures, Scored, figures_of, may_serve
from zhiqiao.matching.policies import RANKING
from zhiqiao.matching.rankers import Manifest

LEASE: Final = "learning"
LEASE_SECONDS: Final = 900
Step = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Held:
    """A judged pair held against its need: what the ranking judges from."""

    pair: JudgedPair
    need: Need
    looked: Looked


def learn(*, actor: Actor, progress: Step | None = None) -> Manifest:
    """Learn a new version from all replies and deals, and let it serve unless it is worse on a frozen set.

    Raises ``Invalid`` ``too_few_judgements``; ``Busy`` while somebody else learns.
    """
    RANKING.require(actor, "learn")
    step = progress or _silent
    with held(LEASE, LEASE_SECONDS):
        index = reader("patents")
        encoder = encoder_behind(index)
        own = hold(index, encoder, judged_pairs(), step, "looking_at_replies")
        sample = hold(index, encoder, sample_pairs(), step, "looking_at_sample")
        taught = [each for each in own if not each.pair.kept_back]
        frozen = {"kept_back": [each for each in own if each.pair.kept_back], "sample": sample}
        return _learnt(actor, encoder.identity, taught, frozen)


def _silent(done: int, total: int, stage: str) -> None:
    return None


def _learnt(actor: Actor, identity: str, taught: Sequence[Held], frozen: Mapping[str, Sequence[Held]]) -> Manifest:
    now = timezone.localtime()
    version = rankers.next_version(now.strftime("%Y%m%d"))
    ranker = train([_example(each) for each in taught], default_model(), version, identity)
    new, old = figures_under(ranker, frozen, identity), figures_under(rankers.serving(), frozen, identity)
    judged = [*taught, *frozen["kept_back"]]
    of_deals = sum(isinstance(each.pair.source, OfDeal) for each in judged)
    manifest = Manifest(
        version=version, made_at=now.isoformat(), made_by=actor.actor_id, encoder=identity, pairs=len(taught),
        houses=len({each.pair.source.organisation for each in taught if each.pair.source}),
        kept_back=len(frozen["kept_back"]), left_out=max(answered_pushes() - len(judged) + of_deals, 0),
        figures={name: {"new": asdict(new[name]), "before": asdict(old[name])} for name in frozen},
        replaces=rankers.served_before()[0], served=may_serve(new, old),
        deals=sum(isinstance(each.pair.source, OfDeal) for each in taught),
        deals_left_out=max(len(known_deals()) - of_deals, 0),
    )  # fmt: skip
    rankers.keep(manifest, map(_provenance, taught), ranker.save)
    with unit_of_work(actor) as work:
        told = {
            "pairs": manifest.pairs,
            "deals": manifest.deals,
            "served": manifest.served,
            "replaces": manifest.replaces,
        }
        work.record("matching.learn", Subject("matching.ranker", version), None, told)
    if manifest.served:
        rankers.switch_to(version)
    return manifest


def _example(held_pair: Held) -> Example:
    looked, pair = held_pair.looked, held_pair.pair
    assert looked.vector is not None  # noqa: S101 -- ``hold`` keeps no others
    return Example(held_pair.need.vector, looked.vector, looked.features, pair.level, pair.weight)


def _provenance(held_pair: Held) -> dict[str, Any]:
    pair, source = held_pair.pair, held_pair.pair.source
    assert source is not None  # noqa: S101 -- the sample is never learnt from
    by = {"by": "deal" if isinstance(source, OfDeal) else "reply"}
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(source).items()}
    patent = pair.document.number
    return {**by, **said, "patent": patent, "group": pair.group, "level": pair.level, "weight": pair.weight}


def figures_under(ranker: Ranker, sets: Mapping[str, Sequence[Held]], identity: str) -> dict[str, Figures]:
    """How well a ranking orders each set."""
    return {name: figures_of(_scored(ranker, pairs, identity)) for name, pairs in sets.items()}


def _scored(ranker: Ranker, pairs: Sequence[Held], identity: str) -> list[Scored]:
    scored = []
    for each in pairs:
        (said,) = ranker.judge(each.need.vector, [each.looked.features], [each.looked.vector], identity)
        scored.append(Scored(each.pair.group, each.pair.level, said.score, said.grade))
    return scored


def use_ranker(*, actor: Actor, version: str) -> None:
    """Let a version serve, whatever its figures: a person has decided. ``package`` is the delivered one. Raises
    ``Invalid`` ``ranker_unknown`` or ``ranker_unreadable``."""
    RANKING.require(actor, "learn")
    before = rankers.served_before()[0]
    rankers.switch_to(version)
    _record(actor, before, version)


def back_to_former(*, actor: Actor) -> str:
    """Let the ranking serve that did before; returns its version. Raises ``Invalid`` ``no_ranker_before``."""
    RANKING.require(actor, "learn")
    before = rankers.served_before()[0]
    version = rankers.switch_back()
    _record(actor, before, version)
    return version


def _record(actor: Actor, before: str, version: str) -> None:
    with unit_of_work(actor) as work:
        work.record(
            "matching.use_ranker", Subject("matching.ranker", version), {"serving": before}, {"serving": version}
        )


def learn_job(context: JobContext) -> None:
    """As the worker does it; too few replies are no failure."""
    try:
        made = learn(actor=_learner(context), progress=context.progress)
    except Invalid as few:
        if few.reason != "too_few_judgements":
            raise
        context.result.say(serves="no", **few.facts)
        return
    context.result.say(version=made.version, serves="yes" if made.served else "no")
    context.result.count("judged", made.pairs)
    context.result.count("judged_by_deals", made.deals)


def _learner(context: JobContext) -> Actor:
    """Whoever asked. The clock may do it as an officer does, since what is worse never serves by itself."""
    if context.actor.actor_id != CLOCK.actor_id:
        return actor_behind(context)
    return Actor(CLOCK.actor_id, CLOCK.actor_name, roles={0: frozenset({Role.BUREAU_OFFICER})})


def hold(index: SearchIndex, encoder: Encoder, pairs: Sequence[JudgedPair], step: Step, stage: str) -> list[Held]:
    """Judged pairs as the search sees them; without those whose text the encoder may not read, or that have no
    vector."""
    by_need: dict[str, list[JudgedPair]] = {}
    for pair in pairs:
        if may_read(encoder, pair.seen_by):
            by_need.setdefault(pair.need, []).append(pair)
    found: list[Held] = []
    for done, (text, judged) in enumerate(by_need.items(), 1):
        with suppress(Invalid):  # a need without a letter in it cannot be understood
            need = understood(index, encoder, text)
            looked = look(index, encoder, need, [pair.document for pair in judged])
            pairs_looked_at = zip(judged, looked, strict=True)
            found += [Held(pair, need, each) for pair, each in pairs_looked_at if _has_vector(each)]
        step(done, len(by_need), stage)
    return found


def _has_vector(looked: Looked) -> bool:
    return looked.vector is not None and looked.features.standing is not None
