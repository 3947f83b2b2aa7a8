"""What programs can listen to: each register says which of its actions are events, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.registers import Register
from zhiqiao.wording.trail import trail_word

TEST = "test.ping"


@dataclass(frozen=True)
class Event:
    """A kind of event and the register whose records it speaks of."""

    kind: str
    register: Register[Any]


@cache
def by_action() -> Mapping[str, Event]:
    """Action in the trail → event."""
    return {action: Event(kind, register) for register in registers() for action, kind in register.events.items()}


def event_kinds() -> tuple[str, ...]:
    """All kinds, in the order of the registers; several actions can be one kind."""
    return tuple(dict.fromkeys(event.kind for event in by_action().values()))


def event_choices(actor: Actor | None = None) -> list[tuple[str, str]]:
    """Kinds with what happened in words, as forms offer them; of the registers alone that are open to the actor."""
    words: dict[str, str] = {}
    for action, event in by_action().items():
        if actor is None or event.register.open_to(actor):
            words.setdefault(event.kind, trail_word(action))
    return [(kind, f"{said} · {kind}") for kind, said in words.items()]
