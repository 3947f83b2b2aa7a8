"""What a patent is compared with: the citations of its cohort, the trend of its field, the firms of its industry."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from zhiqiao.inventory.rules.facts import DESIGN, CitationPlace, FieldTrend
from zhiqiao.parties.models import LIVING, Organisation
from zhiqiao.parties.roles import OrganisationKind
from zhiqiao.registry.models import Patent
from zhiqiao.registry.reference.tables import technology_fields

FIRMS: Final = (OrganisationKind.ENTERPRISE, OrganisationKind.STATE_OWNED)
WINDOW: Final = 3  # full years in each of the two windows of a trend
PUBLICATION_LAG: Final = 2  # years: later filings are still unpublished for up to 18 months


@dataclass(frozen=True)
class Surroundings:
    """Figures over the whole registry on one day. ``cited`` holds each cohort's citation counts in ascending order,
    ``trends`` the fields, ``firms`` organisations by industry division."""

    cited: dict[tuple[str, int], list[int]]
    trends: dict[str, FieldTrend]
    firms: Counter[str]

    def citations(self, field: str, filed_on: date | None, count: int | None) -> CitationPlace | None:
        if count is None or filed_on is None or not field:
            return None
        cohort = self.cited.get((field, filed_on.year), [])
        below, through = bisect_left(cohort, count), bisect_right(cohort, count)
        if not cohort:
            return None
        rank = (below + through) / 2 / len(cohort)
        return CitationPlace(f"{field}/{filed_on.year}", len(cohort), round(rank, 2))

    def firms_in(self, industries: Iterable[Any]) -> int | None:
        """None where the patent's industry is not known or no organisation has told one."""
        divisions = set(divisions_of(industries))
        return sum(self.firms[each] for each in divisions) if divisions and self.firms else None


def read_surroundings(as_of: date) -> Surroundings:
    cited: dict[tuple[str, int], list[int]] = defaultdict(list)
    filings: dict[str, Counter[int]] = defaultdict(Counter)
    rows = Patent.objects.filter(withdrawn_at__isnull=True, filed_on__isnull=False)
    columns = rows.values_list("kind", "main_class", "filed_on", "cited_by_count")
    for kind, main_class, filed_on, count in columns.iterator(chunk_size=5000):
        field = field_of(kind, main_class)
        if not field or filed_on is None:
            continue
        filings[field][filed_on.year] += 1
        if count is not None:
            cited[field, filed_on.year].append(count)
    for counts in cited.values():
        counts.sort()
    return Surroundings(dict(cited), field_trends(filings, as_of), _firms())


def field_trends(filings: dict[str, Counter[int]], as_of: date) -> dict[str, FieldTrend]:
    """Each field's share of all filings in the newer window over that in the older one; fields without filings in
    either are left out."""
    last = as_of.year - PUBLICATION_LAG
    newer, older = range(last - WINDOW + 1, last + 1), range(last - 2 * WINDOW + 1, last - WINDOW + 1)
    late = {field: sum(years[year] for year in newer) for field, years in filings.items()}
    early = {field: sum(years[year] for year in older) for field, years in filings.items()}
    all_late, all_early = sum(late.values()), sum(early.values())
    return {
        field: FieldTrend(field, early[field], round(late[field] / all_late * all_early / early[field], 2))
        for field in filings
        if early[field] and all_late
    }


def field_of(kind: str, main_class: str) -> str:
    """One of WIPO's 35 technology fields, or the Locarno class of a design; empty where neither is known."""
    if kind == DESIGN:
        return f"locarno:{main_class[:2]}" if main_class else ""
    subclass, rest = main_class[:4], main_class[4:].partition("/")[0]
    fields = _fields()
    number = fields.get(subclass + rest) or fields.get(subclass) or fields.get(subclass[:3])
    return f"wipo:{number}" if number else ""


@cache
def _fields() -> dict[str, int]:
    return {prefix: field.number for field in technology_fields() for prefix in field.ipc_prefixes}


def _firms() -> Counter[str]:
    firms: Counter[str] = Counter()
    rows = Organisation.objects.filter(LIVING, kind__in=FIRMS)
    for industries in rows.values_list("industries", flat=True).iterator(chunk_size=5000):
        firms.update(set(divisions_of(industries)))
    return firms


def divisions_of(industries: Iterable[Any]) -> Iterator[str]:
    """Divisions (two digits) of GB/T 4754 out of codes of any level, with or without the section's letter."""
    for each in industries or ():
        code = str(each.get("code", "") if isinstance(each, dict) else each).lstrip("ABCDEFGHIJKLMNOPQRST")
        if len(code) >= 2 and code[:2].isdigit():
            yield code[:2]
