"""How long a patent lasts (Patent Law art. 42; domain.md §11.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.periods import add_years


@dataclass(frozen=True, slots=True)
class TermRule:
    """Years of protection for applications filed from ``filed_from`` up to, not including, ``filed_before``."""

    kind: str
    years: int
    source: str
    filed_from: date | None = None
    filed_before: date | None = None


LONGER_DESIGNS_SINCE: Final = date(2021, 6, 1)

TERM_RULES: Final = (
    TermRule("invention", 20, "Patent Law 2020 art. 42"),
    TermRule("utility_model", 10, "Patent Law 2020 art. 42"),
    TermRule("design", 15, "Patent Law 2020 art. 42", filed_from=LONGER_DESIGNS_SINCE),
    TermRule("design", 10, "Patent Law 2008 art. 42; domain.md §11.4 [own, high]", filed_before=LONGER_DESIGNS_SINCE),
)


def term_years(kind: str, filed_on: date) -> int:
    """Years of protection from the filing date. Raises ``patent_kind_unknown``."""
    for rule in TERM_RULES:
        began = rule.filed_from is None or rule.filed_from <= filed_on
        if rule.kind == kind and began and (rule.filed_before is None or filed_on < rule.filed_before):
            return rule.years
    raise Invalid("patent_kind_unknown", kind=kind)


def expiry_date(kind: str, filed_on: date, compensation_days: int = 0) -> date:
    """The day on which the term ends: the day corresponding to the filing date (Patent Law art. 42).

    Inventions 20 years, utility models 10, designs 15 (10 if filed before 2021-06-01), from the filing date,
    which for a PCT application is the international one. ``compensation_days`` is the extension that the
    office granted for delay or for a drug, in days. The day does not roll over at holidays: it ends a right,
    not a period to act in. Raises ``patent_kind_unknown`` or ``compensation_days``.
    """
    if compensation_days < 0 or (compensation_days and kind != "invention"):
        raise Invalid("compensation_days", kind=kind, days=compensation_days)
    return add_years(filed_on, term_years(kind, filed_on)) + timedelta(days=compensation_days)
