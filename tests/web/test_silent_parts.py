"""Where parts of the index do not answer, pages and programs are told so, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from tests.core import shards_here
from tests.importing.conftest import home
from tests.web.conftest import City, make_patent
from zhiqiao.api.description import description
from zhiqiao.cluster.address import ClusterAddress
from zhiqiao.core import sharding
from zhiqiao.core.indexing import index_everything
from zhiqiao.engine.shards import shard_of
from zhiqiao.kernel.errors import Unavailable
from zhiqiao.matching.actions import match_need, suggest_push
from zhiqiao.matching.models import Match
from zhiqiao.parties.actors import operator
from zhiqiao.registry.models import Patent

__all__ = ["home"]
SHARDS = 2
TEXT = "想要耐磨的一种第1号装置"
LACKING = {
    "zh-hans": "{1} 个分片中有 {0} 个没有及时应答",
    "en": "{0} of {1} parts of the search index did not answer in time",
}
NOTHING = {"zh-hans": "检索索引的各个分片都没有应答", "en": "No part of the search index answers"}


@pytest.fixture
def silent(home: object, city: City, settings: Any) -> Iterator[set[int]]:
    """The city's index in shards; those put into the set do not answer."""
    settings.ZHIQIAO_INDEX = ClusterAddress("nowhere", 1, SHARDS, 60.0)
    settings.ZHIQIAO_SHARDED = "tests.core.shards_here:open_here"
    for number in range(30, 40):
        make_patent(number, city.houses["college"], title=f"一种第{number}号耐磨装置")
    index_everything()
    yield shards_here.SILENT
    shards_here.SILENT.clear()
    shards_here.restart()
    sharding._opened.clear()


def asked(city: City, language: str) -> tuple[int, str, str]:
    answer = city.client("firm").post(
        reverse("need_say"), {"text": TEXT}, headers={"HX-Request": "true", "Accept-Language": language}
    )
    return answer.status_code, answer.content.decode(), answer.headers.get("Zhiqiao-Partial", "")


@pytest.mark.parametrize("language", LACKING)
def test_an_answer_that_lacks_something_says_so_on_the_page(city: City, silent: set[int], language: str) -> None:
    status, shown, header = asked(city, language)
    assert status == 200 and "index_partial" not in shown and header == ""
    silent.add(1)
    status, shown, header = asked(city, language)
    assert status == 200 and LACKING[language].format(1, 2) in shown and "index_partial" in shown and header == "1/2"
    silent.clear()
    assert "index_partial" not in asked(city, language)[1]


@pytest.mark.parametrize("language", LACKING)
def test_lists_and_what_is_found_while_typing_say_so_too(city: City, silent: set[int], language: str) -> None:
    silent.add(0)
    client = city.client("firm")
    # What is found while typing comes from the needs too, which have two shards of their own.
    for page, told in (("patent_list", (1, 2)), ("find", (2, 4))):
        answer = client.get(reverse(page), {"q": "耐磨装置"}, headers={"Accept-Language": language})
        shown = answer.content.decode()
        assert answer.status_code == 200 and answer.headers["Zhiqiao-Partial"] == "{}/{}".format(*told)
        assert LACKING[language].format(*told) in shown
        numbers = [each for each in Patent.objects.filter(title__contains="耐磨装置") if each.title in shown]
        assert all(shard_of(each.pk, SHARDS) == 1 for each in numbers)


@pytest.mark.parametrize("language", LACKING)
def test_where_no_part_answers_the_page_says_that(city: City, silent: set[int], language: str) -> None:
    silent.update(range(SHARDS))
    _, shown, _ = asked(city, language)
    assert NOTHING[language] in shown and "一种第30号耐磨装置" not in shown


def test_programs_are_told_in_the_answer_and_in_its_header(city: City, silent: set[int]) -> None:
    def match() -> Any:
        return city.client("firm").post("/api/v1/match/", {"text": TEXT}, content_type="application/json")

    whole = match()
    assert whole.json()["silent_parts"] is None and whole.json()["items"]
    assert "Zhiqiao-Partial" not in whole.headers
    silent.add(1)
    partial = match()
    assert partial.status_code == 200 and partial.json()["silent_parts"] == {"missing": 1, "of": 2}
    assert partial.headers["Zhiqiao-Partial"] == "1/2"
    silent.add(0)
    refused = match()
    assert refused.status_code == 503 and refused.json()["code"] == "index_unreachable"


def test_programs_are_told_of_what_a_list_lacks(city: City, silent: set[int]) -> None:
    def partial(query: dict[str, str]) -> str | None:
        answer = city.client("firm").get("/api/v1/patents/", query)
        assert answer.status_code == 200
        told: str | None = answer.headers.get("Zhiqiao-Partial")
        return told

    assert partial({"q": "耐磨装置"}) is None
    silent.add(1)
    assert partial({"q": "耐磨装置"}) == "1/2"
    assert partial({}) is None  # nothing was searched for


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_that_would_lack_something_is_refused(city: City, silent: set[int], kind: str) -> None:
    def sheets(query: dict[str, str]) -> list[Any]:
        places = f"/api/v1/patents/export.{kind}", reverse("patent_export", kwargs={"kind": kind})
        return [city.client("firm").get(place, query) for place in places]

    whole = [b"".join(each.streaming_content) for each in sheets({"q": "耐磨装置"})]
    assert kind != "csv" or all("一种第30号耐磨装置" in each.decode() for each in whole)
    silent.add(1)
    api, page = sheets({"q": "耐磨装置"})
    assert (api.status_code, api.json()["code"], api.headers["Zhiqiao-Partial"]) == (503, "index_incomplete", "1/2")
    assert page.status_code == 503 and "2 个分片中有 1 个" in page.content.decode()
    assert [each.status_code for each in sheets({})] == [200, 200]


def test_nothing_is_kept_of_an_answer_that_lacks_something(city: City, silent: set[int]) -> None:
    before = Match.objects.count()
    silent.add(1)
    for refused in (
        lambda: match_need(actor=operator("test"), need=city.records["own_need"]),
        lambda: suggest_push(actor=operator("test"), patent=city.records["open_patent"]),
    ):
        with pytest.raises(Unavailable) as why:
            refused()
        assert why.value.reason == "index_incomplete" and why.value.facts["missing"] * 2 == why.value.facts["of"]
    assert Match.objects.count() == before


def test_the_description_names_the_header_where_an_answer_can_lack_something() -> None:
    told = {
        operation["operationId"]: operation["responses"]["200"].get("headers", {})
        for place in description()["paths"].values()
        for operation in place.values()
        if "200" in operation["responses"]
    }
    partial = {name for name, headers in told.items() if "Zhiqiao-Partial" in headers}
    assert {"match", "list_patents", "list_needs"} <= partial
    assert not any(name.startswith(("get_", "export_")) for name in partial)
