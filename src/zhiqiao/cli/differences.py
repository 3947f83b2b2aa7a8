"""What a rehearsal found would change, as a clerk reads it: which record, which field, from what to what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db.models import Model
from rich import box
from rich.markup import escape
from rich.table import Column, Table

from zhiqiao.cli.console import STDOUT, language, say, show_table
from zhiqiao.core.importing import Rehearsal
from zhiqiao.core.reference import names_for
from zhiqiao.needs.models import Need
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent
from zhiqiao.wording import label

RECORDS_SHOWN: Final = 20
LONGEST: Final = 40  # characters of a value
NOTHING: Final = "—"

MODELS: Final[dict[str, type[Model]]] = {"patents": Patent, "organisations": Organisation, "needs": Need}
# What the system works out from the other fields or keeps beside them; so is whatever has no label.
TECHNICAL: Final = frozenset(
    {
        "provenance", "anniversary", "check_filled", "public", "status_phase", "status_source",
        "organisation",
    }
)  # fmt: skip
# Records of their own beside an organisation, of which a revision has the keys alone.
ADDED: Final = {"names": "aliases", "contacts": "contact"}
CALLED: Final = {"organisation_name": "organisation", "park_code": "town_code"}
GROUPS: Final = {"said": "declared.", "money": "money.", "extra": "extra."}
DAY_UNKNOWN: Final = "partial."  # a day that the list gives to the month or year alone

Row = tuple[str, str, str]


def show_differences(kind: str, rehearsal: Rehearsal) -> None:
    """Nothing where no record that is there already would change."""
    rows_of: dict[int, list[Row]] = defaultdict(list)
    for key, changes in rehearsal.differences:
        rows_of[key] += told(kind, changes)
    changed = [(key, rows) for key, rows in rows_of.items() if rows][:RECORDS_SHOWN]
    if not changed:
        return
    table = Table(
        Column(say("编号", "number"), no_wrap=True),
        *map(say, ("名称", "字段", "现在", "将变为"), ("title", "field", "now", "would be")),
        box=box.SIMPLE_HEAD,
    )
    named = names(kind, [key for key, _ in changed])
    for key, rows in changed:
        for at, (field, before, after) in enumerate(rows):
            who = named.get(key, (NOTHING, NOTHING)) if at == 0 else ("", "")
            table.add_row(*map(escape, (*who, field, before, after)))
    show_table(table)
    if rehearsal.counts["updated"] > len(changed):
        zh, en = "以上是 {} 条将更新的记录中的前 {} 条", "{} records would change, the first {} are shown"
        STDOUT.print(say(zh, en).format(rehearsal.counts["updated"], len(changed)))


def names(kind: str, keys: list[int]) -> dict[int, tuple[str, str]]:
    """Number and title by key, as people know the record."""
    found = MODELS[kind]._default_manager.in_bulk(keys)
    return {
        key: (number_of(record), shorten(getattr(record, "title", "") or getattr(record, "name", "")))
        for key, record in found.items()
    }


def number_of(record: Model) -> str:
    for name in ("shown_number", "external_id", "credit_code"):
        if number := getattr(record, name, ""):
            return str(number)
    return NOTHING


def told(kind: str, changes: Mapping[str, list[Any]]) -> Iterator[Row]:
    """Field, before and after in words; only fields that mean something to people and that differ."""
    for name, pair in changes.items():
        before, after = pair[0], pair[1]
        if name in TECHNICAL or (name == "status_group" and "status_words" in changes):
            continue
        if (kind, name) == ("patents", "industries"):  # worked out from the class
            continue
        if name in GROUPS:
            yield from _grouped(GROUPS[name], before or {}, after or {})
        elif name in ADDED:
            yield label(ADDED[name]), NOTHING, say("另加", "added")
        elif name == "withdrawn_at":
            yield say("在册", "on record"), _withdrawn(before), _withdrawn(after)
        elif (field := label(CALLED.get(name, name))) != name:
            words = value_in_words(kind, name, before), value_in_words(kind, name, after)
            if words[0] != words[1]:
                yield field, *words


def _grouped(group: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Row]:
    for name in {**before, **after}:
        words = plain(before.get(name)), plain(after.get(name))
        if words[0] == words[1]:
            continue
        if name.startswith(DAY_UNKNOWN):
            yield label(name.removeprefix(DAY_UNKNOWN)) + say("（只到年月）", " (day unknown)"), *words
        else:
            yield label(name if group == "extra." else group + name), *words


def _withdrawn(value: Any) -> str:
    return say("已撤回", "withdrawn") if value else say("在册", "yes")


def value_in_words(kind: str, name: str, value: Any) -> str:
    if name in {"town_code", "park_code"}:
        return names_for("town", [value], language()).get(value, value) or NOTHING
    if name == "industries":
        named = names_for("industry", value or (), language())
        return plain([named.get(code, code) for code in value or ()])
    field = next((each for each in MODELS[kind]._meta.concrete_fields if each.name == name), None)
    if field is not None and field.choices:
        return shorten(str(dict(field.flatchoices).get(value, value))) or NOTHING
    return plain(value)


def plain(value: Any) -> str:
    """A value without brackets and quotes; a long one begins only."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return label("yes" if value else "no")
    if isinstance(value, Mapping):
        return shorten(say("；", "; ").join(f"{label(str(k))} {plain(v)}" for k, v in value.items()))
    if isinstance(value, list):
        return shorten(say("、", ", ").join(plain(each) for each in value))
    return shorten(str(value))


def shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
