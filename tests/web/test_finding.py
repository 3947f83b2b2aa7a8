"""Records found while somebody types: only what the reader may see, whatever is typed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.importing.conftest import home
from tests.web.conftest import City, make_patent
from zhiqiao.core.indexing import index_pending
from zhiqiao.parties.actions.organisations import keep_names
from zhiqiao.web.finding import Part, marked

__all__ = ["home"]
pytestmark = pytest.mark.usefixtures("home")
OPTION = re.compile(r'<a role="option" href="([^"]+)">(.*?)</a>', re.S)


def hits(city: City, who: str, asked: str) -> list[str]:
    answer = city.client(who).get(reverse("find"), {"q": asked})
    assert answer.status_code == 200
    return [told(body) for _, body in OPTION.findall(answer.content.decode())]


def told(body: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", body.partition("<small>")[0])).strip()


@pytest.mark.parametrize("indexed", [True, False])
def test_each_finds_what_they_may_see(city: City, indexed: bool) -> None:
    if indexed:
        index_pending("patents", 0)
        index_pending("needs", 0)
    assert hits(city, "holder", "未公布") == ["未公布的本校发明"]
    assert sorted(hits(city, "bureau", "未公布")) == ["未公布的他校发明", "未公布的本校发明"]
    assert hits(city, "firm", "未公布") == hits(city, "public", "未公布") == hits(city, "admin", "未公布") == []
    assert hits(city, "firm", "模具开") == ["模具开裂"]
    assert "玩具掉色" in hits(city, "bureau", "玩具")
    assert hits(city, "firm", "玩具") == ["示例玩具厂"]  # the need of the other firm is not published
    assert hits(city, "public", "示例玩具厂") == []  # organisations are for those who have logged in


@pytest.mark.parametrize("indexed", [True, False])
def test_a_word_that_is_only_begun_is_enough(city: City, indexed: bool) -> None:
    make_patent(50, city.houses["college"], title="一种石墨烯散热片")
    if indexed:
        index_pending("patents", 0)
    for begun in ("石", "石墨", "石墨烯", "散热 石墨", "石墨烯散", "石墨烯散热"):
        assert hits(city, "public", begun) == ["一种石墨烯散热片"], begun
    assert hits(city, "public", "散热 石英") == []


def test_numbers_and_classes_are_found_by_their_beginning(city: City) -> None:
    number = city.records["open_patent"].number
    for asked in (number, number[:9], f"ZL{number[:9]}", "B22D17"):
        assert "一种第1号装置" in hits(city, "public", asked), asked
    assert len(hits(city, "bureau", number[:5])) == 3
    assert hits(city, "bureau", "99999") == []


def test_organisations_are_found_by_the_first_letters_of_their_pinyin(city: City) -> None:
    city.houses["college"].pinyin, city.houses["college"].initials = "shi li xue yuan", "slxy"
    city.houses["college"].save()
    keep_names([city.houses["college"]])
    assert hits(city, "firm", "slx") == hits(city, "firm", "shilixue") == ["示例学院"]


def test_no_more_than_a_few_of_each(city: City) -> None:
    for number in range(60, 80):
        make_patent(number, city.houses["college"], title=f"石墨烯{number}")
    assert len(hits(city, "bureau", "石墨烯")) == 5


TYPED = (
    "", "  ", "'; drop table registry_patent; --", '"><script>alert(1)</script>', "%", "_", "\\", "(", "[a", ".*",
    "seen:all", "🙂", "石" * 10_000, "\x00", "a\x00b", "\ufeff", "—",
)  # fmt: skip


@pytest.mark.parametrize("asked", TYPED)
def test_any_text_is_only_text(city: City, asked: str) -> None:
    assert hits(city, "firm", asked) == hits(city, "public", asked) == []


def test_what_is_typed_never_becomes_markup(city: City) -> None:
    make_patent(51, city.houses["college"], title="<script>alert(1)</script>石墨烯")
    answer = city.client("public").get(reverse("find"), {"q": "alert <script>"}).content.decode()
    assert "<script>" not in answer
    assert hits(city, "public", "石墨烯") == ["<script>alert(1)</script>石墨烯"]


@pytest.mark.parametrize("who", ["public", "firm", "holder", "bureau"])
def test_as_many_queries_whatever_is_there_to_be_found(city: City, who: str) -> None:
    client, asked = city.client(who), []
    for count in (1, 30):
        for number in range(100 * count, 100 * count + count):
            make_patent(number, city.houses["college"], title="一种石墨烯散热片")
        index_pending("patents", 0)
        client.get(reverse("find"), {"q": "石墨"})
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("find"), {"q": "石墨"})
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 9


def test_the_piece_that_was_typed_is_marked() -> None:
    assert list(marked("ＬＥＤ灯珠封装", ("led", "封装"))) == [
        Part("ＬＥＤ", True), Part("灯珠", False), Part("封装", True),
    ]  # fmt: skip
    assert list(marked("灯", ())) == [Part("灯", False)]
    assert list(marked("", ("灯",))) == []
