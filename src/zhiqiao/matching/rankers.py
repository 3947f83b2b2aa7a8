"""The rankings that were learnt here: a folder for each version, and which of them serves.

``rankers/<version>/`` holds the ranking, its manifest and the pairs that it learnt from, each with its reply or
deal. ``rankers/CURRENT`` has one version a line: the first serves, below it those that served before; it is replaced in
one step, and every process looks at it before each search.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import structlog
from django.conf import settings

from zhiqiao.engine.durable import mark_of, sync_folder, write_durably
from zhiqiao.engine.ranker import Ranker, default_ranker
from zhiqiao.kernel.errors import Invalid
from zhiqiao.matching.measures import Figures, worse_on

PACKAGE: Final = "package"
"""The ranking that is delivered with the product, which remembers nobody's judgements."""
CURRENT, MANIFEST, PAIRS = "CURRENT", "manifest.json", "pairs.jsonl"
REMEMBERED: Final = 50  # versions that served before
_VERSION = re.compile(r"\d{8}-\d{1,4}", re.ASCII)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Manifest:
    """What a version is made of. ``pairs``: learnt from, of so many ``houses``, ``deals`` of them by deals, the rest by
    replies; ``left_out`` and ``deals_left_out``: replies and deals that taught nothing themselves. ``figures``: set →
    "new" or, for the version that served then, "before" → name → figure. ``served`` False: it was worse, and only a
    person may put it to use."""

    version: str
    made_at: str
    made_by: str
    encoder: str
    pairs: int
    houses: int
    kept_back: int
    left_out: int
    figures: Mapping[str, Mapping[str, Mapping[str, Any]]]
    replaces: str
    served: bool
    deals: int = 0
    deals_left_out: int = 0

    @property
    def worse_on(self) -> list[str]:
        """The frozen sets on which it was worse than the version that served."""
        told = self.figures.items()
        new, before = ({name: Figures(**each[which]) for name, each in told} for which in ("new", "before"))
        return worse_on(new, before)

    @property
    def replies(self) -> int:
        return self.pairs - self.deals


def folder() -> Path:
    return Path(settings.ZHIQIAO_HOME) / "rankers"


def serving() -> Ranker:
    """The ranking that answers now."""
    return _loaded(folder(), mark_of(folder() / CURRENT))


@lru_cache(maxsize=4)
def _loaded(place: Path, mark: tuple[int, int, int]) -> Ranker:
    version = served_before()[0]
    if version == PACKAGE:
        return default_ranker()
    try:
        return Ranker.load(place / version)
    except Invalid as unreadable:
        # A search must not fail for it: the delivered ranking answers, and whoever reads the log puts it right.
        _log.error("ranker_unreadable", version=version, code=unreadable.reason)
        return default_ranker()


def served_before() -> list[str]:
    """The version that serves, then those that served before it, ending with the delivered one."""
    try:
        lines = (folder() / CURRENT).read_text(encoding="ascii").split()
    except FileNotFoundError:
        lines = []
    return lines or [PACKAGE]


def versions() -> list[Manifest]:
    """Those that were learnt here, newest first."""
    found = [read(each.name) for each in folder().glob("*/") if (each / MANIFEST).exists()]
    return sorted(found, key=lambda manifest: manifest.made_at, reverse=True)


def read(version: str) -> Manifest:
    """Raises ``Invalid`` ``ranker_unknown``."""
    if not _VERSION.fullmatch(version) or not (folder() / version / MANIFEST).exists():
        raise Invalid("ranker_unknown", version=version[:64])
    return Manifest(**json.loads((folder() / version / MANIFEST).read_text(encoding="utf-8")))


def next_version(day: str) -> str:
    """``day`` as 20261123; the running number of the day behind it."""
    taken = [each.name for each in folder().glob(f"{day}-*")]
    return f"{day}-{1 + max((int(name.rpartition('-')[2]) for name in taken), default=0)}"


def keep(manifest: Manifest, pairs: Iterable[Mapping[str, Any]], save: Callable[[Path], None]) -> None:
    """Write a version down whole; the manifest comes last, without it there is no version."""
    place = folder() / manifest.version
    place.mkdir(parents=True)
    save(place)
    lines = (json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in pairs)
    write_durably(place / PAIRS, lines)
    write_durably(place / MANIFEST, [json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()])
    sync_folder(folder())


def switch_to(version: str) -> None:
    """Let a version serve from now on. Raises ``Invalid`` ``ranker_unknown``, ``ranker_unreadable``."""
    if version != PACKAGE:
        Ranker.load(folder() / read(version).version)
    _write([version, *served_before()])


def switch_back() -> str:
    """Let the one serve that did before; returns which. Raises ``Invalid`` ``no_ranker_before``."""
    before = served_before()[1:]
    if not before:
        raise Invalid("no_ranker_before")
    _write(before)
    return before[0]


def _write(lines: list[str]) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    write_durably(folder() / CURRENT, ["\n".join(lines[:REMEMBERED]).encode("ascii")])
