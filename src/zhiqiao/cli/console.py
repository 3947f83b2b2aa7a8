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
from rich.measure import Measurement
from rich.table import Table

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
    "file_unreadable": (
        "{file} 无法读取，请另存为 .xlsx 后再导入",
        "{file} cannot be read; save it as .xlsx and import that",
    ),
    "import_not_found": ("没有编号为 {number} 的导入", "there is no import {number}"),
    "need_not_found": ("没有编号为 {need} 的需求", "there is no need {need}"),
    "patent_not_found": ("没有专利 {patent}", "there is no patent {patent}"),
    "organisation_not_found": ("没有名为 {name} 的单位，请先导入单位名录", "there is no organisation {name}"),
    "user_not_found": ("没有账号 {username}", "there is no log-in {username}"),
    "audit_entry_not_found": ("没有关于 {subject} 的记录", "there is no entry about {subject}"),
    "proof_unreadable": ("{file} 不是一份证明", "{file} is not a proof"),
    "heads_unreadable": ("{file} 不是区块头文件", "{file} is not a file of heads"),
    "port_taken": ("{host} 的端口 {port} 已被占用，请用 --port 换一个", "port {port} of {host} is taken; try --port"),
    "usage": ("{text}", "{text}"),
    "database_url_unreadable": (
        "环境变量 ZHIQIAO_DATABASE_URL 读不懂，应为 postgresql://… 或 sqlite:///绝对路径",
        "the environment variable ZHIQIAO_DATABASE_URL makes no sense; write postgresql://… or sqlite:///path",
    ),
    "subject_empty": (
        "请给出记录编号，即记录页面地址末尾的那一串",
        "say which record: the id at the end of the address of its page",
    ),
    "field_unknown": (
        "没有字段 {field}{nearest}，全部字段见 zhiqiao fields {kind}",
        "there is no field {field}{nearest}; zhiqiao fields {kind} lists them",
    ),
    "username_format": (
        "账号至少 3 个字符，只用小写字母、数字和 . _ @ -，以字母或数字开头",
        "a user name has 3 characters or more: letters, digits, . _ @ -, beginning with a letter or digit",
    ),
    "display_name_empty": ("请用 --name 给出姓名", "give the person's name with --name"),
    "password_weak": (
        "密码太容易猜：至少 10 个字符，不能是常见密码，也不能与账号或姓名相近",
        "the password is too easy to guess: 10 characters or more, no common one, nothing like the log-in or the name",
    ),
    "role_not_for_kind": (
        "{organisation} 的单位类型是{kind}；角色 {role}（{role_name}）只能授予这些单位的人员：{kinds}",
        "{organisation} is of the kind {kind}; the role {role} ({role_name}) is for people of: {kinds}",
    ),
    "busy": ("另一个进程正在处理，请稍后再试", "another process is at it; try again in a minute"),
}


def complain(error: ZhiqiaoError) -> None:
    """One line: what is wrong, in words, with the stable code."""
    click.echo(f"{say('错误', 'error')}: {' '.join(worded(error).split())} [{error.reason}]", err=True)


# The least that a heading row has to name, by kind of list.
LEAST = {
    "patents": (
        "至少要有“申请号（专利号）”和“专利名称”两列",
        "it needs at least the columns 申请号 (application number) and 专利名称 (title)",
    ),
    "organisations": ("至少要有“单位名称”一列", "it needs at least the column 单位名称 (name)"),
    "needs": (
        "至少要有“需求名称”或“需求内容”，以及另外一列",
        "it needs the column 需求名称 (title) or 需求内容 (content), and another one",
    ),
}


def worded_file(error: ZhiqiaoError) -> str | None:
    """A file that could not be read: its name, what it is instead, what to do. None where the usual words do."""
    name = error.facts.get("file", "")
    if looks := error.facts.get("looks"):
        return say(
            f"{name} 看起来是 {looks[0]}，不是表格，请把其中的清单另存为 .xlsx 后再导入",
            f"{name} seems to be {looks[1]}, not a list; save the list in it as .xlsx and import that",
        )
    if error.reason == "heading_missing" and (least := LEAST.get(error.facts.get("kind", ""))):
        return say(f"{name}：没有找到表头行，{least[0]}", f"{name}: no heading row was found; {least[1]}")
    return None


def worded(error: ZhiqiaoError) -> str:
    if error.facts.get("file") and (told := worded_file(error)):
        return told
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


def show_table(table: Table) -> None:
    """Nothing is cut: cells are folded to the terminal's width; where there is none, the table is as wide as it is."""
    for column in table.columns:
        column.overflow = "fold"
    width = STDOUT.width
    if not STDOUT.is_terminal:
        width = max(width, Measurement.get(STDOUT, STDOUT.options.update(max_width=10_000), table).maximum)
    Console(highlight=False, soft_wrap=True, width=width).print(table)
