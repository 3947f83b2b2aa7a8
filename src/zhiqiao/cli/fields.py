"""``zhiqiao fields``: what the columns of a list can be, for ``--map``; and what is said about a name that is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from zhiqiao.cli.console import STDERR, print_json, say, show_table, speaking
from zhiqiao.exchange.vocabularies import NEEDS, ORGANISATIONS, PATENTS, Vocabulary, heading_key
from zhiqiao.kernel.errors import Invalid
from zhiqiao.wording import label

VOCABULARIES = {each.kind: each for each in (PATENTS, ORGANISATIONS, NEEDS)}
KEPT_ASIDE = "extra."
HEADINGS_SHOWN = 4


def refuse_unknown(kind: str, fields: Iterable[str | None]) -> None:
    """Raises ``field_unknown`` for the first that the kind of list has not, with the nearest that it has."""
    vocabulary = VOCABULARIES[kind]
    for name in fields:
        if name is None or name in vocabulary.fields or name.removeprefix(KEPT_ASIDE) not in {"", name}:
            continue
        near = [f"{each} ({label(each)})" for each in nearest(name, vocabulary)]
        told = say("，最接近的是 ", "; the nearest are ") + say("、", ", ").join(near) if near else ""
        raise Invalid("field_unknown", field=name[:60], nearest=told, kind=kind)


def nearest(word: str, vocabulary: Vocabulary) -> list[str]:
    """At most three fields whose name, label or usual heading is like the word."""
    known: dict[str, str] = {}
    for name, headings in vocabulary.fields.items():
        for each in (name, name.rpartition(".")[2], label(name), *headings):
            known.setdefault(heading_key(each), name)
    key = heading_key(word)
    inside = [each for each in known if len(key) > 1 and key in each]
    last = heading_key(word.rpartition(".")[2])
    alike = [*get_close_matches(key, known, n=6, cutoff=0.5), *get_close_matches(last, known, n=6), *inside]
    return list(dict.fromkeys(known[each] for each in alike))[:3]


def warn_of_absent(said: Mapping[str, Sequence[str]], tables: Sequence[Mapping[str, Any]]) -> None:
    """One line for each heading, by option, that no table has: a slip of the pen, most likely."""
    seen = {heading_key(column["heading"]) for table in tables for column in table.get("columns", ())}
    for option, headings in said.items():
        for heading in headings:
            if heading_key(heading) not in seen:
                zh = f"警告: 没有一个表里有“{heading}”这一列，{option} 对它不起作用 [heading_absent]"
                en = f"warning: no table has the heading “{heading}”, so {option} does nothing [heading_absent]"
                STDERR.print(say(zh, en), markup=False)


@click.command("fields")
@click.argument("kind", type=click.Choice(list(VOCABULARIES)))
@click.option("--json", "as_json", is_flag=True)
def fields(kind: str, as_json: bool) -> None:
    """列出清单可以有的字段和常见列名。 The fields of a list and their usual headings."""
    known = VOCABULARIES[kind].fields
    with speaking():
        if as_json:
            told = [{"field": name, "name": label(name), "headings": list(each)} for name, each in known.items()]
            print_json({"kind": kind, "fields": told})
            return
        table = Table(
            say("字段", "field"), say("含义", "meaning"), say("常见列名", "usual headings"), box=box.SIMPLE_HEAD
        )
        for name, headings in known.items():
            table.add_row(name, label(name), escape("  ".join(headings[:HEADINGS_SHOWN])))
        show_table(table)


COMMANDS = {"fields": fields}
