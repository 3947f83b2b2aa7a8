"""The hand-written content of the sample city: ideas, designs, organisations, needs and people."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeVar

_CONTENT = files("zhiqiao.sample").joinpath("content")
_CHOICE = re.compile(r"\{([^{}]+)\}")
_EARLIEST_YEAR = 2012

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Idea:
    """One patent to be: a variant of a hand-written technical idea.

    ``key`` is ``seed#variant``. ``old_classes`` print instead of ``classes`` for filings up to ``old_until``.
    ``since`` is the first year in which the technique would not be out of its time.
    """

    key: str
    title: str
    problem: str
    core: str
    addition: str
    effect: str
    use: str
    classes: tuple[str, ...]
    old_classes: tuple[str, ...]
    old_until: int
    owners: tuple[str, ...]
    since: int


@dataclass(frozen=True, slots=True)
class DesignIdea:
    key: str
    title: str
    locarno: str
    use: str
    point: str
    owners: tuple[str, ...]


def pick(options: Sequence[T], *salt: object) -> T:
    """Always the same choice for the same salt, on every machine and version."""
    return options[number(len(options), *salt)]


def number(below: int, *salt: object) -> int:
    digest = hashlib.sha256("/".join(map(str, salt)).encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def ideas() -> Iterator[Idea]:
    for path in sorted(_CONTENT.iterdir(), key=lambda item: item.name):
        if path.name.endswith(".toml"):
            for seed in tomllib.loads(path.read_text(encoding="utf-8"))["seed"]:
                yield from _variants(seed)


def _variants(seed: dict[str, Any]) -> Iterator[Idea]:
    for at, line in enumerate(seed["variants"].strip().splitlines()):
        title, addition, effect, *own = line.split("|")
        problem, core = own or (_chosen(seed["problem"], at), _chosen(seed["core"], at))
        yield Idea(
            key=f"{seed['id']}#{at}",
            title=title,
            problem=problem,
            core=core,
            addition=addition,
            effect=effect,
            use=seed["use"],
            classes=tuple(seed["ipc"]),
            old_classes=tuple(seed.get("old_ipc", ())),
            old_until=seed.get("old_until", 0),
            owners=tuple(seed["owners"]),
            since=seed.get("since", _EARLIEST_YEAR),
        )


def _chosen(text: str, at: int) -> str:
    def one(found: re.Match[str]) -> str:
        options = found[1].split("|")
        return options[at % len(options)]

    return _CHOICE.sub(one, text)


def designs() -> Iterator[DesignIdea]:
    for row in load("designs.json"):
        for at, title in enumerate(row["titles"]):
            yield DesignIdea(f"{row['id']}#{at}", title, row["locarno"], row["use"], row["point"], tuple(row["owners"]))


def load(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(_CONTENT.joinpath(name).read_text(encoding="utf-8"))
    return rows
