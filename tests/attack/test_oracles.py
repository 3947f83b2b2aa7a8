"""Where an answer could give away what stands in records that somebody may not read."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.attack.conftest import City
from tests.importing.lists import write_list
from zhiqiao.core.importing import ImportRequest, carry_out, start_import
from zhiqiao.core.models import ImportRun
from zhiqiao.kit.registers import Register
from zhiqiao.kit.storing import FormStorer
from zhiqiao.kit.versions import version_of
from zhiqiao.needs.models import Need
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import Membership, User
from zhiqiao.parties.registers import ORGANISATIONS
from zhiqiao.web.homes.keeping import key_for

pytestmark = pytest.mark.django_db
HOUSES: Register[Any] = replace(ORGANISATIONS, intake="form")


def sent(city: City, folder: Path, house: str, rows: list[dict[str, Any]]) -> ImportRun:
    place = write_list(folder / f"{house}.xlsx", rows)
    request = ImportRequest(
        kind="organisation", files=((f"{house}.xlsx", place),), sender=house, organisation_id=city.houses[house].pk
    )
    bureau = actor_for(city.people["bureau"])
    return carry_out(actor=bureau, run=start_import(actor=bureau, request=request), storer=FormStorer(HOUSES))


def test_row_of_a_list_does_not_tell_that_somebody_else_sent_the_same(city: City, tmp_path: Path) -> None:
    rows = [{"名称": "示例秘密厂", "类型": "企业"}]
    assert sent(city, tmp_path, "college", rows).created == 1
    rival = sent(city, tmp_path, "rival", rows)
    assert (rival.unchanged, rival.rejected) == (0, 1), "it is read as if nobody had sent it"
    assert rival.source_rows.get().subject_id is None
    again = sent(city, tmp_path, "college", [*rows, {"名称": "示例秘密二厂", "类型": "企业"}])
    assert (again.unchanged, again.created) == (1, 1), "one's own is known again"


def test_version_cannot_be_reckoned_by_trying_values(city: City) -> None:
    need = Need.objects.get(pk=city.records["own_need"].pk)
    stored = "\x1f".join(f"{each.attname}={getattr(need, each.attname)!r}" for each in need._meta.concrete_fields)
    assert version_of(need) == version_of(Need.objects.get(pk=need.pk))
    assert version_of(need) != hashlib.sha256(stored.encode()).hexdigest()[:32]


def test_kept_figures_are_shared_by_those_alone_who_hold_the_same_roles_in_the_same_places(city: City) -> None:
    people = []
    for name, roles in {"one": ("holder_manager", "holder_staff"), "two": ("holder_staff", "holder_manager")}.items():
        user = User.objects.create(username=name, display_name=name)
        for house, role in zip(("college", "rival"), roles, strict=True):
            Membership.objects.create(user=user, organisation=city.houses[house], role=role, started_on="2024-01-01")
        people.append(actor_for(user))
    assert key_for("tiers", people[0]) != key_for("tiers", people[1])
    assert key_for("tiers", people[0]) == key_for("tiers", replace(people[0], actor_id="x", actor_name="y"))
