"""Two people at the same record at the same moment."""

from __future__ import annotations

import pytest

from tests.attack.conftest import City
from zhiqiao.inventory.models import InventoryEntry, TierDecision
from zhiqiao.inventory.registers import ENTRIES
from zhiqiao.kernel.errors import Conflict
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.registers import ORGANISATIONS

pytestmark = pytest.mark.django_db


def test_second_of_two_who_saw_the_same_organisation_overwrites_nothing(city: City) -> None:
    bureau, way = actor_for(city.people["bureau"]), ORGANISATIONS.change
    assert way is not None
    first, second = (Organisation.objects.get(pk=city.houses["college"].pk) for _ in range(2))
    said = {**way.as_it_stands(first), "town": "", "credit_code": ""}
    way.act(bureau, first, {**said, "address": "一号楼"})
    with pytest.raises(Conflict) as refused:
        way.act(bureau, second, {**said, "address": "二号楼"})
    assert refused.value.reason == "organisation_changed"
    assert Organisation.objects.get(pk=first.pk).address == "一号楼"


def test_many_confirmed_as_suggested_take_what_is_suggested_by_then(city: City) -> None:
    move = ENTRIES.move_named("as_suggested")
    assert move is not None
    read_before = InventoryEntry.objects.get(pk=city.records["own_entry"].pk)
    TierDecision.objects.filter(entry=read_before).update(suggested="fast")
    InventoryEntry.objects.filter(pk=read_before.pk).update(suggested_tier="fast")
    move.act(actor_for(city.people["bureau"]), read_before, {"note": "按建议确认"})
    assert TierDecision.objects.get(entry=read_before, superseded_at=None).confirmed == "fast"
    assert InventoryEntry.objects.get(pk=read_before.pk).tier == "fast", "not what it was a while ago"
