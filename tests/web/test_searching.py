"""What is typed into the search box of the patents: found whether indexed or waiting, seen only where it may be."""

from __future__ import annotations

import numpy as np
import pytest

from tests.importing.conftest import home
from tests.web.conftest import City, make_patent
from zhiqiao.core import keysets
from zhiqiao.core.indexing import index_pending
from zhiqiao.core.models import OutboxEvent
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.lists import ordered
from zhiqiao.kit.paging import Sort, count_up_to, read_cursor, slice_of
from zhiqiao.parties.actors import actor_for
from zhiqiao.registry.models import Patent
from zhiqiao.registry.searching import held_by, patents_like
from zhiqiao.registry.selectors import patents_visible_to

__all__ = ["home"]
pytestmark = pytest.mark.usefixtures("home")
NEWEST = Sort("-filed", "filed_on", descending=True, nullable=True)


def found(actor: Actor, asked: str) -> set[str]:
    return {each.title for each in patents_like(patents_visible_to(actor), asked, actor.tokens)}


@pytest.mark.parametrize("indexed", [True, False])
def test_words_find_what_the_reader_may_see(city: City, indexed: bool) -> None:
    if indexed:
        index_pending("patents", 0)
    college, firm = actor_for(city.people["holder"]), actor_for(city.people["firm"])
    assert found(college, "未公布 发明") == {"未公布的本校发明"}
    assert found(firm, "未公布 发明") == found(PUBLIC, "未公布 发明") == set()
    assert found(actor_for(city.people["bureau"]), "未公布") == {"未公布的本校发明", "未公布的他校发明"}
    assert found(PUBLIC, "耐磨 模具") == {"一种第1号装置"}  # both words stand in the abstract


def test_what_is_renamed_is_found_by_its_new_words_before_the_index_knows(city: City) -> None:
    index_pending("patents", 0)
    patent = city.records["open_patent"]
    Patent.objects.filter(pk=patent.pk).update(title="一种石墨烯散热片", abstract="")
    announced(patent.pk)
    assert found(PUBLIC, "石墨烯") == {"一种石墨烯散热片"}
    assert found(PUBLIC, "模具") == set()


def announced(*keys: int) -> None:
    OutboxEvent.objects.create(queue="index.patents", payload={"ids": list(keys)})


@pytest.mark.parametrize("seldom", [0.0, 2.0])
def test_many_keys_and_few_keys_choose_the_same(city: City, monkeypatch: pytest.MonkeyPatch, seldom: float) -> None:
    for number in range(10, 40):
        make_patent(number, city.houses["college"], title="一种石墨烯散热片" if number % 3 else "一种风扇")
    few = sorted(each.pk for each in patents_like(patents_visible_to(PUBLIC), "石墨烯", PUBLIC.tokens))
    assert len(few) == 20
    monkeypatch.setattr(keysets, "FEW", 3)
    monkeypatch.setattr(keysets, "SELDOM", seldom)
    many = patents_like(patents_visible_to(PUBLIC), "石墨烯", PUBLIC.tokens)
    assert sorted(each.pk for each in many) == few
    make_patent(90, city.houses["college"], title="一种风扇")  # a key beyond the last flag
    assert count_up_to(many) == 20
    assert [each.pk for each in ordered(many, NEWEST)] == list(reversed(few))
    first = slice_of(many, NEWEST, None, size=7)
    second = slice_of(many, NEWEST, read_cursor(first.next), size=7)
    assert [each.pk for each in (*first.rows, *second.rows)] == list(reversed(few))[:14]


@pytest.mark.parametrize("count", [0, 1, 9])
def test_a_set_of_keys_holds_what_it_was_given(city: City, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keysets, "FEW", 1)
    made = [make_patent(number, city.houses["college"]).pk for number in range(10, 10 + 2 * count)]
    chosen = Patent.objects.filter(keysets.among("pk", np.array(made[::2], np.int64)))
    assert sorted(chosen.values_list("pk", flat=True)) == made[::2]
    assert not set(
        Patent.objects.exclude(keysets.among("pk", np.array(made[::2], np.int64))).values_list("pk", flat=True)
    ) & set(made[::2])


def test_numbers_are_found_whole_begun_and_as_published(city: City) -> None:
    patent = city.records["open_patent"]
    Patent.objects.filter(pk=patent.pk).update(publication_number="CN108123456A", grant_number="CN108123456B")
    number = patent.number
    for asked in (number, f"{number[:-1]}.{number[-1]}", f"ZL{number}", "CN108123456A", "cn108123456b", "CN108123456"):
        assert found(PUBLIC, asked) == {patent.title}, asked
    assert patent.title in found(PUBLIC, number[:6])
    assert found(PUBLIC, "2017100") == set()


def test_holders_are_found_by_words_and_by_part_of_an_organisations_name(city: City) -> None:
    everything = patents_visible_to(PUBLIC)
    assert [each.title for each in held_by(everything, "示例学院", PUBLIC.tokens)] == ["一种第1号装置"]
    assert [each.title for each in held_by(everything, "例学", PUBLIC.tokens)] == ["一种第1号装置"]
    assert not held_by(everything, "不存在的", PUBLIC.tokens)
    assert held_by(everything, "  ", PUBLIC.tokens).count() == everything.count()


@pytest.mark.parametrize(
    "asked", ["'; drop table registry_patent; --", "%", "_", "seen:all OR *", "🙂", "\x00", "石" * 10_000, "(", "中"]
)
def test_any_text_is_only_text(city: City, asked: str) -> None:
    assert found(PUBLIC, asked) <= {"一种第1号装置"}
    assert not held_by(patents_visible_to(PUBLIC), asked, PUBLIC.tokens).filter(public=False).exists()
