"""A place among the first ten for an answer from another field, which nearness in meaning alone ranks too low."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from zhiqiao.engine.documents import Document, class_symbol
from zhiqiao.engine.evidence import Reason
from zhiqiao.engine.ranker import Judgement, Ranker
from zhiqiao.engine.relevance import Features

PLACE: Final = 10
# As far down the order it is looked for; chosen on judged needs (docs/matching.md).
_LOOKED_AT: Final = 50
_SECTIONS: Final = frozenset("ABCDEFGH")


class Scored(Protocol):
    """A document that was judged."""

    @property
    def judgement(self) -> Judgement: ...

    @property
    def document(self) -> Document: ...

    @property
    def features(self) -> Features: ...


@dataclass(frozen=True, slots=True)
class OtherField:
    """Where in the order it stands, its section of the IPC, and the one that most of the first ten are of."""

    at: int
    section: str
    usual: str

    @property
    def reason(self) -> Reason:
        return Reason("cross_field", {"section": self.section, "usual": self.usual})


def of_other_field(scored: Sequence[Scored], ranker: Ranker) -> OtherField | None:
    """Of the first fifty, best first, the one from another section that holds most of the need's words.

    None where it stands among the first ten anyway, where none is recommended, or where no field can be told.
    """
    usual = Counter(section for each in scored[:PLACE] if (section := section_of(each.document))).most_common(1)
    if not usual:
        return None
    others = [
        (-(each.features.title_coverage + each.features.body_coverage), at, section)
        for at, each in enumerate(scored[:_LOOKED_AT])
        if (section := section_of(each.document)) not in ("", usual[0][0])
        and ranker.model.level(each.judgement.score, each.features) != "none"
    ]
    _, at, section = min(others, default=(0.0, 0, ""))
    return OtherField(at, section, usual[0][0]) if at >= PLACE else None


def section_of(document: Document) -> str:
    """The IPC section of the main class; empty for a design, and where there is no class."""
    letter = class_symbol(document.classes[0])[:1].upper() if document.classes else ""
    return letter if letter in _SECTIONS else ""
