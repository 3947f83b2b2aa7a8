"""What the command line says and how: people on stderr and stdout, programs in one JSON object at the end."""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import click
from django.utils import translation
from rich.console import Console

from zhiqiao.exchange.reasons import REASONS, reason_text
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.wording import refusal

STDERR = Console(stderr=True, highlight=False, soft_wrap=True)
STDOUT = Console(highlight=False, soft_wrap=True)


def language() -> Literal["zh", "en"]:
    """Chinese first; English where the environment asks for it."""
    asked = os.environ.get("ZHIQIAO_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if asked.lower().startswith("en") else "zh"


def say(zh: str, en: str) -> str:
    return en if language() == "en" else zh


# What only the command line meets, or must say in its own terms: code → (Chinese, English).
WORDS = {
    "bad_setting": ("环境变量 {name} 不能是 {value}", "the environment variable {name} cannot be {value}"),
    "file_missing": ("文件不存在：{file}", "there is no such file: {file}"),
    "import_not_found": ("没有编号为 {number} 的导入", "there is no import {number}"),
    "need_not_found": ("没有编号为 {need} 的需求", "there is no need {need}"),
    "patent_not_found": ("没有专利 {patent}", "there is no patent {patent}"),
    "organisation_not_found": ("没有名为 {name} 的单位，请先导入单位名录", "there is no organisation {name}"),
    "user_not_found": ("没有账号 {username}", "there is no log-in {username}"),
    "audit_entry_not_found": ("没有关于 {subject} 的记录", "there is no entry about {subject}"),
    "proof_unreadable": ("{file} 不是一份证明", "{file} is not a proof"),
    "heads_unreadable": ("{file} 不是区块头文件", "{file} is not a file of heads"),
    "port_taken": ("{host} 的端口 {port} 已被占用，请用 --port 换一个", "port {port} of {host} is taken; try --port"),
    "busy": ("另一个进程正在处理，请稍后再试", "another process is at it; try again in a minute"),
}


def complain(error: ZhiqiaoError) -> None:
    """One line: what is wrong, in words, with the stable code."""
    click.echo(f"{say('错误', 'error')}: {' '.join(worded(error).split())} [{error.reason}]", err=True)


def worded(error: ZhiqiaoError) -> str:
    if error.reason in WORDS:
        return say(*WORDS[error.reason]).format_map(defaultdict(lambda: "…", error.facts))
    if error.reason in REASONS:
        return reason_text(error.reason, error.facts, language())
    with speaking():
        return refusal(error).text


def print_json(value: Any) -> None:
    """The last line of the output, alone."""
    sys.stdout.flush()
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


@contextmanager
def speaking() -> Iterator[None]:
    """Texts from the catalogue come in the language of the command line."""
    with translation.override("en" if language() == "en" else "zh-hans"):
        yield
