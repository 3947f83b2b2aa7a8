"""What a record's former and fellow owners wrote of it, when it has changed hands."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.attack.conftest import City, Programs
from tests.web.conftest import make_person
from zhiqiao.core.audit import unit_of_work
from zhiqiao.core.models import Attachment, Comment, NoteReader
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.discussing import add_comment, attach_file, comments_of, files_of
from zhiqiao.kit.history import history_of
from zhiqiao.kit.roles import Role
from zhiqiao.matching.relinking import relink_merged
from zhiqiao.parties.actions import merge_organisations
from zhiqiao.parties.actors import actor_for, operator
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent, PatentHolder

pytestmark = pytest.mark.django_db
SECRET = "底价三十万，材料学院李老师不愿转让"


@dataclass
class Sold:
    """The college's patent with its notes, and people of both houses."""

    city: City
    patent: Patent
    seller: Actor
    buyer: Actor

    def hand_over(self) -> None:
        hold(self.patent, self.city.houses["rival"])
        self.patent.holdings.filter(standing=self.city.houses["college"]).update(
            standing=None, superseded_at=timezone.now()
        )

    def share(self) -> None:
        hold(self.patent, self.city.houses["rival"])


def hold(patent: Patent, house: Organisation) -> None:
    PatentHolder.objects.create(
        patent=patent, role="holder", ordinal=1, name=house.name, name_key=house.name_key, organisation=house,
        standing=house,
    )  # fmt: skip


@pytest.fixture
def sold(city: City) -> Sold:
    buyer = make_person("buyer", city.houses["rival"], Role.HOLDER_MANAGER)
    city.people["buyer"] = buyer
    seller, patent = actor_for(city.people["holder"]), city.records["open_patent"]
    beside = {"register": register_named("patent"), "record": patent}
    add_comment(actor=seller, text=SECRET, **beside)
    attach_file(actor=seller, name="底价.txt", stream=io.BytesIO(SECRET.encode()), **beside)
    with unit_of_work(seller) as work:
        told = {"reason": SECRET, "title": "一种新名称"}
        work.record("registry.correct", register_named("patent").subject_of(patent), {}, told)
    return Sold(city, patent, seller, actor_for(buyer))


def everything_told(city: City, programs: Programs, who: str, patent: Patent) -> str:
    """All that a person reads of the patent on its page and by program."""
    program = programs.of(who, "read")
    parts = [program.get(f"patents/{patent.public_id}/{part}/") for part in ("timeline", "comments", "files")]
    assert [each.status_code for each in parts] == [200] * 3
    page = city.client(who).get(reverse("patent_page", args=[patent.public_id]))
    told = [json.dumps(json.loads(each.content), ensure_ascii=False) for each in parts]
    return "\n".join([*told, page.content.decode()])


def test_new_holder_reads_nothing_of_the_old_ones_notes(sold: Sold, programs: Programs) -> None:
    sold.hand_over()
    told = everything_told(sold.city, programs, "buyer", sold.patent)
    person = sold.city.people["holder"]
    for hidden in (SECRET, "底价.txt", person.display_name, str(person.public_id)):
        assert hidden not in told
    assert sold.city.houses["college"].name in told, "that it did something stays on record"


def test_fellow_holder_learns_the_house_and_what_the_record_shows(sold: Sold) -> None:
    sold.share()
    register = register_named("patent")
    entries = {each.action: each for each in history_of(register, sold.buyer, sold.patent)}
    corrected = entries["registry.correct"]
    assert corrected.author.actor_id == "" and corrected.author.houses == {sold.city.houses["college"].pk}
    assert [each.field for each in corrected.changes] == ["title"]
    own = {each.action: each for each in history_of(register, sold.seller, sold.patent)}["registry.correct"]
    assert own.author.actor_id == sold.seller.actor_id and {each.field for each in own.changes} == {"title", "reason"}


def test_each_of_two_holders_keeps_its_notes_to_itself(sold: Sold, programs: Programs) -> None:
    sold.share()
    beside: dict[str, Any] = {"register": register_named("patent"), "record": sold.patent}
    add_comment(actor=sold.buyer, text="对方报价偏高", **beside)
    assert [each.text for each in comments_of(actor=sold.buyer, **beside)] == ["对方报价偏高"]
    assert [each.text for each in comments_of(actor=sold.seller, **beside)] == [SECRET]
    for who in ("bureau", "auditor"):
        reader = actor_for(sold.city.people[who])
        assert [each.text for each in comments_of(actor=reader, **beside)] == [SECRET, "对方报价偏高"]
        assert sold.city.people["holder"].display_name in everything_told(sold.city, programs, who, sold.patent)
    file = files_of(actor=sold.seller, **beside).get()
    place = reverse("patent_file", args=[sold.patent.public_id, file.public_id])
    answers = {who: sold.city.client(who).get(place).status_code for who in ("holder", "buyer", "bureau", "firm")}
    assert answers == {"holder": 200, "buyer": 404, "bureau": 200, "firm": 404}


def test_colleague_reads_what_somebody_of_the_house_wrote(sold: Sold) -> None:
    colleague = actor_for(make_person("colleague", sold.city.houses["college"], Role.HOLDER_STAFF))
    beside: dict[str, Any] = {"register": register_named("patent"), "record": sold.patent}
    assert [each.text for each in comments_of(actor=colleague, **beside)] == [SECRET]
    assert {each.author.actor_id for each in history_of(beside["register"], colleague, sold.patent)} == {
        sold.seller.actor_id
    }


def test_what_the_bureau_writes_is_for_those_who_hold_it_then(sold: Sold) -> None:
    beside: dict[str, Any] = {"register": register_named("patent"), "record": sold.patent}
    add_comment(actor=actor_for(sold.city.people["bureau"]), text="请补交材料", **beside)
    sold.share()
    assert "请补交材料" in {each.text for each in comments_of(actor=sold.seller, **beside)}
    assert not comments_of(actor=sold.buyer, **beside).exists()
    add_comment(actor=actor_for(sold.city.people["bureau"]), text="两家各报一份", **beside)
    assert [each.text for each in comments_of(actor=sold.buyer, **beside)] == ["两家各报一份"]


def test_who_acted_for_a_house_before_they_left_it_is_still_not_named(sold: Sold) -> None:
    person = sold.city.people["holder"]
    person.memberships.update(ended_on=timezone.localdate())
    sold.hand_over()
    corrected = history_of(register_named("patent"), sold.buyer, sold.patent)[0]
    assert corrected.author.actor_id == "" and corrected.author.houses == {sold.city.houses["college"].pk}


def test_notes_follow_a_house_that_was_absorbed(sold: Sold) -> None:
    college, rival = sold.city.houses["college"], sold.city.houses["rival"]
    merge_organisations(actor=operator("test"), absorbed=college, survivor=rival, reason="合并办学")
    relink_merged()
    beside: dict[str, Any] = {"register": register_named("patent"), "record": sold.patent}
    assert [each.text for each in comments_of(actor=sold.buyer, **beside)] == [SECRET]
    corrected = {each.action: each for each in history_of(beside["register"], sold.buyer, sold.patent)}
    assert corrected["registry.correct"].author.actor_id == sold.seller.actor_id


def test_notes_of_earlier_versions_are_their_writers_houses(sold: Sold) -> None:
    beside: dict[str, Any] = {"register": register_named("patent"), "record": sold.patent}
    bureau = actor_for(sold.city.people["bureau"])
    add_comment(actor=bureau, text="内部意见", **beside)
    NoteReader.objects.all().delete()
    Comment.objects.update(house=None)
    Attachment.objects.update(house=None)
    assert not comments_of(actor=sold.seller, **beside).exists(), "in doubt nobody but the offices"
    import_module("zhiqiao.parties.migrations.0003_houses_of_notes").tell_houses(apps, None)
    sold.share()
    assert [each.text for each in comments_of(actor=sold.seller, **beside)] == [SECRET]
    assert [each.name for each in files_of(actor=sold.seller, **beside)] == ["底价.txt"]
    assert not comments_of(actor=sold.buyer, **beside).exists()
    assert comments_of(actor=bureau, **beside).count() == 2


def test_page_of_a_house_asks_as_often_for_many_authors_as_for_few(sold: Sold) -> None:
    sold.share()
    client, place = sold.city.client("buyer"), reverse("patent_page", args=[sold.patent.public_id])
    costs = []
    for numbers in (range(3), range(3, 30)):
        for number in numbers:
            house = sold.city.houses[("college", "rival")[number % 2]]
            writer = actor_for(make_person(f"writer{number}", house, Role.HOLDER_STAFF))
            beside: dict[str, Any] = {"register": register_named("patent"), "record": sold.patent}
            add_comment(actor=writer, text="备注", **beside)
            attach_file(actor=writer, name="a.txt", stream=io.BytesIO(b"x"), **beside)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(place).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
