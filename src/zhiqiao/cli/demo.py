"""``zhiqiao demo``: the sample city through the whole flow, then the site with one log-in per role."""

from __future__ import annotations

import getpass
import secrets
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import click
from django.conf import settings
from django.utils import timezone
from rich.table import Table

from zhiqiao.cli.console import STDERR, STDOUT, say, speaking
from zhiqiao.cli.imports import watching
from zhiqiao.cli.inventory import Taken, show, take_and_appraise
from zhiqiao.cli.service import bring_up_to_date, serve_site
from zhiqiao.cli.setup import make_ready
from zhiqiao.core.importing import ImportRequest, carry_out, counters
from zhiqiao.core.importjobs import storer_of
from zhiqiao.core.reports import write_report
from zhiqiao.core.seal import seal_everything
from zhiqiao.inventory.models import TierDecision
from zhiqiao.kernel.errors import Conflict, Invalid
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching.actions import match_need, suggest_push
from zhiqiao.matching.models import Match, Push, PushSuggestion
from zhiqiao.matching.pushing import push_patent
from zhiqiao.needs.models import Need
from zhiqiao.parties.actions import NewPerson, create_user, grant_role, set_password
from zhiqiao.parties.actors import operator
from zhiqiao.parties.models import Membership, Organisation, User
from zhiqiao.registry.models import Patent
from zhiqiao.registry.sending import begin
from zhiqiao.sample.city import sample_city, write_sample
from zhiqiao.wording import label

PUSHED_AT_MOST = 40
NEAR = 0.3  # score of a suggestion from which the demonstration pushes
SENDER = "示例市"


@click.command("demo")
@click.option("--serve/--no-serve", "serving", default=True, help="完成后启动网站。 Serve the site at the end.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8321, show_default=True, type=click.IntRange(1, 65535))
def demo(serving: bool, host: str, port: int) -> None:
    """载入示例城市,走完全流程并打开网站。 The sample city through the whole flow."""
    begun = time.monotonic()
    actor = operator(getpass.getuser())
    step(say("建库", "setting up"))
    make_ready()
    changed = take_sample_in(actor)
    if changed or not TierDecision.objects.exists():
        step(say("盘点、评价、分层", "taking stock, appraising, tiering"))
        today = timezone.localdate()
        taken: Taken | None = take_and_appraise(actor, date(today.year - 1, 12, 31), today)
    else:
        taken = None
    step(say("建立检索索引", "indexing"))
    bring_up_to_date()
    if changed or not Match.objects.exists():
        step(say("需求匹配与推送", "matching and pushing"))
        match_and_push(actor)
    password = log_ins(actor)
    seal_everything()
    with speaking():
        tell(taken, password, time.monotonic() - begun)
    if serving:
        serve_site(host, port)


def step(words: str) -> None:
    STDERR.print(f"[bold]▸[/bold] {words}")


def take_sample_in(actor: Actor) -> bool:
    """Write the sample's files and import them as an office would; whether anything changed."""
    files = write_sample(Path(settings.ZHIQIAO_HOME) / "sample")
    batches = (("organisations", (files.organisations,)), ("patents", files.patents), ("needs", (files.needs,)))
    changed = [take_in(actor, kind, paths) for kind, paths in batches]
    return any(changed)


def take_in(actor: Actor, kind: str, paths: tuple[Path, ...]) -> bool:
    step(say("导入", "taking in") + f" {label(kind)}: " + ", ".join(path.name for path in paths))
    request = ImportRequest(kind, tuple((path.name, path) for path in paths), SENDER)
    with watching(quiet=False) as watch:
        run = begin(actor=actor, request=request)
        run = carry_out(actor=actor, run=run, storer=storer_of(kind), watch=watch)
    write_report(actor=actor, run=run)
    found = counters(run)
    STDERR.print(
        "  " + "  ".join(f"{label(name)} {found[name]}" for name in ("created", "updated", "unchanged", "rejected"))
    )
    return bool(run.created or run.updated)


def match_and_push(actor: Actor) -> None:
    for need in Need.objects.filter(withdrawn_at=None).order_by("id"):
        match_need(actor=actor, need=need)
    promoted = TierDecision.objects.filter(superseded_at=None, suggested__in=["fast", "promoted"])
    chosen = promoted.order_by("id").values_list("entry__patent_id", flat=True)
    keys = list(dict.fromkeys(chosen))[:PUSHED_AT_MOST]
    if len(keys) < PUSHED_AT_MOST:
        answering = Match.objects.filter(superseded_at=None, relevance__in=["strong", "fair"]).order_by("-score")
        keys = list(dict.fromkeys([*keys, *answering.values_list("patent_id", flat=True)]))[:PUSHED_AT_MOST]
    for patent in Patent.objects.filter(pk__in=keys).order_by("id"):
        for found in suggest_push(actor=actor, patent=patent):
            if found.score >= NEAR:
                with suppress(Conflict, Invalid):  # pushed before, or not to be pushed
                    push_patent(actor=actor, patent=patent, organisation=found.organisation)


def log_ins(actor: Actor) -> str:
    """One person a role, all with this installation's own demonstration password."""
    password = kept_password(Path(settings.ZHIQIAO_HOME) / "demo-password")
    names = {each.key: each.name for each in sample_city().organisations}
    places = {each.name: each for each in Organisation.objects.filter(name__in=names.values())}
    for person in sample_city().people:
        user = User.objects.filter(username=person.login).first()
        if user is None:
            user = create_user(actor=actor, person=NewPerson(person.login, person.name, password=password))
        elif not user.check_password(password):
            set_password(actor=actor, user=user, password=password)
        if not Membership.objects.filter(user=user, role=person.role, ended_on=None).exists():
            grant_role(actor=actor, user=user, organisation=places[names[person.organisation]], role=person.role)
    return password


def kept_password(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text("-".join(secrets.token_hex(2) for _ in range(4)), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def tell(taken: Taken | None, password: str, seconds: float) -> None:
    """What was found, and who may sign in."""
    if taken is not None:
        show(taken)
    best = Match.objects.filter(superseded_at=None, rank=1, relevance__in=["strong", "fair"])
    counts = (
        Patent.objects.filter(withdrawn_at=None).count(),
        Organisation.objects.count(),
        Need.objects.filter(withdrawn_at=None).count(),
        best.count(),
        PushSuggestion.objects.filter(superseded_at=None).count(),
        Push.objects.count(),
    )
    zh = "专利 {} 件,单位 {} 家,需求 {} 条,其中 {} 条找到了相关专利;推送建议 {} 条,已推送 {} 件次"
    en = "{} patents, {} organisations, {} needs, {} of them answered; {} push suggestions, {} pushed"
    STDOUT.print(say(zh, en).format(*counts))
    for match in best.select_related("need", "patent").order_by("-score")[:5]:
        STDOUT.print(f"  {match.need.title[:36]} → {match.patent.title[:40]} ({label(match.relevance)})", markup=False)
    table = Table(
        say("账号", "log-in"),
        say("角色", "role"),
        say("姓名", "name"),
        title=say(f"登录密码 {password}", f"password {password}"),
    )
    for person in sample_city().people:
        table.add_row(person.login, str(Role(person.role).label), person.name)
    STDOUT.print(table)
    STDOUT.print(say(f"用时 {seconds:.0f} 秒", f"took {seconds:.0f} s"))


COMMANDS = {"demo": demo}
