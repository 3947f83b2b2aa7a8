"""What the command line says and how: people on stderr and stdout, programs in one JSON object at the end."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import click
from django.utils import translation
from rich.console import Console

from zhiqiao.exchange.reasons import reason_text
from zhiqiao.kernel.errors import ZhiqiaoError

STDERR = Console(stderr=True, highlight=False, soft_wrap=True)
STDOUT = Console(highlight=False, soft_wrap=True)


def language() -> Literal["zh", "en"]:
    """Chinese first; English where the environment asks for it."""
    asked = os.environ.get("ZHIQIAO_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if asked.lower().startswith("en") else "zh"


def say(zh: str, en: str) -> str:
    return en if language() == "en" else zh


def complain(error: ZhiqiaoError) -> None:
    """One line: what is wrong, in words, with the stable code."""
    text = reason_text(error.reason, error.facts, language())
    click.echo(f"{say('错误', 'error')}: {' '.join(text.split())} [{error.reason}]", err=True)


def print_json(value: Any) -> None:
    """The last line of the output, alone."""
    sys.stdout.flush()
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


@contextmanager
def speaking() -> Iterator[None]:
    """Texts from the catalogue come in the language of the command line."""
    with translation.override("en" if language() == "en" else "zh-hans"):
        yield
