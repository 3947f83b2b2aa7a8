"""A list asks the database as often for 50 rows as for 2, whoever reads it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import CharField, Model, UUIDField
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.importing.conftest import home
from tests.web.conftest import City
from zhiqiao.core.models import AuditEntry
from zhiqiao.inventory.models import InventoryEntry, TierDecision
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.registers import Register
from zhiqiao.matching.models import Push
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import Membership, User
from zhiqiao.registry.models import Patent, PatentHolder

__all__ = ["home"]
pytestmark = pytest.mark.usefixtures("home")
OPEN_TO = {
    "public": set(),
    "firm": {"patent", "need", "organisation"},
    "holder": {"patent", "organisation", "import", "entry"},
    "bureau": {"patent", "need", "organisation", "import", "entry", "audit"},
}


def more_of(record: Any, count: int) -> list[Any]:
    """Copies of a record, each with unique values of its own."""
    return [copied(record, number) for number in range(count)]


def copied(record: Any, number: int) -> Any:
    kept = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}
    for field in record._meta.concrete_fields:
        if field.primary_key:
            del kept[field.attname]
        elif field.unique and isinstance(field, UUIDField):
            kept[field.attname] = uuid4()
        elif field.unique and isinstance(field, CharField):
            kept[field.attname] = None if field.null else f"{number}-{uuid4()}"[: field.max_length]
    if isinstance(record, InventoryEntry | Push):  # one of each patent
        kept["patent_id"] = copied(record.patent, number).pk
    if isinstance(record, AuditEntry):
        kept["transaction"] = uuid4()
    made: Any = type(record)._default_manager.create(**kept)
    belongings(record, made)
    return made


def belongings(record: Model, made: Any) -> None:
    if isinstance(record, Patent):
        for holding in PatentHolder.objects.filter(patent=record):
            holding.pk, holding.patent = None, made
            holding.save(force_insert=True)
    if isinstance(record, User):
        for membership in Membership.objects.filter(user=record):
            membership.pk, membership.user = None, made
            membership.save(force_insert=True)
    if isinstance(record, InventoryEntry):
        TierDecision.objects.create(entry=made, suggested="watch", rules_version="test")


def queries_of(city: City, who: str, address: str, size: int) -> int:
    client = city.client(who)
    client.get(address)  # a first answer fills caches
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, {"size": str(size), "view": "all"})
    assert answer.status_code == 200
    assert answer.content.decode().count('<tr role="row">') == size + 1
    return len(queries)


def lists_of(city: City, who: str) -> list[tuple[str, str, Any]]:
    """Those with something in them that this person sees: name, address, first record."""
    if who == "public":
        return [("hall", reverse("public_search"), city.records["open_patent"])]
    actor = actor_for(city.people[who])
    opened: list[Register[Any]] = [each for each in registers() if each.open_to(actor)]
    first = [(each, each.records(actor).order_by("pk").first()) for each in opened]
    return [(each.name, reverse(f"{each.name}_list"), record) for each, record in first if record is not None]


@pytest.mark.parametrize("who", sorted(OPEN_TO))
def test_as_many_queries_for_fifty_rows_as_for_two(city: City, who: str) -> None:
    AuditEntry.objects.create(transaction=uuid4(), ordinal=0, size=1, at="2026-01-01T00:00Z", actor_id="x", action="x")
    seen = lists_of(city, who)
    assert {name for name, _, _ in seen} >= OPEN_TO[who]
    for name, address, record in seen:
        more_of(record, 3)
        few = queries_of(city, who, address, 2)
        more_of(record, 50)
        assert queries_of(city, who, address, 50) == few, name
