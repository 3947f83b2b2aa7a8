"""A wrong word on the command line, in words: what is wrong, what is allowed, and where to read more."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

import click

from zhiqiao.cli.console import say
from zhiqiao.kernel.errors import Invalid

# Arguments have no name of their own on the line: parameter → (Chinese, English).
ARGUMENTS: Final = {
    "files": ("文件", "files"),
    "number": ("导入编号", "the number of an import"),
    "subject": ("记录编号", "the id of a record"),
    "proof": ("证明文件", "the file of a proof"),
    "username": ("账号", "a user name"),
    "kind": ("清单的种类", "the kind of list"),
}


class Usage(Invalid):
    """A word on the line that the command cannot take; ``text`` says it in words."""

    code = "usage"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(text=say(zh, en))


def worded_usage(error: click.ClickException) -> str:
    """One sentence for an error of click's own, with the command that shows the help."""
    context = getattr(error, "ctx", None)
    told = _told(error)
    if context is None:
        return told
    command = context.command_path
    return told + say(f"；用法见 {command} --help", f"; see {command} --help")


def _told(error: click.ClickException) -> str:
    if isinstance(error, click.MissingParameter):
        name = _name(error.param)
        return say(f"缺少 {name}", f"missing: {name}") + _allowed(error.param)
    if isinstance(error, click.NoSuchOption):
        near = _near(error.option_name, _options(error.ctx))
        return say(f"没有选项 {error.option_name}", f"there is no option {error.option_name}") + near
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = _name(error.param)
        return say(f"{name} 的值不对", f"{name}: not a value for it") + _allowed(error.param)
    if isinstance(error, click.BadOptionUsage):
        return say(f"{error.option_name} 后面要写一个值", f"{error.option_name} needs a value")
    if isinstance(error, NO_COMMAND):
        return _no_command(error)
    if isinstance(error, click.UsageError) and error.message.startswith("Got unexpected extra argument"):
        extra = error.message.partition("(")[2].rstrip(").")
        return say(f"多出来的词：{extra}", f"too many words: {extra}")
    return error.format_message()


NO_COMMAND: Final = click.exceptions.NoSuchCommand


def _no_command(error: click.exceptions.NoSuchCommand) -> str:
    group = error.ctx.command if error.ctx is not None else None
    known = group.list_commands(error.ctx) if isinstance(group, click.Group) and error.ctx is not None else []
    name = error.command_name
    near = _near(name, known) or say(f"，可以是 {'、'.join(known)}", f"; there are {', '.join(known)}")
    return say(f"没有命令 {name}", f"there is no command {name}") + near


def _near(word: str, known: list[str]) -> str:
    found = get_close_matches(word, known, n=3)
    return say(f"，您是不是要 {'、'.join(found)}", f"; did you mean {', '.join(found)}") if found else ""


def _options(context: click.Context | None) -> list[str]:
    return [each for param in context.command.params for each in param.opts] if context is not None else []


def _name(param: click.Parameter | None) -> str:
    if param is None or param.name is None:
        return say("参数", "an argument")
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return say(*ARGUMENTS.get(param.name, (param.name, param.name)))


def _allowed(param: click.Parameter | None) -> str:
    """What may stand there."""
    kind = param.type if param is not None else None
    if isinstance(kind, click.Choice):
        choices = [str(each) for each in kind.choices]
        return say(f"，可以是 {'、'.join(choices)}", f"; it is one of {', '.join(choices)}")
    if isinstance(kind, click.IntRange):
        return say(f"，应为 {kind.min} 到 {kind.max} 的整数", f"; it is a number from {kind.min} to {kind.max}")
    if isinstance(kind, click.DateTime):
        return say("，日期写成 2025-12-31 的样子", "; write a day as 2025-12-31")
    return ""
