"""``zhiqiao hooks``: webhooks from the command line."""

from __future__ import annotations

import getpass
from datetime import datetime, timedelta
from uuid import UUID

import click
from django.utils import timezone
from rich import box
from rich.markup import escape
from rich.table import Column, Table

from zhiqiao.cli.console import STDERR, STDOUT, say, show_table, speaking
from zhiqiao.cli.people import log_in_called, organisation_called
from zhiqiao.hooks import actions
from zhiqiao.hooks.addresses import without_secrets
from zhiqiao.hooks.models import Delivery, Endpoint
from zhiqiao.hooks.selectors import deliveries_visible_to, endpoints_visible_to
from zhiqiao.hooks.sending import deliver_to
from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actors import operator, operator_for
from zhiqiao.parties.models import User

SHOWN = 100


@click.group("hooks")
def hooks() -> None:
    """事件推送：有事时通知其他系统。 Webhooks: other systems are told when something happens."""


def console() -> Actor:
    return operator(getpass.getuser())


def on_behalf_of(owner: User) -> Actor:
    return operator_for(owner, getpass.getuser())


def endpoint_called(text: str) -> Endpoint:
    """By its id, or by its name where only one has it."""
    found = Endpoint.objects.select_related("owner", "organisation")
    named = found.filter(public_id=text) if is_id(text) else found.filter(name=text)
    if named.count() != 1:
        raise NotFound("hook_not_found", hook=text[:100])
    return named.get()


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def moment(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


@hooks.command("list")
def list_hooks() -> None:
    """列出事件推送。 List webhooks."""
    zh = ("编号", "名称", "账号", "地址", "事件", "状态", "连续失败", "最近送达")
    en = ("id", "name", "log-in", "address", "events", "state", "failures", "last taken")
    table = Table(Column(say(zh[0], en[0]), no_wrap=True), *map(say, zh[1:], en[1:]), box=box.SIMPLE_HEAD)
    with speaking():
        for each in endpoints_visible_to(console())[:SHOWN]:
            table.add_row(
                str(each.public_id), escape(each.name), each.owner.username, escape(without_secrets(each.url)),
                " ".join(each.kinds) or say("全部", "all"), str(each.state.label), str(each.failures),
                moment(each.last_taken_at),
            )  # fmt: skip
    show_table(table)


@hooks.command("add")
@click.argument("username")
@click.argument("url")
@click.option("--name", required=True, help="哪个系统在听。 Which system listens.")
@click.option("--kind", "kinds", multiple=True, help="事件，如 need.stated，可多次给出；不写为全部。 Default: all.")
@click.option("--organisation", help="只按本人在此单位的角色。 Listen in the roles held there alone.")
def add(username: str, url: str, name: str, kinds: tuple[str, ...], organisation: str | None) -> None:
    """为账号添加事件推送，签名密钥只显示这一次。 Add a webhook; its secret is shown this once."""
    owner = log_in_called(username)
    house = organisation_called(organisation) if organisation else None
    details = actions.EndpointDetails(name, url, kinds, house)
    show_secret(actions.add_endpoint(actor=on_behalf_of(owner), owner=owner, details=details))


def show_secret(endpoint: Endpoint) -> None:
    STDERR.print(say("请立即保存，此后不再显示：", "Keep it now, it is not shown again:"))
    STDOUT.print(endpoint.secret_once, markup=False)


@hooks.command("test")
@click.argument("hook")
def test(hook: str) -> None:
    """发送测试消息并显示结果。 Send a test message and show what came back."""
    endpoint = endpoint_called(hook)
    sent = actions.send_test(actor=on_behalf_of(endpoint.owner), endpoint=endpoint)
    deliver_to(endpoint.pk)
    sent.refresh_from_db()
    with speaking():
        outcome = sent.last_status or sent.last_error or say("正在由后台发送", "a worker is sending it")
        STDOUT.print(f"{sent.State(sent.state).label}: {outcome}", markup=False)


@hooks.command("rotate")
@click.argument("hook")
@click.option("--overlap", default=24, show_default=True, help="旧密钥继续有效的小时数。 Hours the old one stays good.")
def rotate(hook: str, overlap: int) -> None:
    """更换签名密钥。 Change the secret."""
    endpoint, hours = endpoint_called(hook), timedelta(hours=max(-1, min(overlap, 10_000)))
    show_secret(actions.rotate_secret(actor=on_behalf_of(endpoint.owner), endpoint=endpoint, overlap=hours))


@hooks.command("off")
@click.argument("hook")
def off(hook: str) -> None:
    """停用。 Switch off."""
    actions.switch_off(actor=console(), endpoint=endpoint_called(hook))
    STDOUT.print(say("已停用", "switched off"))


@hooks.command("on")
@click.argument("hook")
def on(hook: str) -> None:
    """重新启用。 Switch on again."""
    endpoint = endpoint_called(hook)
    actions.switch_on(actor=on_behalf_of(endpoint.owner), endpoint=endpoint)
    STDOUT.print(say("已启用", "switched on"))


@hooks.command("deliveries")
@click.option("--hook", help="只看这一个。 Of this one alone.")
@click.option("--state", type=click.Choice(Delivery.State.values))
def deliveries(hook: str | None, state: str | None) -> None:
    """列出投递记录。 List deliveries, newest first."""
    found = deliveries_visible_to(console())
    found = found.filter(endpoint=endpoint_called(hook)) if hook else found
    found = found.filter(state=state) if state else found
    zh = ("编号", "推送", "事件", "记录", "状态", "次数", "结果", "下次")
    en = ("id", "webhook", "event", "record", "state", "attempts", "outcome", "next")
    table = Table(Column(say(zh[0], en[0]), no_wrap=True), *map(say, zh[1:], en[1:]), box=box.SIMPLE_HEAD)
    with speaking():
        for each in found[:SHOWN]:
            waits = each.state == Delivery.State.WAITING
            table.add_row(
                str(each.public_id), escape(each.endpoint.name), each.message.kind, each.message.subject_id,
                str(Delivery.State(each.state).label), str(each.attempts), str(each.last_status or each.last_error),
                moment(each.next_at) if waits else "",
            )  # fmt: skip
    show_table(table)


@hooks.command("redeliver")
@click.argument("delivery")
def redeliver(delivery: str) -> None:
    """重新投递。 Deliver again."""
    found = Delivery.objects.filter(public_id=delivery).select_related("endpoint__owner") if is_id(delivery) else []
    for each in found:
        actions.redeliver(actor=on_behalf_of(each.endpoint.owner), delivery=each)
        STDOUT.print(say("已重新排队，由 worker 发送", "queued again; the worker sends it"))
        return
    raise NotFound("delivery_not_found", delivery=delivery[:64])


COMMANDS = {"hooks": hooks}
