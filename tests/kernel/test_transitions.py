from __future__ import annotations

import pytest

from zhiqiao.kernel.errors import Conflict
from zhiqiao.kernel.transitions import BrokenTable, Transition, TransitionTable

SUBMIT = Transition("submit", frozenset({"draft", "returned"}), "review", frozenset({"owner"}), "complete", "提交")
RETURN = Transition("return", frozenset({"review"}), "returned", frozenset({"officer"}))
ACCEPT = Transition("accept", frozenset({"review"}), "stored", frozenset({"officer"}), label="入库")
STATES = ("draft", "review", "returned", "stored")
TABLE = TransitionTable(STATES, (SUBMIT, RETURN, ACCEPT), "draft")


def test_every_state_and_every_move() -> None:
    expected = {("draft", "submit"), ("returned", "submit"), ("review", "return"), ("review", "accept")}
    for state in STATES:
        for move in ("submit", "return", "accept", "fly"):
            assert TABLE.allowed(state, move) is ((state, move) in expected)


def test_require_gives_the_move_with_its_guard() -> None:
    move = TABLE.require("returned", "submit")
    assert (move.target, move.guard, move.who) == ("review", "complete", frozenset({"owner"}))


def test_require_refuses_and_says_what_is_open() -> None:
    with pytest.raises(Conflict) as caught:
        TABLE.require("review", "submit")
    assert caught.value.reason == "transition_not_allowed"
    assert caught.value.facts == {"state": "review", "transition": "submit", "allowed": ["return", "accept"]}


def test_moves_of_a_state_in_order_and_final_states() -> None:
    assert TABLE.from_state("review") == (RETURN, ACCEPT)
    assert TABLE.from_state("stored") == ()
    assert TABLE.final_states() == ("stored",)


def test_one_name_may_lead_to_different_targets_from_different_states() -> None:
    back = Transition("submit", frozenset({"stored"}), "draft")
    table = TransitionTable(STATES, (SUBMIT, RETURN, ACCEPT, back), "draft")
    assert table.require("stored", "submit").target == "draft"
    assert table.require("draft", "submit").target == "review"


def test_mermaid() -> None:
    assert TABLE.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> draft",
        "    draft --> review: 提交",
        "    returned --> review: 提交",
        "    review --> returned: return",
        "    review --> stored: 入库",
        "    stored --> [*]",
    ]


@pytest.mark.parametrize(
    ("states", "moves", "initial", "fact"),
    [
        (STATES[:3], (SUBMIT, RETURN, ACCEPT), "draft", "unknown"),
        (STATES, (SUBMIT, RETURN, ACCEPT), "nowhere", "unknown"),
        (STATES, (SUBMIT, RETURN), "draft", "unreachable"),
        (STATES, (SUBMIT, RETURN, ACCEPT), "stored", "unreachable"),
        ((*STATES, "draft"), (SUBMIT, RETURN, ACCEPT), "draft", "doubled"),
        (STATES, (SUBMIT, RETURN, ACCEPT, Transition("accept", frozenset({"review"}), "draft")), "draft", "doubled"),
        (STATES, (SUBMIT, RETURN, ACCEPT, Transition("idle", frozenset(), "draft")), "draft", "without_source"),
    ],
)
def test_a_broken_table_is_refused_when_built(
    states: tuple[str, ...], moves: tuple[Transition, ...], initial: str, fact: str
) -> None:
    with pytest.raises(BrokenTable) as caught:
        TransitionTable(states, moves, initial)
    assert fact in caught.value.facts
