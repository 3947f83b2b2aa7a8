"""Who acts. ``core`` knows an id and a name; ``parties`` knows what that person may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class ActingUser(Protocol):
    """``actor_id`` is the user's public id, or ``system:<task>`` for the product itself."""

    @property
    def actor_id(self) -> str: ...

    @property
    def actor_name(self) -> str: ...


@dataclass(frozen=True)
class SystemActor:
    """The product acting by itself, named after the task."""

    task: str

    @property
    def actor_id(self) -> str:
        return f"system:{self.task}"

    @property
    def actor_name(self) -> str:
        return f"系统 · {self.task}"
