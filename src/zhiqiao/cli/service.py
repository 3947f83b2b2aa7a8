"""``zhiqiao serve``, ``worker`` and ``index``: the running installation."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import click
from granian.constants import Interfaces
from granian.server import Server
from rich.progress import Progress, TaskID

from zhiqiao.cli.console import STDERR, STDOUT, print_json, say
from zhiqiao.cli.keeper import kept_running
from zhiqiao.cli.setup import make_ready
from zhiqiao.core import indexing
from zhiqiao.core.encoders import encoder
from zhiqiao.core.jobs import run_worker
from zhiqiao.core.leases import Busy, release_of_the_dead
from zhiqiao.engine.endpoint import EndpointEncoder
from zhiqiao.kernel.errors import Unavailable, ZhiqiaoError
from zhiqiao.wording import refusal

PATIENCE = 60.0  # seconds that a rebuild waits for the worker to let go of the index


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8321, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@click.option("--worker/--no-worker", "with_worker", default=True, help="同时启动后台任务。 Run a worker beside it.")
def serve(host: str, port: int, threads: int, with_worker: bool) -> None:
    """启动网站。 Serve the site."""
    make_ready()
    serve_site(host, port, threads, with_worker)


def serve_site(host: str, port: int, threads: int = 8, with_worker: bool = True) -> None:
    refuse_taken_port(host, port)
    # Several processes share the cores: an encoder that spins on all of them starves the others.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    STDERR.print(f"http://{host}:{port}/", markup=False)
    with worker_beside() if with_worker else nullcontext():
        Server(
            "zhiqiao.conf.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=threads,
            log_access=False,
            respawn_failed_workers=True,
        ).serve()


def refuse_taken_port(host: str, port: int) -> None:
    """Say so in one line, before a server's own trace does."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise Unavailable("port_taken", host=host, port=port) from taken


def worker_beside() -> AbstractContextManager[None]:
    """A worker process for as long as the site runs."""
    return kept_running([sys.executable, "-m", "zhiqiao", "worker"])


@click.command("worker")
@click.option("--once", is_flag=True, help="做完等待中的任务就结束。 Stop when nothing waits.")
def worker(once: bool) -> None:
    """执行后台任务:导入、评价、索引、封存。 Run jobs: imports, appraisals, the index, the seal."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    run_worker(stop, once=once)


@click.group("index", invoke_without_command=True)
@click.pass_context
def index(context: click.Context) -> None:
    """更新检索索引。 Bring the search index up to date."""
    if context.invoked_subcommand is None:
        bring_up_to_date()


def bring_up_to_date() -> None:
    with Progress(console=STDERR, disable=not STDERR.is_terminal) as bar:
        for name in indexing.collection_names():
            task = bar.add_task(say("索引", "indexing") + f" {name}", total=None)
            while index_some(name):
                found = indexing.status(name)
                known = found["documents"] - found["vectors_pending"]
                bar.update(task, completed=known, total=found["documents"] or 1)


def index_some(name: str) -> bool:
    """Index for a moment; whether anything is left. While another process is at it, that one is let finish."""
    told = False
    while True:
        release_leases_of_the_dead(name)
        try:
            report = indexing.index_pending(name, 2.0)
        except Busy:
            if not told:
                waiting = say("另一个进程正在索引，等它做完", "another process is indexing; waiting for it")
                STDERR.print(f"{waiting}: {name}", markup=False)
            told = True
            time.sleep(1)
        else:
            waits = bool(indexing.status(name)["events_pending"])
            if report.trouble and not waits:
                tell_of_trouble(name, report.trouble)
            return waits or (bool(report.vectors_pending) and not report.trouble)


def release_leases_of_the_dead(name: str) -> None:
    """Of a killed rebuild too: while its lease lasts nothing new is encoded."""
    for lease in (f"indexer:{name}", f"rebuild:{name}"):
        release_of_the_dead(lease)


def tell_of_trouble(name: str, code: str) -> None:
    why = refusal(ZhiqiaoError(code)).text
    STDERR.print(f"{name}: {say('只按词检索', 'searched by words alone')} ({code})。{why}", markup=False)


@index.command("status")
@click.option("--json", "as_json", is_flag=True)
def index_status(as_json: bool) -> None:
    """索引进度。 How far the index is."""
    found = [indexing.status(name) for name in indexing.collection_names()]
    if as_json:
        print_json({"collections": found})
        return
    for each in found:
        STDOUT.print(
            f"{each['name']}: {each['documents']} "
            + say(
                f"条,待按含义索引 {each['vectors_pending']},待入索引 {each['records_pending']}",
                f"documents, {each['vectors_pending']} not findable by meaning yet, {each['records_pending']} waiting",
            )
        )
        STDOUT.print(f"  {say('编码器', 'encoder')}: {each['encoder']}", markup=False)
        if each["trouble"]:
            tell_of_trouble(each["name"], each["trouble"])


@index.command("rebuild")
def index_rebuild() -> None:
    """重建索引,期间检索不中断;换编码器后也用它。 Build the index anew, with another encoder too; searches go on."""
    with Progress(console=STDERR, disable=not STDERR.is_terminal) as bar:
        for name in indexing.collection_names():
            release_leases_of_the_dead(name)
            task = bar.add_task(say("重建", "rebuilding") + f" {name}", total=None)
            count = indexing.rebuild(name, partial(advance, bar, task), PATIENCE)
            STDOUT.print(f"{name}: {count}")
    bring_up_to_date()


def advance(bar: Progress, task: TaskID, done: int) -> None:
    bar.update(task, completed=done)


@index.command("encoder")
def index_encoder() -> None:
    """问一次所设的编码器。 Ask the encoder that is set once, and say what comes back."""
    meaning = encoder()
    begun = time.perf_counter()
    found = meaning.probe() if isinstance(meaning, EndpointEncoder) else len(meaning.encode_queries(["知桥"])[0])
    took = round((time.perf_counter() - begun) * 1000)
    STDOUT.print(f"{meaning.identity}: {found} {say('维', 'dimensions')}, {took} ms", markup=False)
    if found != meaning.dimension:
        raise Unavailable("encoder_dimension")


COMMANDS = {"serve": serve, "worker": worker, "index": index}
