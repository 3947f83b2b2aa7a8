"""The same texts on the pages, in the boxes of lists and over the interface for programs: an answer or a refusal."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.engine.bad_texts import EVERY
from tests.web.conftest import City, make_patent

MOST_SECONDS = 5.0  # of one core for one request, page and all
SENDABLE = {name: text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for name, text in EVERY.items()}


def answered(client: Client, address: str, text: str, **more: Any) -> Any:
    began = time.thread_time()
    answer = client.post(address, {"text": text}, **more)
    assert time.thread_time() - began < MOST_SECONDS
    assert answer.status_code in (200, 422), answer.content.decode()[:2_000]
    return answer


@pytest.mark.parametrize("name", EVERY)
def test_the_asking_page(city: City, name: str) -> None:
    client, page = city.client("firm"), reverse("need_say")
    shown = answered(client, page, SENDABLE[name]).content.decode()
    assert not re.search(r"<script>alert|<img src=x|>49<", shown)
    # Every answer is one that a person can go on from: patents, or a word of what is wrong.
    assert any(each in shown for each in ('class="matches"', 'class="panel empty"', "note-error", 'role="alert"'))


@pytest.mark.parametrize("name", EVERY)
def test_the_interface_for_programs(city: City, name: str) -> None:
    answer = answered(city.client("firm"), "/api/v1/match/", SENDABLE[name], content_type="application/json")
    told = answer.json()
    assert isinstance(told["items"], list) if answer.status_code == 200 else told["code"]


@pytest.mark.parametrize("address", ["/patents/", "/needs/", "/find/", "/api/v1/patents/"])
@pytest.mark.parametrize("name", ["NUL", "emoji", "markup", "query language", "SQL", "one word very often"])
def test_boxes_of_lists(city: City, address: str, name: str) -> None:
    began = time.thread_time()
    answer = city.client("bureau").get(address, {"q": SENDABLE[name][:4_000]})
    assert time.thread_time() - began < MOST_SECONDS
    assert answer.status_code in (200, 422), answer.status_code
    assert "<script>alert" not in answer.content.decode()


def test_a_need_that_is_a_patent_word_for_word(city: City) -> None:
    patent = make_patent(903, city.houses["college"], title="耐高温锂电池隔膜涂布机", abstract="一种涂布机。" * 40)
    told = answered(
        city.client("bureau"), "/api/v1/match/", f"{patent.title}。{patent.abstract}", content_type="application/json"
    ).json()
    assert told["items"][0]["number"] == patent.shown_number and told["items"][0]["level"] == "strong"
