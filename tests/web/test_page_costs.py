"""A record's page asks the database as often for 60 things beside the record as for 3: what belongs to it, what
happened to it, what people said and kept beside it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.web.answers import Place
from tests.web.conftest import make_house, make_match, make_need, make_patent, make_person, make_push
from tests.web.sights import looker
from tests.web.world import World
from zhiqiao.core.blobs import store_stream
from zhiqiao.core.models import Attachment, AuditEntry, Comment, ImportRow, NoteReader
from zhiqiao.hooks.models import Delivery, Message
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.permissions import HISTORY
from zhiqiao.kit.registers import Register
from zhiqiao.kit.roles import Role
from zhiqiao.matching.models import PushSuggestion
from zhiqiao.parties.models import Membership

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 60
WITH_PAGES = [register for register in registers() if register.pages]
Grow = Callable[[World, Any, range], None]


def beside(world: World, register: Register[Any], record: Any, numbers: range) -> None:
    """Words, files and entries of the trail, each by somebody else."""
    blob, readers = store_stream(io.BytesIO(b"x")), register.policy.houses_of(HISTORY, record)
    at = {"subject_type": register.subject, "subject_id": str(record.public_id)}
    for number in numbers:
        writer = make_person(f"writer{number}", world.city.houses["other"], Role.ENTERPRISE_MEMBER)
        by = {**at, "actor_id": str(writer.public_id)}
        note = Comment.objects.create(text="示例备注", house=world.city.houses["other"].pk, **by)
        file = Attachment.objects.create(name="示例.txt", blob=blob, house=world.city.houses["other"].pk, **by)
        for house in readers:
            NoteReader.objects.create(comment=note, house=house)
            NoteReader.objects.create(attachment=file, house=house)
        AuditEntry.objects.create(
            transaction=uuid4(), ordinal=0, size=1, at=timezone.now(), action="core.comment",
            content='{"before":null,"after":{"title":"示例"}}', **by,
        )  # fmt: skip


def patents(world: World, record: Any, numbers: range) -> None:
    for number in numbers:
        house = make_house(f"suggested{number}", f"示例推送厂{number}", "enterprise")
        make_match(make_need(f"需求 {number}", house, published=True), record)
        reasons = [{"code": "own_need", "facts": {"title": "示例"}}]
        PushSuggestion.objects.create(
            patent=record, organisation=house, rank=number, score=0.5, version="test", reasons=reasons
        )
        record.statuses.create(group="alive", words=f"授权{number}", source=f"示例来源{number}")


def needs(world: World, record: Any, numbers: range) -> None:
    for number in numbers:
        make_match(record, make_patent(5_000 + number, world.city.houses["college"]))


def organisations(world: World, record: Any, numbers: range) -> None:
    for number in numbers:
        make_patent(6_000 + number, record)
        make_need(f"需求 {number}", record, published=True)
        record.names.create(name=f"示例旧名{number}", name_key=f"示例旧名{number}", kind="former")


def imports(world: World, record: Any, numbers: range) -> None:
    for number in numbers:
        ImportRow.objects.create(
            run=record, table_number=0, row_number=number, outcome="rejected", codes=["number_missing"], cells=["x"]
        )


def people(world: World, record: Any, numbers: range) -> None:
    for number in numbers:
        house = make_house(f"employer{number}", f"示例单位{number}", "enterprise")
        role = Role.ENTERPRISE_MEMBER
        Membership.objects.create(user=record, organisation=house, role=role, started_on=date(2024, 1, 1))


def hooks(world: World, record: Any, numbers: range) -> None:
    for _ in numbers:
        message = Message.objects.create(
            kind="patent.published", register="patent", subject_type="registry.patent", at=timezone.now(), body="{}",
            subject_id=str(world.city.records["open_patent"].public_id),
        )  # fmt: skip
        Delivery.objects.create(endpoint=record, message=message)


def pushes(world: World, record: Any, numbers: range) -> None:
    """Others that wait beside it. Being opened for the first time is a write of its own: that was before."""
    record.state = "seen"
    record.reasons = [{"code": "own_need", "facts": {"need": str(uuid4()), "title": "示例"}} for _ in numbers]
    record.save()
    for number in numbers:
        make_push(make_patent(7_000 + number, world.city.houses["rival"]), record.organisation)


GROW: Final[dict[str, Grow]] = {
    "patent": patents, "need": needs, "push": pushes, "organisation": organisations, "import": imports,
    "person": people, "hook": hooks,
}  # fmt: skip
ALONE: Final = {"entry", "job", "schedule", "key", "delivery"}  # nothing belongs to these but what stands beside all


def test_what_belongs_to_a_record_is_laid_down_for_every_register() -> None:
    with_related = {register.name for register in registers() if register.related}
    assert with_related <= set(GROW), "lay down related records for them"
    assert {register.name for register in WITH_PAGES} == set(GROW) | ALONE


@pytest.mark.parametrize("register", WITH_PAGES, ids=[register.name for register in WITH_PAGES])
def test_page_asks_as_often_for_many_things_as_for_few(world: World, register: Register[Any]) -> None:
    person, known = looker(world, Place(register, "page"))
    assert known is not None
    costs = []
    for numbers in (range(1, FEW + 1), range(FEW + 1, MANY + 1)):
        beside(world, register, known.record, numbers)
        if register.name in GROW:
            GROW[register.name](world, known.record, numbers)
        with CaptureQueriesContext(connection) as queries:
            answer = world.clients[person.key].get(reverse(f"{register.name}_page", args=[known.record.public_id]))
        assert answer.status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
