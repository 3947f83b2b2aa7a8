"""What was not looked at is told, and nothing of it is kept."""

from __future__ import annotations

import pytest

from zhiqiao.core.unanswered import complete, note, noting, unanswered
from zhiqiao.kernel.errors import Unavailable


def test_what_is_noted_inside_is_known_outside_and_forgotten_after() -> None:
    with noting() as outer:
        with noting() as inner:
            note("patents", frozenset({1}), 4)
        note("patents", frozenset({1, 2}), 4)
        note("needs", frozenset({0}), 2)
        assert (inner.missing, inner.of) == (1, 4)
        assert unanswered() is outer
    assert (outer.missing, outer.of) == (3, 6)
    assert not unanswered()


def test_nothing_is_kept_of_a_search_that_was_not_whole() -> None:
    with noting() as noted, pytest.raises(Unavailable) as refused, complete():
        note("patents", frozenset({3}), 4)
    assert (refused.value.reason, refused.value.facts) == ("index_incomplete", {"missing": 1, "of": 4})
    assert noted
    with complete():
        pass
