"""How fast all patents of a year are brought before all organisations: pairs a second, stage by stage.

A large invented city; the last patents of its register are pushed as ``zhiqiao push --year`` does it. Every patent is
held against every organisation: through the traces that the organisation left near it, not one by one, so a pair costs
far less than a comparison. Document vectors are those of some 500 encoded titles, moved a little; needs' and patents'
titles are encoded for real.

Prints JSON lines, for one process and for several: starting them, which opens the index anew in each, included. On a
machine that has other work, work (``core_seconds``) tells more than the clock.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import big_city
from search_speed import near_known_titles, say

from zhiqiao.engine.encoder import REMEMBERED

ENCODED_FROM = 2_000


def encoder() -> Any:
    return near_known_titles(ENCODED_FROM, REMEMBERED)


def prepare(home: Path, patents: int, database_url: str | None) -> None:
    big_city.set_up(home, database_url)
    from django.conf import settings

    settings.ZHIQIAO_ENCODER = "push_speed:encoder"
    marker = home / f"push-speed-{patents}"
    if marker.exists():
        return
    begun = time.perf_counter()
    big_city.bring_up_to_date()
    big_city.build(patents)
    encode_all()
    marker.touch()
    say(built=patents, seconds=round(time.perf_counter() - begun, 1))


def encode_all() -> None:
    from zhiqiao.core.indexing import collection_names, index_pending

    for name in collection_names():
        while index_pending(name, 60).vectors_pending:
            pass


def last_patents(count: int) -> list[int]:
    from zhiqiao.registry.models import Patent

    return list(Patent.objects.order_by("-pk").values_list("pk", flat=True)[:count])[::-1]


def push(count: int, processes: int = 1) -> tuple[int, int, float]:
    """Patents, suggestions and seconds."""
    from zhiqiao.matching.batches import suggest_pushes
    from zhiqiao.parties.actors import operator

    keys, begun = last_patents(count), time.perf_counter()
    actor = operator("benchmark")
    done = suggest_pushes(actor=actor, keys=keys, most=20, progress=lambda *told: None, processes=processes)
    return done.patents, done.suggestions, time.perf_counter() - begun


@dataclass(frozen=True)
class Spent:
    """Work of this process and of those that it started and that ended."""

    clock: float
    cores: float

    @classmethod
    def now(cls) -> Spent:
        own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return cls(time.perf_counter(), own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime)


def measure(count: int, processes: int) -> float:
    """Pairs a second."""
    from zhiqiao.parties.models import Organisation

    if processes == 1:
        push(10)  # opens the index, loads the encoder
    organisations = Organisation.objects.count()
    begun = Spent.now()
    patents, suggestions, seconds = push(count, processes)
    spent = Spent.now().cores - begun.cores
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    say(
        processes=processes,
        patents=patents,
        organisations=organisations,
        suggestions=suggestions,
        seconds=round(seconds, 1),
        core_seconds=round(spent, 1),
        pairs_a_second=round(patents * organisations / seconds),
        pairs_a_core_second=round(patents * organisations / spent),
        megabytes_of_a_process=round(peak / 1e3),
        minutes_for_20_000_patents=round(20_000 * seconds / patents / 60, 1),
    )
    return patents * organisations / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--patents", type=int, default=30_000, help="in the register; a fifteenth as many organisations"
    )
    parser.add_argument("--pushed", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="a folder; the city in it is built once and used again")
    parser.add_argument("--database-url")
    parser.add_argument("--processes", type=int, default=2, help="held against one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = (asked.keep or Path(place)) / "home"
        home.mkdir(parents=True, exist_ok=True)
        prepare(home, asked.patents, asked.database_url)
        one = measure(asked.pushed, 1)
        if asked.processes > 1:
            several = measure(asked.pushed, asked.processes)
            say(processes=asked.processes, ratio_to_one_process=round(several / one, 2))


if __name__ == "__main__":
    main()
