"""The command line: one clear line and exit 1 when something is wrong, never a traceback."""

from __future__ import annotations

import os
import sys

import click
import django
from django.db import DatabaseError

from zhiqiao import __version__
from zhiqiao.kernel.errors import ZhiqiaoError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.conf.settings")


class Zhiqiao(click.Group):
    """Loads the commands when they are asked for, so that ``--version`` and ``--help`` need no database."""

    sections = {
        "demo": "demo", "setup": "setup", "import": "imports", "undo": "imports", "runs": "imports",
        "match": "matching", "push": "matching", "appraise": "inventory", "serve": "service", "worker": "service",
        "index": "service", "audit": "audit", "user": "people", "manage": "setup",
    }  # fmt: skip

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.sections)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.sections:
            return None
        django.setup()
        module = __import__(f"zhiqiao.cli.{self.sections[name]}", fromlist=["COMMANDS"])
        found: click.Command = module.COMMANDS[name]
        return found


@click.command(cls=Zhiqiao, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="zhiqiao")
def zhiqiao() -> None:
    """Zhiqiao 知桥: patents into products, for a whole city."""


def run() -> None:
    try:
        code = zhiqiao.main(standalone_mode=False)
    except ZhiqiaoError as error:
        from zhiqiao.cli.console import complain  # noqa: PLC0415 -- needs Django's settings, which may be the fault

        complain(error)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中止 · stopped", err=True)
        sys.exit(1)
    except DatabaseError as error:
        click.echo(
            f"数据库不可用 · the database cannot be used: {str(error).splitlines()[0]} (zhiqiao setup)", err=True
        )
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
