"""What shards cost and bring: 1, 2 and 4 of them on real nodes of this machine, against one folder in this process.

The corpus is invented, the same for the same --patents; vectors are drawn by chance from the titles, 384 values each,
since the speed of exact search does not depend on what they are. Needs are not encoded: that costs the same in both.
Every answer over shards is held against the one of the folder. Seconds on the clock depend on what else the machine
does; the work (processor time) less so, and it is what the slopes are taken from.

Prints JSON lines; with --page FILE the figures and what they mean for a country are written into it, between the
lines that mark the place.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from invented import abstract, need, title

from zhiqiao.cluster.access import grant
from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.cluster.nodes import NodePlan, start_node, stop_nodes
from zhiqiao.engine.documents import NO_FILTERS, Document
from zhiqiao.engine.encoder import Vectors, unit
from zhiqiao.engine.fusion import DEPTH
from zhiqiao.engine.gathering import ShardedIndex
from zhiqiao.engine.match import Match, Scope, match
from zhiqiao.engine.need import search_terms, understand
from zhiqiao.engine.reading import SearchIndex
from zhiqiao.engine.shardwriting import ShardedWriter, shard_folder
from zhiqiao.engine.store import open_reader, open_writer
from zhiqiao.engine.vectorcache import text_digest
from zhiqiao.kernel.batches import in_batches

DIMENSION = 384
TICK = os.sysconf("SC_CLK_TCK")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
GIB = 2**30


class Drawn:
    """Vectors by chance, the same for the same text."""

    identity = "drawn"
    dimension = DIMENSION

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        seeds = [int.from_bytes(text_digest(text)[:6], "big") for text in texts]
        rows = [np.random.default_rng(seed).standard_normal(DIMENSION, dtype=np.float32) for seed in seeds]
        return unit(np.stack(rows))

    encode_passages = encode_queries


@dataclass(frozen=True)
class Measured:
    """``work``: milliseconds of processor time that one search takes in each shard; ``here``: in this process;
    ``lookups``: in one folder, for what grows with the patents, looking words and vectors up. Memory is resident, in
    bytes, of each shard's process."""

    shards: int
    patents: int
    middle_ms: float
    p95_ms: float
    searches_per_s: float
    here_ms: float
    work_ms: float
    memory: float
    disk: float
    build_s: float
    lookups_ms: float = 0.0


def corpus(count: int) -> Iterator[Document]:
    chance = random.Random(11)
    for key in range(1, count + 1):
        named = title(chance)
        seen, facets = ("public",), {"kind": "invention"}
        yield Document(key, f"CN2021{key:08d}", named, abstract(chance, named), visibility=seen, facets=facets)


def fill(writer: ShardedWriter, count: int) -> float:
    began = time.monotonic()
    for batch in in_batches(corpus(count), 2_000):
        writer.apply(batch, [], "1")
    writer.commit()
    while writer.pending_vectors:
        writer.encode_pending(60)
    writer.close()
    return time.monotonic() - began


def asked(index: SearchIndex, encoder: Drawn, needs: Sequence[str]) -> tuple[list[float], list[list[Match]]]:
    seconds, found = [], []
    for text in needs:
        began = time.perf_counter()
        found.append(match(index, encoder, text, Scope(frozenset({"public"}))))
        seconds.append(time.perf_counter() - began)
    return seconds, found


def same(one: Sequence[list[Match]], many: Sequence[list[Match]]) -> bool:
    pairs = (([each.score for each in a], [each.score for each in b]) for a, b in zip(one, many, strict=True))
    return all(len(a) == len(b) and np.allclose(a, b, rtol=1e-6, atol=0) for a, b in pairs)


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def worked(pid: int) -> float:
    told = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / TICK


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def in_one_folder(folder: Path, count: int, needs: Sequence[str]) -> tuple[Measured, list[list[Match]]]:
    encoder = Drawn()
    began, before = time.monotonic(), resident(os.getpid())
    with open_writer(folder, encoder) as writer:
        for batch in in_batches(corpus(count), 2_000):
            writer.apply(batch, [], "1")
        writer.commit()
        while writer.pending_vectors:
            writer.encode_pending(60)
    built = time.monotonic() - began
    reader = open_reader(folder, encoder)
    asked(reader, encoder, needs[:5])
    work = time.process_time()
    seconds, found = asked(reader, encoder, needs)
    here = (time.process_time() - work) * 1_000 / len(needs)
    memory = max(0, resident(os.getpid()) - before)
    rate = 1 / statistics.mean(seconds)
    looked = lookups(reader, encoder, needs)
    return Measured(0, count, *speed(seconds), rate, here, 0.0, memory, size_of(folder), built, looked), found


def lookups(reader: SearchIndex, encoder: Drawn, needs: Sequence[str]) -> float:
    public = frozenset({"public"})
    asked = [understand(text, encoder.encode_queries([text])[0], reader.text) for text in needs]
    began = time.process_time()
    for each in asked:
        reader.text.search(search_terms(each), public, NO_FILTERS, DEPTH)
        reader.vectors.search(each.vector, DEPTH, public)
    return (time.process_time() - began) * 1_000 / len(needs)


def speed(seconds: Sequence[float]) -> tuple[float, float]:
    return statistics.median(seconds) * 1_000, float(np.quantile(seconds, 0.95)) * 1_000


def over_shards(
    home: Path, address: ClusterAddress, count: int, needs: Sequence[str], expected: Sequence[list[Match]]
) -> Measured:
    # Here, not above: Ray looks for its token when it is loaded.
    from zhiqiao.cluster.health import health
    from zhiqiao.cluster.scattering import open_sharded

    encoder, name = Drawn(), f"shards{address.shards}"
    folder = home / name
    built = fill(ShardedWriter(folder, address.shards, encoder), count)
    index = ShardedIndex(open_sharded(address, home, name, folder, encoder), encoder, address.seconds)
    shards = health(address, home, [(name, folder, encoder)], 120).shards
    assert not any(shard.trouble for shard in shards), shards
    asked(index.view(), encoder, needs[:1])
    pids = [shard.pid for shard in shards]
    before, own = [worked(pid) for pid in pids], time.process_time()
    seconds, found = [], []
    for text in needs:
        view = index.view()
        spent, answers = asked(view, encoder, [text])
        assert not view.missing
        seconds += spent
        found += answers
    here = (time.process_time() - own) * 1_000 / len(needs)
    work = statistics.mean(worked(pid) - then for pid, then in zip(pids, before, strict=True)) * 1_000 / len(needs)
    assert same(expected, found)
    memory = statistics.mean(resident(pid) for pid in pids)
    disk = size_of(shard_folder(folder, 0, address.shards).parent)
    rate = at_once(index, encoder, needs)
    return Measured(address.shards, count, *speed(seconds), rate, here, work, memory, disk, built)


def at_once(index: ShardedIndex, encoder: Drawn, needs: Sequence[str], threads: int = 4) -> float:
    def search(part: Sequence[str]) -> None:
        for text in part:
            asked(index.view(), encoder, [text])

    began = time.monotonic()
    running = [threading.Thread(target=search, args=(needs[at::threads],)) for at in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return len(needs) / (time.monotonic() - began)


def page(rows: Sequence[Measured]) -> str:
    """The figures as a table, and what a country needs on their slopes."""
    folders, shards = [row for row in rows if not row.shards], [row for row in rows if row.shards]
    lines = [
        "| shards | middle ms | p95 ms | searches/s | work here ms | work in each shard ms | MiB a shard | built s "
        "| lookups ms |"
    ]
    lines.append("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        where = row.shards or f"one folder, {row.patents:,} patents"
        memory = f"{row.memory / 2**20:.0f}" if row.shards else "—"
        lines.append(
            f"| {where} | {row.middle_ms:.0f} | {row.p95_ms:.0f} | {row.searches_per_s:.1f} | {row.here_ms:.1f} "
            f"| {told(row.work_ms)} | {memory} | {row.build_s:.0f} | {told(row.lookups_ms)} |"
        )
    slopes = slopes_of(folders, shards)
    lines += ["", f"{shards[0].patents:,} patents in shards. Slopes: "]
    lines[-1] += (
        f"{slopes.memory:.0f} bytes of memory and {slopes.disk:.0f} of disk a patent, {slopes.base / 2**20:.0f} MiB "
        f"for an empty shard's process, {slopes.work * 1e6:.0f} ms of work a search and million patents, "
        f"{slopes.build * 1e6 / 3_600:.1f} h of writing a million patents, encoding left out."
    )
    lines += ["", "| patents | shards | memory GiB | disk GiB, twice for a rebuild | machines of 64 GiB and 16 cores |"]
    lines.append("|---|---|---|---|---|")
    return "\n".join([*lines, *(slopes.needed(count) for count in (300_000, 5_000_000, 50_000_000))])


def told(milliseconds: float) -> str:
    return f"{milliseconds:.1f}" if milliseconds else "—"


@dataclass(frozen=True)
class Slopes:
    """For one more patent; ``base``: of a process without any."""

    memory: float
    base: float
    disk: float
    work: float
    build: float

    def needed(self, patents: int) -> str:
        """So many shards that one search is at most a quarter of a second's work in each; half of a machine's memory
        is left to the system's cache, and a machine's cores take a shard each."""
        shards = max(1, math.ceil(self.work * patents / 250))
        memory, disk = (self.memory * patents + self.base * shards) / GIB, 2 * self.disk * patents / GIB
        machines = max(math.ceil(memory / 32), math.ceil(shards / 16))
        return f"| {patents:,} | {shards} | {memory:.1f} | {disk:.1f} | {machines} |"


def slopes_of(folders: Sequence[Measured], shards: Sequence[Measured]) -> Slopes:
    small, large = folders
    more = large.patents - small.patents
    fewest, most = min(shards, key=lambda row: row.shards), max(shards, key=lambda row: row.shards)
    apart = fewest.patents / fewest.shards - most.patents / most.shards
    memory = max(0.0, (fewest.memory - most.memory) / apart)
    return Slopes(
        memory,
        max(0.0, most.memory - memory * most.patents / most.shards),
        (large.disk - small.disk) / more,
        (large.lookups_ms - small.lookups_ms) / more,
        (large.build_s - small.build_s) / more,
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--patents", type=int, default=30_000)
    options.add_argument("--needs", type=int, default=60)
    options.add_argument("--shards", default="1,2,4")
    options.add_argument("--page", type=Path)
    chosen = options.parse_args()
    home = Path(tempfile.mkdtemp(prefix="zq-bench-"))
    try:
        rows = measure(home, chosen.patents, chosen.needs, [int(word) for word in chosen.shards.split(",")])
    finally:
        leave_and_stop(home)
        shutil.rmtree(home, ignore_errors=True)
    if chosen.page:
        text = chosen.page.read_text("utf-8")
        head, _, rest = text.partition(BEGIN)
        chosen.page.write_text(f"{head}{BEGIN}\n{page(rows)}\n{END}{rest.partition(END)[2]}", "utf-8")


def leave_and_stop(home: Path) -> None:
    # Here, not above: Ray looks for its token when it is loaded.
    from zhiqiao.cluster.connection import leave

    leave()
    stop_nodes(home)


def free_port() -> int:
    """Below those that the system hands out by itself, or another program may have it by the time it is used."""
    while True:
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("", random.randint(20_000, 30_000)))
            return int(tried.getsockname()[1])


def measure(home: Path, patents: int, count: int, shards: Sequence[int]) -> list[Measured]:
    chance = random.Random(5)
    needs = [need(chance) for _ in range(count)]
    rows: list[Measured] = []
    for size in (patents // 2, patents):
        row, expected = in_one_folder(home / f"one-{size}", size, needs)
        rows.append(row)
        print(json.dumps(asdict(row)), flush=True)
    port = free_port()
    address = ClusterAddress("127.0.0.2", port)
    grant(home, address)
    start_node(home, address, NodePlan(head=True, address="127.0.0.2", cores=0))
    for number in (3, 4):
        start_node(home, address, NodePlan(head=False, address=f"127.0.0.{number}", cores=2))
    for number in shards:
        place = ClusterAddress("127.0.0.2", port, shards=number, seconds=60.0)
        row = over_shards(home, place, patents, needs, expected)
        rows.append(row)
        print(json.dumps(asdict(row)), flush=True)
    return rows


if __name__ == "__main__":
    main()
