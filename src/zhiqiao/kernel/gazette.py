"""Codes of the patent gazette: what each event says, and what it does to status and encumbrances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Burden = Literal["pledge", "licence", "preservation"]
Effect = Literal["begins", "changes", "ends"]

_S31: Final = "domain.md §11.3 [found: S31]"
_OWN: Final = "domain.md §11.3 [own, medium]"


@dataclass(frozen=True, slots=True)
class GazetteEvent:
    """One gazette code. ``phase`` is the status phase it leads to, None where it leaves the status alone.

    ``burden`` and ``effect`` say what it does to an encumbrance. ``certain`` is False where the meaning is
    not from a published source.
    """

    code: str
    zh: str
    en: str
    phase: str | None = None
    burden: Burden | None = None
    effect: Effect | None = None
    source: str = _S31
    certain: bool = True


_EVENTS: Final = (
    GazetteEvent("PB01", "公布", "publication of the application", "published", source=_OWN, certain=False),
    GazetteEvent("SE01", "实质审查的生效", "entry into examination", "examination", source=_OWN, certain=False),
    GazetteEvent("GR01", "专利权的授予", "grant", "granted"),
    GazetteEvent("GR02", "专利权的授予", "grant (variant)", "granted", source=_OWN, certain=False),
    GazetteEvent("GR03", "专利权的授予", "grant (variant)", "granted", source=_OWN, certain=False),
    GazetteEvent("AV01", "主动放弃专利权", "abandonment by the holder", "abandoned"),
    GazetteEvent("CF01", "未缴年费专利权终止", "lapse for unpaid annual fee", "lapsed_unpaid"),
    GazetteEvent("CX01", "专利权有效期届满", "expiry of the term", "expired"),
    GazetteEvent("IP01", "专利权的无效(部分)公告", "partial invalidation", "partially_invalidated"),
    GazetteEvent("IW01", "专利权全部无效", "invalidation in full", "invalidated"),
    GazetteEvent("RR01", "专利权的恢复", "restoration", "restored"),
    GazetteEvent("TR01", "专利权的转移", "transfer of the patent"),
    GazetteEvent("CB03", "著录事项变更", "change of bibliographic data"),
    GazetteEvent("CP01", "专利权人名称变更", "change of the holder's name"),
    GazetteEvent("CP02", "专利权人地址变更", "change of the holder's address"),
    GazetteEvent("CP03", "专利权人名称、地址变更", "change of the holder's name and address"),
    GazetteEvent("DD01", "公告送达", "service by publication"),
    GazetteEvent("EE01", "许可合同备案的生效", "licence recorded", None, "licence", "begins"),
    GazetteEvent("EM01", "许可合同备案的变更", "licence record changed", None, "licence", "changes"),
    GazetteEvent("EC01", "许可合同备案的注销", "licence record cancelled", None, "licence", "ends"),
    GazetteEvent("PE01", "质押登记的生效", "pledge registered", None, "pledge", "begins"),
    GazetteEvent("PM01", "质押登记的变更", "pledge changed", None, "pledge", "changes"),
    GazetteEvent("PC01", "质押登记的注销", "pledge cancelled", None, "pledge", "ends"),
    GazetteEvent("PP01", "专利权的保全", "preservation by a court", None, "preservation", "begins"),
    GazetteEvent("PD01", "专利权保全的解除", "preservation lifted", None, "preservation", "ends"),
)

GAZETTE_EVENTS: Final = {event.code: event for event in _EVENTS}


def gazette_event(code: str) -> GazetteEvent | None:
    """The event of a code in any case; None for a code that the table does not hold."""
    return GAZETTE_EVENTS.get(code.strip().upper())
