"""The command line: one clear line and exit 1 when something is wrong, never a traceback."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click
import django
from django.db import DatabaseError

from zhiqiao import __version__
from zhiqiao.cli.console import complain
from zhiqiao.kernel.errors import ZhiqiaoError

# Command → the module that has it, in the order of the help.
SECTIONS = {
    "demo": "demo",
    "setup": "setup",
    "import": "imports",
    "undo": "imports",
    "runs": "imports",
    "match": "matching",
    "push": "matching",
    "appraise": "inventory",
    "serve": "service",
    "worker": "service",
    "index": "service",
    "audit": "audit",
    "user": "people",
    "manage": "setup",
}


class Sections(click.Group):
    """Loads a command when it is asked for: models can be imported only once Django is set up, and ``--version``
    must answer even where it cannot be."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SECTIONS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in SECTIONS:
            return None
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.conf.settings")
        django.setup()
        found: click.Command = import_module(f"zhiqiao.cli.{SECTIONS[name]}").COMMANDS[name]
        return found


@click.command(cls=Sections, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="zhiqiao")
def zhiqiao() -> None:
    """知桥:让专利变成产品的城市系统。 Zhiqiao: patents into products, for a whole city."""


def run() -> None:
    try:
        code = zhiqiao.main(standalone_mode=False)
    except ZhiqiaoError as error:
        complain(error)
        code = 1
    except click.ClickException as error:
        error.show()
        code = 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中止 · stopped", err=True)
        code = 1
    except DatabaseError as error:
        told = str(error).splitlines()[0]
        click.echo(f"数据库不可用,请先运行 zhiqiao setup · the database cannot be used: {told}", err=True)
        code = 1
    except OSError as error:
        # A full disk, a missing file, a closed pipe: the system's own words say best what it is.
        click.echo(f"{error.strerror or error} {error.filename or ''}".strip(), err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
