"""Deals as the register's ledgers tell them: who was licensed a patent or took one over, on which recorded day."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.db.models import Q

from zhiqiao.kernel.batches import in_batches
from zhiqiao.kernel.names import split_names
from zhiqiao.parties.naming import OrganisationFinder
from zhiqiao.registry.models import Encumbrance, LegalEvent, Patent, PatentHolder

_TRANSFER: Final = re.compile(r"TR01|专利(申请)?权的?(转移|转让)", re.IGNORECASE)
LICENCES: Final = (
    Encumbrance.Kind.LICENCE_EXCLUSIVE, Encumbrance.Kind.LICENCE_SOLE, Encumbrance.Kind.LICENCE_ORDINARY,
)  # fmt: skip


class DealKind(StrEnum):
    LICENCE_EXCLUSIVE = "licence_exclusive"
    LICENCE_SOLE = "licence_sole"
    LICENCE_ORDINARY = "licence_ordinary"
    TRANSFER = "transfer"


@dataclass(frozen=True)
class Deal:
    """That an organisation was licensed a patent or took it over. ``patent``, ``organisation``: keys, of the one that
    lives on where it was merged. ``on``: the day on record. ``record``: where it stands, as ledger and key;
    ``told_by``: the import that told it, by its number; empty where none did."""

    kind: DealKind
    patent: int
    organisation: int
    on: date
    record: str
    told_by: str = ""


def recorded_deals(patents: Collection[int] | None = None) -> Iterator[Deal]:
    """The deals in the ledgers, on all patents or on these; in no order.

    A deal without a day or without a party that the register knows is left out, and so is what an undone import told,
    what is uncertain, and an open licence, which is granted to nobody in particular. Who held or applied for the patent
    before has made no deal: a transfer within one house, merged ones included, is none. Neither is what was never
    published: it is nobody's to know.
    """
    told = Q(patent__public=True, patent__withdrawn_at=None, withdrawn_at=None)
    if patents is not None:
        told &= Q(patent_id__in=patents)
    licences, transfers = _licences(told), _transfers(told)
    if licences or transfers:
        finder = OrganisationFinder.load()
        yield from _of_licences(licences, finder)
        yield from _of_transfers(transfers, finder)


def _licences(told: Q) -> list[Encumbrance]:
    known = Encumbrance.objects.filter(told, kind__in=LICENCES, certain=True)
    return list(known.exclude(starts_on=None).exclude(in_favour_of="").select_related("run").order_by("id"))


def _of_licences(licences: Sequence[Encumbrance], finder: OrganisationFinder) -> Iterator[Deal]:
    houses = _houses_of({each.patent_id for each in licences}, finder)
    for each in licences:
        assert each.starts_on is not None  # noqa: S101 -- those alone were read
        for name in split_names(each.in_favour_of):
            party = finder.find(name)
            if party is not None and party not in houses[each.patent_id].all_of_them:
                run = each.run.number if each.run else ""
                yield Deal(DealKind(each.kind), each.patent_id, party, each.starts_on, f"encumbrance:{each.pk}", run)


def _transfers(told: Q) -> dict[int, LegalEvent]:
    """The newest transfer on record, by patent: whoever holds it now came by it then."""
    known = LegalEvent.objects.filter(told, Q(code="TR01") | Q(words__contains="转")).exclude(happened_on=None)
    dated = known.select_related("run").order_by("happened_on", "id")
    return {each.patent_id: each for each in dated if each.code == "TR01" or _TRANSFER.search(each.words)}


def _of_transfers(transfers: Mapping[int, LegalEvent], finder: OrganisationFinder) -> Iterator[Deal]:
    houses = _houses_of(transfers, finder)
    for patent, event in transfers.items():
        before = houses[patent].before
        assert event.happened_on is not None  # noqa: S101 -- those alone were read
        for party in houses[patent].now - before if before else ():
            run = event.run.number if event.run else ""
            yield Deal(DealKind.TRANSFER, patent, party, event.happened_on, f"legal_event:{event.pk}", run)


@dataclass(frozen=True)
class _Houses:
    """Who holds a patent ``now`` and who had it ``before``, as keys of living organisations."""

    now: frozenset[int]
    before: frozenset[int]

    @property
    def all_of_them(self) -> frozenset[int]:
        return self.now | self.before


def _houses_of(patents: Iterable[int], finder: OrganisationFinder) -> dict[int, _Houses]:
    found: dict[int, _Houses] = {}
    for part in in_batches(patents):
        rows: dict[int, list[PatentHolder]] = {}
        for row in PatentHolder.objects.filter(patent_id__in=part).order_by("recorded_at", "id"):
            rows.setdefault(row.patent_id, []).append(row)
        applicants = dict(Patent.objects.filter(pk__in=part).values_list("pk", "applicants"))
        found |= {key: _houses(rows.get(key, []), applicants.get(key, []), finder) for key in part}
    return found


def _houses(rows: Sequence[PatentHolder], applicants: Sequence[str], finder: OrganisationFinder) -> _Houses:
    """Before: the first known and those directly before the present ones, not all between, since a list that was
    undone and sent again has the present ones there too; and the applicants where the present ones are told apart."""
    standing = [row for row in rows if row.superseded_at is None]
    past = [row for row in rows if row.superseded_at is not None]
    last = max((row.superseded_at for row in past if row.superseded_at), default=None)
    former = [row for row in past if row.superseded_at == last or row.recorded_at == past[0].recorded_at]
    before = {finder.living(row.organisation_id) for row in former if row.organisation_id}
    if any(row.role == PatentHolder.Role.HOLDER for row in standing):
        before |= {party for name in applicants if (party := finder.find(name))}
    now = {finder.living(row.organisation_id) for row in standing if row.organisation_id}
    return _Houses(frozenset(now), frozenset(before))
