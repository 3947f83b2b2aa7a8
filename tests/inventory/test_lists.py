"""The register of entries: what the search box and the ready-made looks leave of it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.importing.conftest import home
from tests.inventory.factories import actor, entry, hold, organisation, patent
from zhiqiao.core.indexing import rebuild
from zhiqiao.inventory.models import InventoryEntry, TierDecision
from zhiqiao.inventory.registers import ENTRIES
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.lists import reading
from zhiqiao.kit.roles import Role

__all__ = ["home"]
pytestmark = pytest.mark.django_db
OFFICER = actor()


def found(who: Actor, query: dict[str, str]) -> list[InventoryEntry]:
    return list(reading(ENTRIES, who, query).page.rows)


def test_words_are_looked_for_in_titles_and_numbers_by_their_beginning() -> None:
    school, other = organisation(), organisation("轨道研究院", "institute")
    rail = entry(school, patent(title="一种轨道", public=False))
    moulds = entry(other, patent(title="一种模具", abstract="轨道", number="2019123456785"))
    hold(moulds.patent, other)
    rebuild("patents")
    staff = actor(Role.HOLDER_STAFF, school)
    # In the title alone, also where the patent is not published and nobody holds it by name.
    assert found(OFFICER, {"q": "轨道"}) == found(staff, {"q": "轨道"}) == [rail]
    for number in ("20191234", "ZL201912345678.5", "2019123456785"):
        assert found(OFFICER, {"q": number}) == [moulds], number
        assert found(staff, {"q": number}) == []
    assert found(OFFICER, {"q": "模具"}) == [moulds] and found(staff, {"q": "模具"}) == []
    assert found(OFFICER, {"q": "塑料"}) == []
    assert found(OFFICER, {"q": " "}) == [moulds, rail]


def test_waiting_are_undecided_negative_suggestions_in_stock() -> None:
    school = organisation()
    waiting, decided, out = (
        entry(school, suggested_tier="watch", in_stock=inside, scope_code="in_stock" if inside else "ended")
        for inside in (True, True, False)
    )
    entry(school, suggested_tier="abandon")  # no decision stands yet
    for each, confirmed in ((waiting, ""), (decided, "watch"), (out, "")):
        TierDecision.objects.create(entry=each, suggested="watch", confirmed=confirmed, rules_version="test")
    fine = entry(school, suggested_tier="base")
    TierDecision.objects.create(entry=fine, suggested="base", rules_version="test")
    assert found(OFFICER, {"look": "waiting"}) == [waiting]
    assert found(actor(Role.HOLDER_STAFF, organisation("示例学院")), {"look": "waiting"}) == []


def test_asleep_are_funded_long_granted_and_unused() -> None:
    school = organisation()
    asleep = entry(school, patent(funding="yes", granted_on=date(2012, 1, 1)))
    entry(school, patent(funding="no", granted_on=date(2012, 1, 1)))
    entry(school, patent(funding="yes", granted_on=date(2012, 1, 1)), exploitation="licensed")
    assert found(OFFICER, {"look": "asleep"}) == [asleep]
