from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import count

import pytest
from django.http import HttpRequest, HttpResponse

from zhiqiao.web import settling
from zhiqiao.web.settling import SETTLED_AFTER, SettlingMiddleware


@pytest.fixture
def counted_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settling, "answers", count(1))
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("counted_anew")
def test_what_a_process_has_loaded_is_no_longer_looked_through() -> None:
    gc.unfreeze()
    kept: list[list[int]] = [[]]
    answered = 0
    ask = SettlingMiddleware(lambda request: HttpResponse("x"))
    frozen = []
    while answered < max(SETTLED_AFTER):
        assert ask(HttpRequest()).content == b"x"
        answered += 1
        if answered in SETTLED_AFTER or answered == min(SETTLED_AFTER) - 1:
            frozen.append(gc.get_freeze_count())
            kept.append([answered])
    assert frozen[0] == 0 < frozen[1] <= frozen[2] and len(frozen) == 1 + len(SETTLED_AFTER)
    assert not any(each is kept for each in gc.get_objects())
