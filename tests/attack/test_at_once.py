"""Two people at the same record at the same moment."""

from __future__ import annotations

import pytest

from tests.attack.conftest import City
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
