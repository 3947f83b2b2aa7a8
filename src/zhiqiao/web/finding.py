"""Records found while somebody types, a few of each register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from zhiqiao.engine.text import fold, normalise
from zhiqiao.engine.textindex import LONGEST_TYPED, typed_words
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.registers import Finding, Register


@dataclass(frozen=True)
class Part:
    """A piece of a title; ``marked``: what was typed stands there."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Hit:
    parts: tuple[Part, ...]
    line: str
    address: str


@dataclass(frozen=True)
class Group:
    register: Register[Any]
    hits: tuple[Hit, ...]


def found(actor: Actor, asked: str) -> list[Group]:
    """What the actor may see of it, in the order of the registers; those with nothing are left out. Nobody types more
    than a line: a longer text finds nothing."""
    words = " ".join(normalise(asked, LONGEST_TYPED + 1).split())
    if len(words) > LONGEST_TYPED or not any(map(str.isalnum, words)):
        return []
    groups = (_group(actor, each, each.finding, words) for each in registers() if each.finding and _open(actor, each))
    return [group for group in groups if group.hits]


def _open(actor: Actor, register: Register[Any]) -> bool:
    return register.public or register.open_to(actor)


def _group(actor: Actor, register: Register[Any], finding: Finding[Any], words: str) -> Group:
    records = finding.look(actor, words, finding.most)
    wanted = (*words.split(), *typed_words(words))
    return Group(
        register,
        tuple(
            Hit(
                tuple(marked(register.named(record), wanted)),
                " · ".join(str(part) for part in finding.line(record) if part),
                reverse(f"{register.name}_page", args=[record.public_id]),
            )
            for record in records
        ),
    )


def marked(text: str, words: tuple[str, ...]) -> Iterator[Part]:
    """The text cut where any of the words begins or ends in it, whatever its case and width."""
    plain, lit = fold(text), bytearray(len(text))
    for word in map(fold, words):
        at = plain.find(word) if word else -1
        while at >= 0:
            lit[at : at + len(word)] = b"\x01" * len(word)
            at = plain.find(word, at + 1)
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or lit[at] != lit[start]:
            yield Part(text[start:at], bool(lit[start]))
            start = at
