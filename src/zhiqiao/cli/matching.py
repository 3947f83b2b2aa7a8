"""``zhiqiao match``: patents for a need; ``zhiqiao push``: organisations for a patent."""

from __future__ import annotations

import getpass
import os
from typing import Any

import click
from rich.markup import escape
from rich.text import Text

from zhiqiao.cli.console import STDERR, STDOUT, print_json, say, speaking
from zhiqiao.cli.inventory import steps
from zhiqiao.cli.usage import Usage
from zhiqiao.core.indexing import status
from zhiqiao.engine.documents import NO_FILTERS
from zhiqiao.kernel.application_numbers import parse_application_number
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kit.actors import Actor
from zhiqiao.matching.actions import match_need, suggest_push
from zhiqiao.matching.batches import filed_in, suggest_pushes
from zhiqiao.matching.searching import IN_FORCE, Asked, as_passage, as_reasons
from zhiqiao.matching.selectors import found_for_text
from zhiqiao.needs.selectors import need_for
from zhiqiao.parties.actors import operator
from zhiqiao.registry.selectors import patent_for
from zhiqiao.wording import cut, label, sentence

TONES = {"strong": "bold green", "fair": "green", "weak": "yellow", "none": "dim"}


@click.command("match")
@click.option("--need", "need", help="需求的编号。 The need's id or number.")
@click.option("--text", "text", help="一段话。 The need in words.")
@click.option("-k", "most", default=10, show_default=True, type=click.IntRange(1, 100))
@click.option("--alive", is_flag=True, help="只要有效专利。 Patents in force alone.")
@click.option("--json", "as_json", is_flag=True)
def match(need: str | None, text: str | None, most: int, alive: bool, as_json: bool) -> None:
    """为需求找专利,并说明理由。 The patents that answer a need, and why."""
    if (need is None) == (text is None):
        raise Usage("--need 与 --text 二选一", "give either --need or --text")
    actor = operator(getpass.getuser())
    asked = Asked(most, IN_FORCE if alive else NO_FILTERS)
    with speaking():
        found = for_need(actor, need, asked) if need is not None else for_text(actor, text or "", asked)
        tell_of_pending()
        if as_json:
            print_json({"matches": found})
        else:
            show_matches(found)


def for_need(actor: Actor, identity: str, asked: Asked) -> list[dict[str, Any]]:
    kept = match_need(actor=actor, need=need_for(actor, identity), asked=asked)
    return [
        answer(match.rank, match.patent.shown_number, match.patent.title, match.score)
        | reasons_of(match.relevance, match.reasons, match.passage)
        for match in kept
    ]


def for_text(actor: Actor, text: str, asked: Asked) -> list[dict[str, Any]]:
    return [
        answer(rank, patent.shown_number, patent.title, found.score)
        | reasons_of(found.level, as_reasons(found), as_passage(found))
        for rank, (found, patent) in enumerate(found_for_text(actor, text, asked), 1)
    ]


def answer(rank: int, number: str, title: str, score: float) -> dict[str, Any]:
    return {"rank": rank, "number": number, "title": title, "score": round(score, 4)}


def reasons_of(relevance: str, reasons: list[dict[str, Any]], passage: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "relevance": str(relevance),
        "reasons": [sentence(each) for each in reasons],
        "passage": passage["text"] if passage else None,
        "highlights": passage["highlights"] if passage else [],
    }


def show_matches(found: list[dict[str, Any]]) -> None:
    if not found or all(each["relevance"] == "none" for each in found):
        STDOUT.print(say("没有足够相关的专利", "no patent is relevant enough"))
    for each in found:
        tone = TONES[each["relevance"]]
        head = f"[{tone}]{each['rank']:>2}  {each['score']:.2f} {label(each['relevance'])}[/]"
        STDOUT.print(f"{head}  {each['number']}  {escape(each['title'])}")
        for reason in each["reasons"]:
            STDOUT.print(f"       {escape(reason)}")
        if each["passage"]:
            STDOUT.print(Text("       «").append_text(marked(each)).append("»"))


def marked(each: dict[str, Any]) -> Text:
    shown = Text()
    for piece, answers in cut({"text": each["passage"], "highlights": each["highlights"]}):
        shown.append(piece, style="bold" if answers else "")
    return shown


def tell_of_pending() -> None:
    told = status("patents")
    lag = told["vectors_pending"]
    if told["trouble"]:
        STDERR.print(
            say(
                f"眼下不能按含义检索,只按词查找({told['trouble']});运行 zhiqiao index status 看原因",
                f"no search by meaning just now, by words alone ({told['trouble']}); zhiqiao index status says why",
            ),
            markup=False,
        )
    elif lag:
        STDERR.print(
            say(
                f"还有 {lag} 件专利只能按词查找;运行 zhiqiao index 或 zhiqiao worker 后可按含义查找",
                f"{lag} patents can be found by their words only so far; zhiqiao index or zhiqiao worker does the rest",
            )
        )


@click.command("push")
@click.option("--patent", "number", help="专利号。 The patent's number.")
@click.option("--year", type=click.IntRange(1985, 9999), help="某年申请的全部专利。 All patents filed in a year.")
@click.option("-k", "most", default=20, show_default=True, type=click.IntRange(1, 200))
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="几个进程,默认每核一个,至多八个。 For --year; one a core, at most 8.",
)
@click.option("--json", "as_json", is_flag=True)
def push(number: str | None, year: int | None, most: int, processes: int | None, as_json: bool) -> None:
    """为专利找可能关心它的单位。 The organisations that would care about a patent, and why."""
    actor = operator(getpass.getuser())
    if (number is None) == (year is None):
        raise Usage("--patent 与 --year 二选一", "give either --patent or --year")
    if number is None:
        push_year(actor, year or 0, most, processes or min(os.cpu_count() or 1, 8), as_json)
        return
    if not number.strip():
        raise Invalid("number_empty")
    parse_application_number(number)
    patent = patent_for(actor, number)
    with speaking():
        found: list[dict[str, Any]] = [
            {
                "rank": each.rank,
                "organisation": each.organisation.name,
                "credit_code": each.organisation.credit_code,
                "score": round(each.score, 4),
                "reasons": [sentence(reason) for reason in each.reasons],
            }
            for each in suggest_push(actor=actor, patent=patent, most=most)
        ]
        if as_json:
            print_json({"patent": patent.shown_number, "organisations": found})
            return
        STDOUT.print(f"{patent.shown_number}  {escape(patent.title)}")
        if not found:
            STDOUT.print(say("没有找到可能关心的单位", "nobody was found who would care"))
        for each in found:
            STDOUT.print(f"{each['rank']:>3}  {each['score']:.2f}  {escape(str(each['organisation']))}")
            for reason in each["reasons"]:
                STDOUT.print(f"        {escape(reason)}")


def push_year(actor: Actor, year: int, most: int, processes: int, as_json: bool) -> None:
    keys = filed_in(actor, year)
    with steps() as step:
        done = suggest_pushes(actor=actor, keys=keys, most=most, progress=step, processes=processes)
    if as_json:
        print_json({"year": year, "patents": done.patents, "suggestions": done.suggestions})
        return
    zh, en = "{} 件专利,推送建议 {} 条", "{} patents, {} suggestions"
    STDOUT.print(say(zh, en).format(done.patents, done.suggestions))


COMMANDS = {"match": match, "push": push}
