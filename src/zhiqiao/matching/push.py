"""A patent finds the organisations that would care, from their own patents, needs and industries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhiqiao.engine.neighbours import Neighbour
from zhiqiao.kernel.batches import in_batches
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.interests import refused_by, replied_to, wanted_by
from zhiqiao.matching.rules import LEAST_LIKENESS, LOOKED_AT, Trace, interest, is_candidate, strongest
from zhiqiao.matching.searching import Asked, near_needs, near_patents, tokens_of
from zhiqiao.needs.models import Need
from zhiqiao.parties.models import LIVING, Organisation
from zhiqiao.parties.roles import OrganisationKind
from zhiqiao.registry.models import Patent, PatentHolder
from zhiqiao.registry.selectors import patent_document

# Who could use a patent. Authorities, banks, agencies and centres work on it, they do not make products.
USERS_OF_PATENTS = frozenset(
    {OrganisationKind.ENTERPRISE, OrganisationKind.STATE_OWNED, OrganisationKind.HOSPITAL, OrganisationKind.OTHER}
)


@dataclass(frozen=True)
class Interest:
    """An organisation that would care: how much (0 to 1), and the traces that say so, strongest first."""

    organisation: Organisation
    score: float
    traces: tuple[Trace, ...]


def interested(actor: Actor, patent: Patent, most: int) -> list[Interest]:
    """The organisations that would care, first the most interested; nobody whose trace the actor may not see."""
    near = _near_patents(patent)
    traces: dict[int, list[Trace]] = {}
    for key, trace in (
        *_of_patents(near), *_near_needs(actor, patent), *wanted_by(patent), *replied_to(actor, near, patent)
    ):  # fmt: skip
        traces.setdefault(key, []).append(trace)
    own = set(patent.holdings.filter(superseded_at=None).values_list("organisation_id", flat=True))
    left_out = own | refused_by(patent)
    keys = [key for key, found in traces.items() if key not in left_out and is_candidate(found)]
    found = [_interest(each, traces[each.pk], patent) for each in _usable(keys)]
    return sorted(found, key=lambda each: (-each.score, each.organisation.pk))[:most]


def _usable(keys: list[int]) -> Iterable[Organisation]:
    for part in in_batches(keys):
        yield from Organisation.objects.filter(LIVING, pk__in=part, kind__in=USERS_OF_PATENTS)


def _interest(organisation: Organisation, traces: list[Trace], patent: Patent) -> Interest:
    shared = sorted(set(organisation.industries) & set(patent.industries))
    if shared:
        traces = [*traces, Trace("same_industry", 1.0, {"industries": shared})]
    return Interest(organisation, interest(traces), tuple(strongest(traces)))


def _near_patents(patent: Patent) -> dict[int, Neighbour]:
    # Published patents alone: whom a firm filed for in secret must not show in another's list.
    asked = Asked(k=LOOKED_AT, without=frozenset({patent.pk}))
    found = near_patents(frozenset({"public"}), patent_document(patent), asked)
    return {near.key: near for near in found if near.score >= LEAST_LIKENESS}


def _of_patents(near: Mapping[int, Neighbour]) -> Iterable[tuple[int, Trace]]:
    standing = PatentHolder.objects.filter(patent_id__in=list(near), standing__isnull=False)
    for patent_key, organisation in standing.values_list("patent_id", "standing_id"):
        found = near[patent_key]
        facts = {"number": found.document.number, "title": found.document.title, **as_sum(found.shares)}
        yield int(organisation or 0), Trace("own_patent", found.score, facts)


def _near_needs(actor: Actor, patent: Patent) -> Iterable[tuple[int, Trace]]:
    found = near_needs(tokens_of(actor), patent_document(patent), Asked(k=LOOKED_AT))
    near = {match.key: match for match in found if match.level != "none"}
    needs = Need.objects.filter(pk__in=list(near), organisation__isnull=False)
    for key, public_id, organisation in needs.values_list("pk", "public_id", "organisation_id"):
        match = near[key]
        facts = {"need": str(public_id), "title": match.document.title, **as_sum(match.judgement.shares)}
        yield int(organisation or 0), Trace("own_need", match.score, facts)


def as_sum(shares: Mapping[str, float]) -> dict[str, object]:
    """What a trace's score rests on, the largest part first; the margin is the sum of what is shown."""
    felt = sorted(((name, round(value, 2)) for name, value in shares.items()), key=lambda part: -abs(part[1]))
    parts = [{"name": name, "value": value} for name, value in felt if value]
    return {"parts": parts, "margin": round(sum(value for _, value in felt), 2)}
