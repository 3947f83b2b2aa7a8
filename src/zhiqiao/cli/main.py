"""The command line: one clear line and exit 1 when something is wrong, never a traceback."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module

import click
import django
from click.exceptions import NoArgsIsHelpError
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from zhiqiao import __version__
from zhiqiao.cli.console import complain, say
from zhiqiao.cli.usage import worded_usage
from zhiqiao.kernel.errors import Invalid, ZhiqiaoError

# Command → the module that has it, in the order of the help.
SECTIONS = {
    "demo": "demo",
    "setup": "setup",
    "import": "imports",
    "undo": "runs",
    "runs": "runs",
    "fields": "fields",
    "match": "matching",
    "push": "matching",
    "learn": "learning",
    "appraise": "inventory",
    "serve": "service",
    "worker": "service",
    "index": "service",
    "cluster": "cluster",
    "jobs": "jobs",
    "schedules": "schedules",
    "audit": "audit",
    "user": "people",
    "keys": "keys",
    "hooks": "hooks",
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
        try:
            django.setup()
        except ValueError as unreadable:
            raise Invalid("database_url_unreadable") from unreadable
        found: click.Command = import_module(f"zhiqiao.cli.{SECTIONS[name]}").COMMANDS[name]
        return found


@click.command(cls=Sections, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="zhiqiao")
def zhiqiao() -> None:
    """知桥:让专利变成产品的城市系统。 Zhiqiao: patents into products, for a whole city."""


def run() -> None:
    try:
        code = zhiqiao.main(standalone_mode=False, prog_name="zhiqiao")
    except ZhiqiaoError as error:
        complain(error)
        code = 1
    except NoArgsIsHelpError as bare:
        click.echo(bare.ctx.get_help())
        code = 0
    except (click.Abort, KeyboardInterrupt):
        code = tell(say("已中止", "stopped"))
    except REFUSED as error:
        code = tell(f"{say('错误', 'error')}: {refused(error)} [{code_of(error)}]")
    sys.exit(code if isinstance(code, int) else 0)


# What is not our own refusal but no defect either: a wrong word on the line, a database, disk or setting that fails.
REFUSED = (click.ClickException, DatabaseError, ImproperlyConfigured, OSError, UnicodeEncodeError)


def refused(error: BaseException) -> str:
    if isinstance(error, click.FileError):
        return f"{error.message} {error.ui_filename}"
    if isinstance(error, click.ClickException):
        return worded_usage(error)
    if isinstance(error, DatabaseError):
        return database_trouble(str(error))
    if isinstance(error, UnicodeEncodeError):
        return say("参数不是 UTF-8 文字", "an argument is not text in UTF-8")
    if isinstance(error, OSError):
        if error.errno in FULL:
            return disk_full(error.filename)
        # A missing file, a closed pipe: the system's own words say best what it is.
        return f"{error.strerror or error} {error.filename or ''}".strip()
    return str(error)


def code_of(error: BaseException) -> str:
    """The stable code of what is no refusal of our own."""
    if isinstance(error, click.FileError):
        return "file_missing"
    if isinstance(error, (click.ClickException, UnicodeEncodeError)):
        return "usage"
    if isinstance(error, DatabaseError):
        return database_code(str(error))
    if isinstance(error, ImproperlyConfigured):
        return "bad_setting"
    if isinstance(error, OSError) and error.errno in FULL:
        return "disk_full"
    return "file_missing" if isinstance(error, FileNotFoundError) else "system"


def database_code(told: str) -> str:
    low = told.lower()
    if any(each in low for each in DISK_FULL):
        return "disk_full"
    if "no such table" in low or ("relation" in low and "does not exist" in low):
        return "database_not_ready"
    return "database_busy" if "locked" in low else "database_unavailable"


def database_trouble(told: str) -> str:
    """What to do about a database that cannot be used; the driver's own words follow."""
    match database_code(told):
        case "disk_full":
            return disk_full()
        case "database_not_ready":
            advice = say("还没有建库，请先运行 zhiqiao setup", "there are no tables yet; run zhiqiao setup first")
        case "database_busy":
            advice = say("数据库正被占用，请稍后再试", "the database is in use; try again in a minute")
        case _:
            advice = say(
                "数据库不可用，请检查数据库是否已启动、ZHIQIAO_DATABASE_URL 和数据目录是否正确",
                "the database cannot be used; see whether it runs, and look at ZHIQIAO_DATABASE_URL and ZHIQIAO_HOME",
            )
    return f"{advice}: {told}"


FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# How SQLite and PostgreSQL say it.
DISK_FULL = ("database or disk is full", "no space left on device", "disk quota exceeded")


def disk_full(place: str | None = None) -> str:
    told = say("磁盘已满，请腾出空间后再试", "the disk is full; make room and try again")
    return f"{told}: {place}" if place else told


def tell(words: str) -> int:
    """One line, whatever the words were; the exit status."""
    click.echo(" ".join(words.split()), err=True)
    return 1
