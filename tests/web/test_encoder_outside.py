"""An installation whose encoder stands outside: what it is told, and what people find while it is down."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import Settings

from tests.engine.fake_endpoint import FakeEndpoint, Fault
from tests.web.conftest import City, make_need, make_patent
from zhiqiao.core import encoders, indexing
from zhiqiao.core.encoders import encoder
from zhiqiao.core.indexing import index_everything, index_pending, status
from zhiqiao.core.models import OutboxEvent
from zhiqiao.engine import endpoint
from zhiqiao.engine.endpointsettings import Endpoint
from zhiqiao.matching.actions import match_need, suggest_push
from zhiqiao.matching.searching import words_alone
from zhiqiao.needs.models import Need
from zhiqiao.parties.actors import operator
from zhiqiao.registry.models import Patent

TEXT = "想要耐磨的一种第1号装置"


@pytest.fixture
def server() -> Iterator[FakeEndpoint]:
    made = FakeEndpoint()
    yield made
    made.close()


@pytest.fixture
def outside(
    city: City, server: FakeEndpoint, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Set the city's encoder: ``outside(typed=True)``; everything is indexed with it."""

    monkeypatch.setattr(endpoint, "LEFT_ALONE", 600.0)
    # The index alone in a place of its own: the keys of what is private stay where they are.
    monkeypatch.setattr(indexing, "folder_of", lambda name: tmp_path / name)

    def choose(**told: Any) -> None:
        settings.ZHIQIAO_ENCODER = Endpoint(server.url, server.model, 64, retries=0, **told)
        encoders.made.cache_clear()
        for name in ("patents", "needs"):
            OutboxEvent.objects.filter(queue=f"index.{name}").update(done_at=None)
        index_everything()

    yield choose
    encoders.made.cache_clear()


def sent(server: FakeEndpoint) -> str:
    return json.dumps([each.said for each in server.asked], ensure_ascii=False)


def asked(city: City, text: str = TEXT) -> str:
    answer = city.client("firm").post(reverse("need_say"), {"text": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.content.decode()[-3000:]
    return answer.content.decode()


def test_what_is_not_public_is_never_sent(city: City, server: FakeEndpoint, outside: Any) -> None:
    make_patent(901, city.houses["college"], title="未公开的秘密合金", public=False)
    secret = make_need("未公布的难题", city.houses["firm"])
    outside()
    index_everything()
    # Held back for good, not waiting: found by its words, and sent once everybody may read it.
    assert status("patents")["vectors_pending"] == 0
    match_need(actor=operator("test"), need=secret)
    suggest_push(actor=operator("test"), patent=Patent.objects.get(title="未公开的秘密合金"))
    assert "未公开的秘密合金" not in sent(server) and "未公布的难题" not in sent(server)
    assert "一种第1号装置" in sent(server)


def test_no_setting_sends_the_private_layer(city: City, server: FakeEndpoint, outside: Any) -> None:
    need = make_need("求耐磨模具", city.houses["firm"], published=True)
    outside(typed=True, inside=True)
    match_need(actor=operator("test"), need=need)
    assert "求耐磨模具" in sent(server)
    assert "底价" not in sent(server) and "13800000000" not in sent(server) and "示例联系人" not in sent(server)


def test_what_is_made_public_is_sent_then(city: City, server: FakeEndpoint, outside: Any) -> None:
    patent = make_patent(902, city.houses["college"], title="后来公开的合金", public=False)
    outside()
    assert "后来公开的合金" not in sent(server)
    Patent.objects.filter(pk=patent.pk).update(public=True)
    OutboxEvent.objects.create(queue="index.patents", payload={"ids": [patent.pk]})
    assert index_pending("patents", seconds=60).vectors == 1
    assert "后来公开的合金" in sent(server)


def test_what_is_typed_is_sent_only_where_the_setting_says_so(city: City, server: FakeEndpoint, outside: Any) -> None:
    outside()
    shown = asked(city)
    assert TEXT not in sent(server) and "一种第1号装置" in shown and "不送出本单位" in shown
    outside(typed=True)
    shown = asked(city)
    assert TEXT in sent(server) and "一种第1号装置" in shown and "只按词查找" not in shown


@pytest.mark.parametrize("fault", [Fault(500), Fault(401), Fault(body=b"<html>"), Fault(hang_up=True)])
def test_while_it_is_down_people_find_by_words_and_are_told(
    city: City, server: FakeEndpoint, outside: Any, fault: Fault
) -> None:
    outside(typed=True)
    server.always = fault
    shown = asked(city, TEXT + "的改进")
    assert "一种第1号装置" in shown and "眼下不能按含义检索" in shown and words_alone("patents")
    client = city.client("firm")
    answer = client.post("/api/v1/match/", {"text": TEXT + "的结构"}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["by_words_alone"] == words_alone("patents") and answer.json()["items"]
    need = Need.objects.filter(published=True).first() or make_need("一种第1号装置的难题", city.houses["firm"])
    assert match_need(actor=operator("test"), need=need)


def test_a_slow_one_holds_up_one_search_and_none_after_it(
    city: City, server: FakeEndpoint, outside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiqiao.engine.endpoint.SOMEBODY_WAITS", 0.5)
    outside(typed=True)
    server.always = Fault(wait=60)
    calls = len(server.asked)
    began = time.monotonic()
    for number in range(3):
        assert "眼下不能按含义检索" in asked(city, f"{TEXT}{number}")
    assert len(server.asked) == calls + 1 and time.monotonic() - began < 30


def test_it_is_asked_again_once_it_is_well(city: City, server: FakeEndpoint, outside: Any) -> None:
    outside(typed=True)
    server.faults.append(Fault(500))
    assert "眼下不能按含义检索" in asked(city)
    encoder()._well()  # type: ignore[attr-defined]  # as after a while
    assert "眼下不能按含义检索" not in asked(city)
