"""The register of needs: what the search box, the day and the look leave of it, whoever asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.importing.conftest import home
from tests.importing.lists import OFFICER
from tests.inventory.factories import actor, organisation
from tests.needs.test_needs import firm, member, stated
from zhiqiao.core import keysets
from zhiqiao.core.indexing import index_pending
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.lists import reading
from zhiqiao.kit.roles import Role
from zhiqiao.needs.actions import NeedChange, change_need, hide_need
from zhiqiao.needs.models import Need
from zhiqiao.needs.registers import NEEDS
from zhiqiao.needs.searching import needs_begun

__all__ = ["home"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def found(who: Actor, **asked: str) -> list[Need]:
    return list(reading(NEEDS, who, asked).page.rows)


def settled(indexed: bool) -> None:
    if indexed:
        index_pending("needs", 0)


@pytest.mark.parametrize("indexed", [True, False])
def test_words_find_what_the_reader_may_see(indexed: bool) -> None:
    place, other = firm("东莞市华兴示例电池有限公司"), firm("示例玩具厂")
    shown = stated(place, content="求石墨烯散热片。要求轻薄。", published=True)
    kept = stated(place, content="求耐磨模具。石墨烯涂层。")
    settled(indexed)
    assert found(OFFICER, q="石墨烯") == found(member(place), q="石墨烯") == [kept, shown]
    assert found(member(other), q="石墨烯") == [shown] and found(member(other), q="模具") == []
    assert found(OFFICER, q="石墨烯 散热") == [shown]
    assert found(OFFICER, q="电池") == [kept, shown]  # a word of the firm's name
    assert found(OFFICER, q="莞市华") == [kept, shown]  # no word, but part of the firm's name
    assert found(member(other), q="莞市华") == [shown]
    assert found(OFFICER, q="塑料") == found(OFFICER, q="。") == [] and found(OFFICER, q=" ") == [kept, shown]


@pytest.mark.parametrize("indexed", [True, False])
def test_typing_finds_what_the_reader_may_see(indexed: bool) -> None:
    place, other = firm("甲示例厂"), firm("乙示例厂")
    need = stated(place, content="求石墨烯散热片。")
    settled(indexed)
    centre = actor(Role.CENTRE_OPERATOR, organisation("示例运营中心"))
    for who in (OFFICER, member(place), centre):
        assert [list(needs_begun(who, begun, 5)) for begun in ("石", "石墨", "石墨烯散")] == [[need]] * 3
    assert list(needs_begun(member(other), "石墨", 5)) == []


def test_what_is_changed_is_found_by_its_new_words_before_the_index_knows() -> None:
    place = firm()
    need = stated(place, content="求石墨烯散热片。")
    index_pending("needs", 0)
    change_need(actor=member(place), need=need, change=NeedChange(content="求耐磨模具。", title="求耐磨模具"))
    assert found(OFFICER, q="石墨烯") == [] and found(OFFICER, q="模具") == [need]


def test_those_kept_back_are_the_own_ones_for_a_firm_and_all_for_the_city() -> None:
    mine, other = firm("甲示例厂"), firm("乙示例厂")
    own, foreign = stated(mine, content="求甲。"), stated(other, content="求乙。")
    shown = stated(mine, content="求丙。", published=True)
    assert found(member(mine), shown="own") == [own] and found(member(other), shown="own") == [foreign]
    for role in (Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR, Role.CENTRE_OPERATOR):
        assert found(actor(role, organisation("示例单位")), shown="own") == [foreign, own], role
    assert found(member(other), shown="all") == [shown]
    hide_need(actor=member(mine), need=shown)
    assert found(member(mine), shown="own") == [shown, own]


@pytest.mark.parametrize("rare", [0, 2, keysets.RARE])
def test_a_day_leaves_the_same_however_many_it_leaves(monkeypatch: pytest.MonkeyPatch, rare: int) -> None:
    monkeypatch.setattr(keysets, "RARE", rare)
    place = firm()
    days: list[Any] = [date(2026, 5, 1), None, date(2026, 6, 1), date(2026, 7, 1)]
    made = [stated(place, content=f"求第{at}号。", deadline=day) for at, day in enumerate(days)]
    assert found(OFFICER, until="2026-06-01") == [made[2], made[0]]
    assert found(OFFICER, until="2026-06-01", sort="deadline") == [made[0], made[2]]
    assert found(OFFICER, until="2026-04-30") == []
