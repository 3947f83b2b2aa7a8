"""How fast all patents of a year are brought before all organisations: pairs a second, stage by stage.

A large invented city; the last patents of its register are pushed as ``zhiqiao push --year`` does it. Every patent is
held against every organisation: through the traces that the organisation left near it, not one by one, so a pair costs
far less than a comparison. Document vectors are those of some 500 encoded titles, moved a little; needs' and patents'
titles are encoded for real.

Prints JSON lines. ``--processes 2`` tells what a second process adds to the pairs of one.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import tempfile
import time
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


def push(count: int) -> tuple[int, int, float]:
    """Patents, suggestions and seconds."""
    from zhiqiao.matching.batches import suggest_pushes
    from zhiqiao.parties.actors import operator

    keys, begun = last_patents(count), time.perf_counter()
    done = suggest_pushes(actor=operator("benchmark"), keys=keys, most=20, progress=lambda *told: None)
    return done.patents, done.suggestions, time.perf_counter() - begun


def measure(count: int, profiled: bool) -> None:
    from zhiqiao.parties.models import Organisation

    push(10)  # opens the index, loads the encoder
    organisations = Organisation.objects.count()
    profile, spent = cProfile.Profile(), time.process_time()
    if profiled:
        profile.enable()
    patents, suggestions, seconds = push(count)
    profile.disable()
    say(
        patents=patents,
        organisations=organisations,
        suggestions=suggestions,
        seconds=round(seconds, 1),
        core_seconds=round(time.process_time() - spent, 1),
        pairs_a_second=round(patents * organisations / seconds),
        peak_megabytes=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
    )
    if profiled:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--patents", type=int, default=30_000, help="in the register; a fifteenth as many organisations"
    )
    parser.add_argument("--pushed", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="a folder; the city in it is built once and used again")
    parser.add_argument("--database-url")
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = (asked.keep or Path(place)) / "home"
        home.mkdir(parents=True, exist_ok=True)
        prepare(home, asked.patents, asked.database_url)
        measure(asked.pushed, asked.profile)


if __name__ == "__main__":
    main()
