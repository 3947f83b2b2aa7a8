"""The moves of a table of states, as a register offers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from django.db.models import Model

from zhiqiao.kernel.transitions import TransitionTable
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.columns import Text
from zhiqiao.kit.registers import Move

M = TypeVar("M", bound=Model)


def moves_of(
    table: TransitionTable,
    labels: Mapping[str, Text],
    *,
    verb: Callable[[str], str],
    act: Callable[..., M],
    offered: Callable[[M], bool] = lambda record: True,
    more: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Move[M], ...]:
    """One move for each name in the table, in its order. ``verb`` is a name's verb in the policy, ``act`` is called
    with actor, record, what was said and ``move``; ``more`` gives single moves what they have beyond the rest."""
    names = dict.fromkeys(transition.name for transition in table.transitions)
    return tuple(
        replace(
            Move(name, labels[name], verb(name), partial(_made, act, name), partial(_open, table, name, offered)),
            **(more or {}).get(name, {}),
        )
        for name in names
    )


def _made(act: Callable[..., M], name: str, actor: Actor, record: M, said: Mapping[str, Any]) -> M:
    return act(actor, record, said, move=name)


def _open(table: TransitionTable, name: str, offered: Callable[[M], bool], record: M) -> bool:
    return table.allowed(str(vars(record)["state"]), name) and offered(record)
