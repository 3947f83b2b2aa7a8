"""States of a record and the moves between them, as one table that actions, buttons and tests share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from zhiqiao.kernel.errors import Conflict, ZhiqiaoError

ANYONE: Final[frozenset[str]] = frozenset()
"""No role is named: whoever may open the record may make the move."""


class BrokenTable(ZhiqiaoError):
    """A table of transitions contradicts itself; raised when it is built, so at import time."""

    code = "transition_table_broken"


@dataclass(frozen=True, slots=True)
class Transition:
    """One move: from any of ``sources`` to ``target``.

    ``who`` names the roles that may make it, ``guard`` the rule that must hold, by the name under which the
    owning app knows it; ``label`` is the verb in Chinese for a button.
    """

    name: str
    sources: frozenset[str]
    target: str
    who: frozenset[str] = ANYONE
    guard: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class TransitionTable:
    """All states of a record, the moves, and the state it begins in. Checks itself when built."""

    states: tuple[str, ...]
    transitions: tuple[Transition, ...]
    initial: str
    _moves: dict[tuple[str, str], Transition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        moves = {(state, move.name): move for move in self.transitions for state in move.sources}
        object.__setattr__(self, "_moves", moves)
        self._check_names()
        self._check_reach()

    def _check_names(self) -> None:
        doubled = [state for state, count in Counter(self.states).items() if count > 1]
        named = {self.initial}.union(*({move.target} | move.sources for move in self.transitions))
        if unknown := named - set(self.states):
            raise BrokenTable(unknown=sorted(unknown))
        pairs = Counter((state, move.name) for move in self.transitions for state in move.sources)
        doubled += [f"{state}:{name}" for (state, name), count in pairs.items() if count > 1]
        if doubled:
            raise BrokenTable(doubled=sorted(doubled))
        if idle := [move.name for move in self.transitions if not move.sources]:
            raise BrokenTable(without_source=idle)

    def _check_reach(self) -> None:
        reached, waiting = {self.initial}, [self.initial]
        while waiting:
            state = waiting.pop()
            fresh = {move.target for move in self.from_state(state)} - reached
            reached |= fresh
            waiting.extend(fresh)
        if lost := set(self.states) - reached:
            raise BrokenTable(unreachable=sorted(lost))

    def allowed(self, state: str, name: str) -> bool:
        return (state, name) in self._moves

    def require(self, state: str, name: str) -> Transition:
        """The move of that name from this state; ``Conflict`` ``transition_not_allowed`` where there is none."""
        move = self._moves.get((state, name))
        if move is None:
            allowed = [each.name for each in self.from_state(state)]
            raise Conflict("transition_not_allowed", state=state, transition=name, allowed=allowed)
        return move

    def from_state(self, state: str) -> tuple[Transition, ...]:
        """The moves open in this state, in the order of the table."""
        return tuple(move for move in self.transitions if state in move.sources)

    def final_states(self) -> tuple[str, ...]:
        return tuple(state for state in self.states if not self.from_state(state))

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram for the documents."""
        return "\n".join(["stateDiagram-v2", f"    [*] --> {self.initial}", *self._arrows()])

    def _arrows(self) -> Iterator[str]:
        for move in self.transitions:
            for state in sorted(move.sources, key=self.states.index):
                yield f"    {state} --> {move.target}: {move.label or move.name}"
        for state in self.final_states():
            yield f"    {state} --> [*]"
