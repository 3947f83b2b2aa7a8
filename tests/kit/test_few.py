"""What few or many records meet is found in another way each; what is found is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from tests.inventory.factories import TODAY, actor, entry, hold, organisation, patent
from zhiqiao.core.keysets import Unsought, are_gathered, begun_with, few_gathered, gathered
from zhiqiao.inventory.models import InventoryEntry
from zhiqiao.inventory.registers import ENTRIES
from zhiqiao.inventory.selectors import asleep, may_sleep
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.lists import reading
from zhiqiao.kit.registers import Register
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import ExploitationEvidence, Patent
from zhiqiao.registry.registers import PATENTS

pytestmark = pytest.mark.django_db
OFFICER = actor()
CLASSES = ("H02J1/00", "H02J7/00", "H01M4/36", "A01B1/02", "08-03", "")
SORTS = ("-filed", "number", "-class")


@pytest.fixture
def school() -> Organisation:
    """It holds every other of some patents of all kinds and classes, a third of them without a day of filing."""
    school, other = organisation(), organisation("示例学院")
    for number, (kind, symbol) in enumerate(product(("invention", "design"), CLASSES * 2)):
        made = patent(
            number=f"{2015 + number % 2}1{number:08d}", kind=kind, main_class=symbol, public=number % 4 > 1,
            filed_on=date(2015, 1, 1) + timedelta(number % 5) if number % 3 else None,
            status_group=("alive", "unknown", "dead")[number % 3], funding="yes" if number % 5 else "no",
            granted_on=date(2012, 1, 1) if number % 7 else None,
        )  # fmt: skip
        owner = school if number % 2 else other
        hold(made, owner)
        if number % 3 == 0:
            hold(made, owner, role="applicant")
        entry(owner, made, state="to_file" if number % 3 else "registered", score=number % 4 or None)
    return school


@pytest.fixture(params=["few", "many"])
def bounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """As if every condition that anything meets were met by more than are read beforehand, or none."""
    if request.param == "many":
        for name in ("zhiqiao.core.keysets.RARE", "zhiqiao.core.keysets.NOT_MANY", "zhiqiao.kit.lists.COUNT_BOUND"):
            monkeypatch.setattr(name, 0)
        monkeypatch.setattr("zhiqiao.registry.searching.MANY_OF_A_CLASS", -1)
    return str(request.param)


def walked(register: Register[Any], who: Actor, query: dict[str, str], size: int) -> Iterator[Any]:
    """Every page to the last, each of which leads back to the one before."""
    at = ""
    before: list[Any] = []
    while True:
        page = reading(register, who, {**query, "size": str(size), "at": at}).page
        if before:
            back = reading(register, who, {**query, "size": str(size), "at": page.previous}).page
            assert list(back.rows) == before
        yield from page.rows
        if not page.next:
            return
        at, before = page.next, list(page.rows)


def in_order(records: list[Any], column: str, falling: bool) -> list[Any]:
    filled = [record for record in records if getattr(record, column) is not None]
    empty = [record for record in records if getattr(record, column) is None]
    filled.sort(key=lambda record: (getattr(record, column), record.pk), reverse=falling)
    return filled + sorted(empty, key=lambda record: record.pk, reverse=falling)


COLUMNS = {"filed": "filed_on", "number": "number", "class": "main_class", "score": "score", "new": "pk"}
MEET: dict[str, Callable[[Patent], bool]] = {
    "kind=design": lambda p: p.kind == "design",
    "klass=H": lambda p: p.main_class.startswith("H"),
    "klass=h02j": lambda p: p.main_class.startswith("H02J"),
    "klass=H02J1/00 ": lambda p: p.main_class == "H02J1/00",
    "q=H02J": lambda p: p.main_class.startswith("H02J"),
    "q=2015100": lambda p: p.number.startswith("2015100"),
    "q=20151": lambda p: p.number.startswith("20151"),
    "q=2017100": lambda p: False,
    "seen=no": lambda p: not p.public,
}


@pytest.mark.parametrize("query", list(MEET))
@pytest.mark.parametrize("sort", SORTS)
def test_patents_are_the_same_in_every_order(school: Organisation, bounds: str, query: str, sort: str) -> None:
    name, _, value = query.partition("=")
    asked = {name: value, "sort": sort}
    falling = sort.startswith("-")
    met = [each for each in Patent.objects.all() if MEET[query](each)]
    wanted = in_order(met, COLUMNS[sort.removeprefix("-")], falling)
    assert list(walked(PATENTS, OFFICER, asked, 3)) == list(walked(PATENTS, OFFICER, asked, 50)) == wanted
    assert reading(PATENTS, OFFICER, asked).count == (len(wanted) if bounds == "few" else min(len(wanted), 1))
    both = reading(PATENTS, OFFICER, {**asked, "kind": "design"})
    assert list(both.page.rows) == [each for each in wanted if each.kind == "design"]


def test_unpublished_of_ones_own_are_the_same(school: Organisation, bounds: str) -> None:
    mine = actor(Role.HOLDER_STAFF, school)
    held = {each.pk for each in Patent.objects.filter(holdings__standing=school)}
    wanted = [each for each in Patent.objects.order_by("number") if not each.public and each.pk in held]
    assert wanted and list(walked(PATENTS, mine, {"seen": "no", "sort": "number"}, 2)) == wanted
    # A transfer, a publication and a withdrawal count from the moment on: nothing is kept beside the records.
    first, second, third, *rest = wanted
    first.holdings.update(standing=None, superseded_at="2026-01-01T00:00Z")
    Patent.objects.filter(pk=second.pk).update(public=True)
    Patent.objects.filter(pk=third.pk).update(withdrawn_at="2026-01-01T00:00Z")
    assert list(reading(PATENTS, mine, {"seen": "no", "sort": "number"}).page.rows) == rest
    assert not reading(PATENTS, actor(Role.ENTERPRISE_MEMBER, organisation("示例公司")), {"seen": "no"}).page.rows


ENTRY_MEETS: dict[str, Callable[[InventoryEntry], bool]] = {
    "state=registered": lambda e: e.state == "registered",
    "state=withdrawn": lambda e: False,
    "gap=status": lambda e: e.patent.status_group == "unknown",
    "gap=grant_day": lambda e: e.patent.granted_on is None,
    "q=2015100": lambda e: e.patent.number.startswith("2015100"),
    "q=20161": lambda e: e.patent.number.startswith("20161"),
    "look=asleep": lambda e: (
        e.patent.status_group == "alive" and e.patent.funding == "yes" and e.patent.granted_on is not None
    ),
}


@pytest.mark.parametrize("query", list(ENTRY_MEETS))
@pytest.mark.parametrize("sort", ["-new", "score"])
def test_entries_are_the_same_in_every_order(school: Organisation, bounds: str, query: str, sort: str) -> None:
    name, _, value = query.partition("=")
    for who, all_of in (
        (OFFICER, InventoryEntry.objects.all()),
        (actor(Role.HOLDER_STAFF, school), InventoryEntry.objects.filter(organisation=school)),
    ):
        met = [each for each in all_of if ENTRY_MEETS[query](each)]
        wanted = in_order(met, COLUMNS[sort.removeprefix("-")], sort.startswith("-"))
        assert list(walked(ENTRIES, who, {name: value, "sort": sort}, 2)) == wanted


def test_who_sleeps_follows_what_is_known_of_the_patent(school: Organisation, bounds: str) -> None:
    mine = actor(Role.HOLDER_STAFF, school)
    for _ in range(3):
        entry(school, patent(funding="yes", granted_on=date(2013, 1, 1)))
    first, second, third, *rest = reading(ENTRIES, mine, {"look": "asleep"}).page.rows
    Patent.objects.filter(pk=first.patent_id).update(status_group="dead")
    Patent.objects.filter(pk=second.patent_id).update(funding="unknown")
    ExploitationEvidence.objects.create(patent=third.patent, grade="b", manner="licensed", source="示例")
    assert list(reading(ENTRIES, mine, {"look": "asleep"}).page.rows) == rest
    ExploitationEvidence.objects.update(withdrawn_at="2026-01-01T00:00Z")
    assert list(reading(ENTRIES, mine, {"look": "asleep"}).page.rows) == [third, *rest]
    plain = asleep(InventoryEntry.objects.filter(organisation=school), TODAY)
    assert set(begun_with(plain, "patent_id", may_sleep(TODAY))) == set(plain) == {third, *rest}


def test_record_withdrawn_between_the_two_questions_is_not_shown(school: Organisation) -> None:
    read = reading(PATENTS, OFFICER, {"kind": "design", "sort": "number"})
    assert read.count == 12
    gone = Patent.objects.filter(kind="design").order_by("number")[0]
    Patent.objects.filter(pk=gone.pk).update(withdrawn_at="2026-01-01T00:00Z")
    assert gone not in read.page.rows and len(read.page.rows) == 11


def test_few_are_sorted_by_their_keys_and_many_walked(school: Organisation, bounds: str) -> None:
    records = few_gathered(Patent.objects.all(), Q(number__startswith="2015"))
    assert are_gathered(records) is (bounds == "few")
    assert are_gathered(gathered(Patent.objects.filter(Q(public=True) | Q(kind="design")))) is True
    assert are_gathered(Patent.objects.filter(public=True)) is False
    assert are_gathered(Patent.objects.exclude(public=True)) is False
    with CaptureQueriesContext(connection) as queries:
        rows = reading(PATENTS, OFFICER, {"q": "2015100", "sort": "number", "size": "3"}).page.rows
    told = queries.captured_queries[-2]["sql"]
    assert len(rows) == 3 and ("LIMIT 4)" in told) is (bounds == "few")


def test_sqlite_seeks_what_is_in_no_order_only() -> None:
    records = Patent.objects.alias(symbol=Unsought("main_class")).filter(symbol="H02J")
    marked = '+"registry_patent"."main_class"'
    sought, ordered = str(records.order_by().values("pk").query), str(records.order_by("number").query)
    assert marked not in sought and (marked in ordered) is (connection.vendor == "sqlite")
