"""A vocabulary: the headings by which one kind of list names its columns."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

_BRACKETS = str.maketrans("[]{}〔〕【】〈〉《》「」『』", "()()()()()()()()")
_STANDARD_MARK = re.compile(r"^\(标\)|\(标\)$")
_NUMBERING = re.compile(r"^(?:\(\d{1,2}\)|\d{1,2}[.、)])(?=\D)")
_MARKS = re.compile(r"[*※★☆#:\"'`]+|^[、.]+|[、,;]+$")
_HINT = re.compile(
    r"\((?:必填|选填|可选|非必填|必填项|可多选|多选|单选|格式|如|例|yyyy|多个|单位|以|请|说明|下拉|注|按|没有|若|填|是/否|文本|日期)"
    r"[^()]*\)"
)
_UNIT = re.compile(
    r"(?:\((?:人民币)?(?:万元|亿元|千元|百万元|元|万|元整|rmb|cny)(?:人民币|rmb|/年)?\)|[/,](?:万元|亿元|千元|元))$"
)


def heading_key(raw: str) -> str:
    """A heading as it is looked up: half width, lower case, no spaces, marks, hints or money units."""
    text = unicodedata.normalize("NFKC", raw).translate(_BRACKETS).lower()
    text = _MARKS.sub("", "".join(text.split()))
    text = _NUMBERING.sub("", text)
    text = _UNIT.sub("", _HINT.sub("", text))
    return _MARKS.sub("", _STANDARD_MARK.sub("", text))


def is_standardised(raw: str) -> bool:
    """A vendor's ``[标]`` before a heading: names as the vendor rewrote them, second choice to the printed ones."""
    text = unicodedata.normalize("NFKC", raw).translate(_BRACKETS).strip()
    return text.startswith("(标)")


@dataclass(frozen=True)
class Vocabulary:
    """``fields``: headings by field, preferred first. ``identity``: a heading row names at least one of these.

    ``dialects``: headings that only one vendor writes. ``dialect_fields``: headings that mean a field only in
    that vendor's files.
    """

    kind: str
    fields: Mapping[str, Sequence[str]]
    extras: frozenset[str]
    identity: frozenset[str]
    dialects: Mapping[str, frozenset[str]]
    dialect_fields: Mapping[str, Mapping[str, str]]
    _known: dict[str, tuple[str, int]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name, headings in self.fields.items():
            for rank, heading in enumerate(headings):
                self._known.setdefault(heading_key(heading), (name, rank))

    def look_up(self, heading: str, dialect: str | None = None) -> tuple[str, int] | None:
        """The field of a heading with its rank among that field's headings (0 is best); None if unknown."""
        key = heading_key(heading)
        if dialect is not None and (meant := self.dialect_fields.get(dialect, {}).get(key)):
            return meant, 0
        if found := self._known.get(key):
            return found
        return (f"extra.{' '.join(heading.split())}", 0) if key in self.extras else None

    def dialect_of(self, headings: Iterable[str]) -> str | None:
        """The vendor most of whose tell-tale headings are there, None if no vendor's are."""
        keys = set(map(heading_key, headings))
        scores = {name: len(keys & tell_tale) for name, tell_tale in self.dialects.items()}
        best = max(scores, key=lambda name: scores[name], default=None)
        return best if best is not None and scores[best] else None


def _load(kind: str) -> Vocabulary:
    text = files("zhiqiao.exchange").joinpath("vocabulary", f"{kind}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Vocabulary(
        kind=kind,
        fields=table["fields"],
        extras=frozenset(map(heading_key, table["extras"])),
        identity=frozenset(table["identity"]),
        dialects={name: frozenset(map(heading_key, each)) for name, each in table.get("dialects", {}).items()},
        dialect_fields=table.get("dialect_fields", {}),
    )


PATENTS = _load("patents")
ORGANISATIONS = _load("organisations")
NEEDS = _load("needs")
