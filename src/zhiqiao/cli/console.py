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
    "file_missing": ("文件不存在：{file}，请核对路径", "there is no such file: {file}; look at the path"),
    "import_not_found": (
        "没有编号为 {number} 的导入，编号用 zhiqiao runs 查看",
        "there is no import {number}; zhiqiao runs lists them",
    ),
    "import_not_finished": (
        "这次导入还没有结束，或已经撤销过，用 zhiqiao runs 查看状态",
        "this import has not ended, or was undone before; zhiqiao runs shows its state",
    ),
    "no_cluster_set": (
        "没有设置集群，请把 ZHIQIAO_INDEX 设为 ray://主机:端口",
        "no cluster is set; give ZHIQIAO_INDEX as ray://HOST:PORT",
    ),
    "node_running": ("节点 {node} 已在运行", "the node {node} is running"),
    "head_port_taken": (
        "{address} 已有程序在监听：集群的主节点已经启动，或端口被占用，请用 zhiqiao cluster status 查看，或换一个端口",
        "something listens at {address} already: the head runs, or another program has the port; look with zhiqiao "
        "cluster status, or choose another port",
    ),
    "cluster_local": (
        "{address} 只有本机能连接，不能加入其他节点，请把 ZHIQIAO_INDEX 设为其他机器能连接的地址",
        "nobody but this machine reaches {address}, so no node can join; "
        "put an address into ZHIQIAO_INDEX that others reach",
    ),
    "node_not_started": ("节点 {node} 启动失败，详见 {log}", "the node {node} did not start; see {log}"),
    "job_not_found": (
        "没有编号为 {job} 的任务，编号用 zhiqiao jobs 查看",
        "there is no work {job}; zhiqiao jobs lists them",
    ),
    "job_ambiguous": (
        "以 {job} 结尾的任务不止一项，请多写几位编号",
        "more than one piece of work ends in {job}; write more of the id",
    ),
    "job_kind_unknown": (
        "没有任务类型 {kind}，可以是 {known}",
        "there is no kind of work {kind}; it is one of {known}",
    ),
    "schedule_not_found": (
        "没有名为 {name} 的定时任务，用 zhiqiao schedules 查看",
        "there is no schedule {name}; zhiqiao schedules lists them",
    ),
    "need_not_found": (
        "没有编号为 {need} 的需求，请填需求清单里的编号，或需求页面地址末尾的编号",
        "there is no need {need}; take the number of the list, or the id at the end of the need's address",
    ),
    "patent_not_found": (
        "没有专利 {patent}，请核对号码，或先导入含有它的清单",
        "there is no patent {patent}; look at the number, or import the list that has it",
    ),
    "organisation_not_found": (
        "没有名为 {name} 的单位，请核对全称，或先用 zhiqiao import organisations 导入单位名录",
        "there is no organisation {name}; look at the full name, or import a list with zhiqiao import organisations",
    ),
    "user_not_found": (
        "没有账号 {username}，请核对，或用 zhiqiao user create 新建",
        "there is no log-in {username}; look at the spelling, or make it with zhiqiao user create",
    ),
    "key_not_found": (
        "没有以 zq_{key} 开头的密钥，用 zhiqiao keys list 查看",
        "there is no key that begins with zq_{key}; zhiqiao keys list shows them",
    ),
    "hook_not_found": (
        "没有编号或名称为 {hook} 的事件推送，或有几个同名，用 zhiqiao hooks list 查看编号",
        "there is no webhook {hook}, or several of that name; zhiqiao hooks list shows their ids",
    ),
    "delivery_not_found": (
        "没有编号为 {delivery} 的投递记录，用 zhiqiao hooks deliveries 查看",
        "there is no delivery {delivery}; zhiqiao hooks deliveries lists them",
    ),
    "username_taken": (
        "账号已被使用，请换一个，或用 zhiqiao user password 重设它的密码",
        "this user name is taken; choose another, or set its password with zhiqiao user password",
    ),
    "audit_entry_not_found": (
        "没有关于 {subject} 的记录，请填记录页面地址末尾的编号",
        "there is no entry about {subject}; take the id at the end of the address of the record's page",
    ),
    "proof_unreadable": (
        "{file} 不是一份证明，证明由 zhiqiao audit prove 导出",
        "{file} is not a proof; zhiqiao audit prove writes one",
    ),
    "heads_unreadable": (
        "{file} 不是区块头文件，应为 seal-heads.txt 或它的副本",
        "{file} is not a file of heads; it should be seal-heads.txt or a copy of it",
    ),
    "unit_unknown": ("不认识的金额单位 {unit}，可以是 {known}", "unknown unit {unit}; it is one of {known}"),
    "date_future": ("{day} 在今天之后，数据截止日不能在将来", "{day} lies after today; nobody can speak for it yet"),
    "number_format": (
        "不是中国专利申请号，请写成 202010000001.1 的样子，前面有没有 ZL 都可以",
        "not a Chinese application number; write it as 202010000001.1, with or without ZL",
    ),
    "cutoff_in_future": ("盘点截止日不能在今天之后", "the cutoff cannot lie after today"),
    "inventory_cutoff_differs": (
        "{inventory}已按截止日 {cutoff} 开始，请用 --cutoff {cutoff}",
        "{inventory} was begun with the cutoff {cutoff}; use --cutoff {cutoff}",
    ),
    "file_unreadable": (
        "{file} 无法读取，请另存为 .xlsx 后再导入",
        "{file} cannot be read; save it as .xlsx and import that",
    ),
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
