"""``zhiqiao setup`` makes an installation ready; ``manage`` passes a command on to Django."""

from __future__ import annotations

import fcntl
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command, execute_from_command_line
from django.db import connection

from zhiqiao.cli.console import STDERR, say
from zhiqiao.parties.actors import operator
from zhiqiao.registry.actions import load_shipped_reference


@contextmanager
def alone() -> Iterator[None]:
    """One process at a time makes this home ready; others wait here."""
    with (Path(settings.ZHIQIAO_HOME) / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_ready() -> None:
    """Database, reference tables, static files. Quick when nothing changed."""
    with alone():
        _make_ready()


def _make_ready() -> None:
    call_command("migrate", verbosity=0, skip_checks=True)
    call_command("createcachetable", verbosity=0)
    load_shipped_reference(actor=operator(getpass.getuser()))
    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)


def make_ready_where_new() -> None:
    """A first import on a fresh machine just works; a database that is there already is left as it is."""
    with alone():
        if not connection.introspection.table_names():
            _make_ready()


@click.command("setup")
def setup() -> None:
    """建库并载入分类与镇街字典。 Make the database and load the reference tables."""
    make_ready()
    STDERR.print(say("就绪", "ready") + f": {settings.ZHIQIAO_HOME} ({connection.vendor})", markup=False)


@click.command("manage", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: tuple[str, ...]) -> None:
    """运行 Django 管理命令。 Run one of Django's own commands."""
    execute_from_command_line(["zhiqiao manage", *words])


COMMANDS = {"setup": setup, "manage": manage}
