"""``zhiqiao keys``: keys of people's programs from the command line."""

from __future__ import annotations

import getpass
from datetime import timedelta

import click
from django.utils import timezone
from rich import box
from rich.markup import escape
from rich.table import Column, Table

from zhiqiao.cli.console import STDERR, STDOUT, say, show_table, speaking
from zhiqiao.cli.people import log_in_called
from zhiqiao.kernel.errors import NotFound
from zhiqiao.parties.actions import NewKey, make_key, revoke_key
from zhiqiao.parties.actors import operator, operator_for
from zhiqiao.parties.models import ApiKey
from zhiqiao.parties.selectors import keys_visible_to


@click.group("keys")
def keys() -> None:
    """程序密钥。 Keys that programs sign in with."""


@keys.command("list")
@click.option("--user", "username", help="只看此人的密钥。 Of this person alone.")
def list_keys(username: str | None) -> None:
    """列出密钥。 List keys."""
    found = keys_visible_to(operator(getpass.getuser()))
    if username is not None:
        found = found.filter(owner=log_in_called(username))
    zh = ("密钥", "账号", "名称", "权限", "状态", "截止", "最近使用")
    en = ("key", "log-in", "name", "scopes", "state", "until", "last used")
    table = Table(Column(say(zh[0], en[0]), no_wrap=True), *map(say, zh[1:], en[1:]), box=box.SIMPLE_HEAD)
    with speaking():
        for key in found[:500]:
            used = timezone.localtime(key.last_used_at).strftime("%Y-%m-%d %H:%M") if key.last_used_at else ""
            table.add_row(
                f"zq_{key.prefix}", key.owner.username, escape(key.name), " ".join(key.scopes),
                str(key.state().label), timezone.localtime(key.expires_at).strftime("%Y-%m-%d %H:%M"), used,
            )  # fmt: skip
    show_table(table)


@keys.command("make")
@click.argument("username")
@click.option("--name", required=True, help="用途。 What will use it.")
@click.option("--scope", "scopes", multiple=True, required=True, help="read、write 或 needs:write 之类，可多次给出。")
@click.option("--days", default=90, show_default=True, help="有效天数，最多一年。 How long it is good.")
def make(username: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """为账号新建密钥，只显示这一次。 Make a key; it is shown this once."""
    owner = log_in_called(username)
    # A day beyond the calendar is beyond a year all the same.
    new = NewKey(name, scopes, timezone.localdate() + timedelta(days=max(-1, min(days, 10_000))))
    key = make_key(actor=operator_for(owner, getpass.getuser()), owner=owner, key=new)
    STDERR.print(say("请立即保存，此后不再显示：", "Keep it now, it is not shown again:"))
    STDOUT.print(key.secret_once, markup=False)


@keys.command("revoke")
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """作废密钥（给出开头即可）。 Revoke the key that begins so."""
    start = prefix.removeprefix("zq_").partition("_")[0]
    key = ApiKey.objects.select_related("owner").filter(prefix=start).first()
    if key is None:
        raise NotFound("key_not_found", key=start[:16])
    revoke_key(actor=operator(getpass.getuser()), key=key)
    STDOUT.print(say("已作废", "revoked"))


COMMANDS = {"keys": keys}
