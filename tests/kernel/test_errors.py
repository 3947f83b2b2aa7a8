"""Refusals travel between processes as they are."""

from __future__ import annotations

import pickle

import pytest

from zhiqiao.kernel.errors import Conflict, Invalid, Unavailable, ZhiqiaoError

MADE = [Invalid(), Conflict("node_running", node="甲"), Unavailable("index_incomplete", of=2)]


@pytest.mark.parametrize("refused", MADE)
def test_a_refusal_is_the_same_at_the_other_end(refused: ZhiqiaoError) -> None:
    refused.noted = "beside it"  # type: ignore[attr-defined]  # what a subclass may add
    again = pickle.loads(pickle.dumps(refused))  # noqa: S301 -- our own bytes
    assert type(again) is type(refused) and str(again) == str(refused)
    assert again.__dict__ == refused.__dict__
