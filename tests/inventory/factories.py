"""Records for the tests of the inventory, as small as they can be."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from zhiqiao.inventory.models import Inventory, InventoryEntry
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actions.organisations import keep_names
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.roles import OrganisationKind
from zhiqiao.registry.models import Patent, PatentHolder

CUTOFF = date(2023, 12, 31)
TODAY = date(2026, 11, 23)
_numbers = count(1)


def organisation(name: str = "示例大学", kind: str = OrganisationKind.UNIVERSITY, **values: Any) -> Organisation:
    made = Organisation.objects.create(name=name, name_key=name, pinyin=name, kind=kind, **values)
    keep_names([made])
    return made


def patent(**values: Any) -> Patent:
    """A granted invention in force, its status told lately."""
    standard: dict[str, Any] = {
        "number": f"2018{next(_numbers):09d}",
        "kind": "invention",
        "title": "一种示例装置",
        "filed_on": date(2018, 5, 4),
        "granted_on": date(2020, 6, 2),
        "status_group": "alive",
        "status_phase": "maintained",
        "status_as_of": date(2026, 9, 1),
        "main_class": "E01B3/32",
        "classes": ["E01B3/32"],
        "anniversary": 504,
    }
    return Patent.objects.create(**standard | values)


def hold(held: Patent, *owners: Organisation | str, role: str = "holder") -> None:
    for ordinal, owner in enumerate(owners, 1):
        name = owner if isinstance(owner, str) else owner.name
        known = None if isinstance(owner, str) else owner
        PatentHolder.objects.create(
            patent=held, role=role, ordinal=ordinal, name=name, name_key=name, organisation=known, standing=known
        )


def actor(role: str = Role.BUREAU_OFFICER, at: Organisation | None = None) -> Actor:
    key = 0 if at is None else at.pk
    return Actor(f"user-{role}-{key}", f"示例 {role}", user_key=1, roles={key: frozenset({role})})


def entry(owner: Organisation, held: Patent | None = None, **values: Any) -> InventoryEntry:
    """An entry in stock, where nothing else is said of the stocktaking 示例盘点."""
    inventory, _ = Inventory.objects.get_or_create(name="示例盘点", defaults={"cutoff_on": CUTOFF})
    standard: dict[str, Any] = {"inventory": inventory, "in_stock": True, "scope_code": "in_stock"}
    return InventoryEntry.objects.create(patent=held or patent(), organisation=owner, **standard | values)
