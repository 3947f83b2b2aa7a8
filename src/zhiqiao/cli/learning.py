"""``zhiqiao learn``: the ranking learns from replies and deals, and goes back where it should not have."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click
from rich.table import Table

from zhiqiao.cli.console import STDOUT, print_json, say, show_table
from zhiqiao.cli.inventory import steps
from zhiqiao.matching import rankers
from zhiqiao.matching.learning import back_to_former, learn, use_ranker
from zhiqiao.matching.measures import TOLERANCE
from zhiqiao.matching.rankers import PACKAGE, Manifest
from zhiqiao.parties.actors import operator

SETS = {"kept_back": ("留出的答复", "replies kept back"), "sample": ("示例城市", "sample city")}


@click.command("learn")
@click.option("--list", "listing", is_flag=True, help="列出各版本。 List the versions.")
@click.option("--back", "back", is_flag=True, help="回到上一版本。 Go back to the version before.")
@click.option("--use", "chosen", metavar="VERSION", help="启用指定版本,package 为随产品交付的。 Let a version serve.")
@click.option("--json", "as_json", is_flag=True)
def learn_command(listing: bool, back: bool, chosen: str | None, as_json: bool) -> None:
    """从答复和交易中学习排序,不逊于现用版本才启用。 Learn from replies and deals; serve only if not worse."""
    if sum((listing, back, chosen is not None)) > 1:
        raise click.UsageError(say("--list、--back、--use 只能用一个", "take one of --list, --back and --use"))
    actor = operator(getpass.getuser())
    if listing:
        show_versions(as_json=as_json)
    elif back or chosen is not None:
        version = back_to_former(actor=actor) if chosen is None else chosen
        if chosen is not None:
            use_ranker(actor=actor, version=chosen)
        tell({"serving": version}, say("现用版本", "serving now") + f": {named(version)}", as_json=as_json)
    else:
        with steps() as step:
            made = learn(actor=actor, progress=step)
        tell(facts_of(made), report(made), as_json=as_json)


def facts_of(made: Manifest) -> dict[str, Any]:
    return {**asdict(made), "replies": made.replies}


def tell(facts: dict[str, Any], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        STDOUT.print(words, markup=False, highlight=False)


def named(version: str) -> str:
    return say("随产品交付的版本", "the one delivered with the product") if version == PACKAGE else version


def report(made: Manifest) -> str:
    zh = "版本 {}:学习 {} 条判定(答复 {} 条,交易 {} 条),来自 {} 家单位;留出 {} 条;{} 条答复、{} 笔交易不作为依据"
    en = (
        "version {}: learnt from {} judged pairs ({} by replies, {} by deals) of {} organisations; {} kept back; "
        "{} replies and {} deals taught nothing"
    )
    counts = (made.pairs, made.replies, made.deals, made.houses, made.kept_back, made.left_out, made.deals_left_out)
    lines = [say(zh, en).format(made.version, *counts)]
    for name, told in made.figures.items():
        before, new = told["before"], told["new"]
        said = say("{}:nDCG@10 {} → {}({} 条需求,{} 对)", "{}: nDCG@10 {} → {} ({} needs, {} pairs)")
        lines.append(said.format(say(*SETS[name]), figure(before), figure(new), new["groups"], new["pairs"]))
    if made.served:
        lines.append(say("不逊于现用版本,已启用", "not worse, so it serves from now on"))
    else:
        kept = say(
            "{}比现用版本低 {} 以上,未启用;仍用 {}。如仍要启用:zhiqiao learn --use {}",
            "worse by more than {1} on {0}, so it does not serve; {2} goes on. To let it: zhiqiao learn --use {3}",
        )
        worse = say("、", ", ").join(say(*SETS[name]) for name in made.worse_on)
        lines.append(kept.format(worse, TOLERANCE, named(made.replaces), made.version))
    return "\n".join(lines)


def figure(told: Mapping[str, Any]) -> str:
    return "—" if told["ndcg"] is None else f"{told['ndcg']:.3f}"


def show_versions(*, as_json: bool) -> None:
    serving, found = rankers.served_before()[0], rankers.versions()
    if as_json:
        print_json({"serving": serving, "versions": [facts_of(each) for each in found]})
        return
    table = Table(
        say("版本", "version"),
        say("学于", "learnt at"),
        say("答复", "replies"),
        say("交易", "deals"),
        "nDCG@10",
        say("状态", "state"),
    )
    for each in found:
        figures = "  ".join(f"{say(*SETS[name])} {figure(told['new'])}" for name, told in each.figures.items())
        counts = (str(each.replies), str(each.deals))
        state = state_of(each.version, serving) or ("" if each.served else say("未启用", "did not serve"))
        table.add_row(each.version, each.made_at[:16], *counts, figures, state)
    table.add_row(named(PACKAGE), "—", "—", "—", "—", state_of(PACKAGE, serving))
    show_table(table)


def state_of(version: str, serving: str) -> str:
    return say("现用", "serving") if version == serving else ""


COMMANDS = {"learn": learn_command}
