"""What an address asks of a register, and the records that answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from tests.kit.conftest import ActorOf
from tests.web.conftest import City, make_entry, make_house, make_need, make_patent, make_run
from zhiqiao.inventory.models import Inventory
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.lists import LARGEST_PAGE, one_of, reading
from zhiqiao.kit.paging import SIZE
from zhiqiao.kit.views import save_view
from zhiqiao.parties.actors import actor_for

pytestmark = pytest.mark.django_db


def titles(read: Any) -> list[str]:
    return [record.title for record in read.page.rows]


def test_only_what_the_actor_may_see_is_read(city: City, actor: ActorOf) -> None:
    needs = register_named("need")
    assert titles(reading(needs, actor("firm"))) == ["模具开裂"]
    assert sorted(titles(reading(needs, actor("bureau")))) == ["模具开裂", "玩具掉色"]
    assert titles(reading(needs, actor("admin"))) == []


def test_filters_sort_and_size_come_from_the_address(city: City, actor: ActorOf) -> None:
    needs, officer = register_named("need"), actor("bureau")
    make_need("早", city.houses["firm"], deadline="2026-01-01")
    make_need("晚", city.houses["firm"], deadline="2026-09-01", state="closed")
    assert titles(reading(needs, officer, "state=closed")) == ["晚"]
    assert titles(reading(needs, officer, "sort=deadline"))[:2] == ["早", "晚"]
    assert titles(reading(needs, officer, "sort=-deadline"))[:2] == ["晚", "早"]
    assert len(reading(needs, officer, "size=1").page.rows) == 1
    assert reading(needs, officer, "size=1").count == 4


@pytest.mark.parametrize(
    ("asked", "size"), [("", SIZE), ("7", 7), ("0", 1), ("999", LARGEST_PAGE), ("-3", SIZE), ("٣", SIZE), ("1e9", SIZE)]
)
def test_size_stays_within_bounds(city: City, actor: ActorOf, asked: str, size: int) -> None:
    assert reading(register_named("need"), actor("bureau"), {"size": asked}).size == size


def test_filter_that_cannot_be_understood_leaves_nothing(city: City, actor: ActorOf) -> None:
    read = reading(register_named("need"), actor("bureau"), "until=yesterday")
    assert not read.valid and titles(read) == [] and read.chips() == []
    assert list(read.filters.form.errors) == ["until"]


def test_pages_lead_on_and_back(city: City, actor: ActorOf) -> None:
    needs, officer = register_named("need"), actor("bureau")
    for number in range(3):
        make_need(f"需求{number}", city.houses["firm"])
    first = reading(needs, officer, "size=2")
    second = reading(needs, officer, {"size": "2", "at": first.page.next})
    back = reading(needs, officer, {"size": "2", "at": second.page.previous})
    assert not first.page.previous and titles(back) == titles(first)
    assert not set(titles(first)) & set(titles(second))


@pytest.mark.parametrize("cursor", ["x", "W10", "bm9uc2Vuc2U", "A" * 400])
def test_cursor_that_nobody_wrote_is_the_first_page(city: City, actor: ActorOf, cursor: str) -> None:
    read = reading(register_named("need"), actor("bureau"), {"at": cursor})
    assert titles(read) == titles(reading(register_named("need"), actor("bureau")))


def test_columns_are_those_chosen_in_their_order(city: City, actor: ActorOf) -> None:
    read = reading(register_named("need"), actor("bureau"), "cols=state,title,state,nonsense,content")
    assert [column.name for column in read.chosen] == ["state", "title"]  # content is too long for a list
    assert [column.name for column, on in read.choosable if on] == ["state", "title"]
    plain = reading(register_named("need"), actor("bureau"))
    assert "published" not in [column.name for column in plain.chosen]


def test_column_for_some_roles_is_neither_shown_nor_exported_to_others(city: City, actor: ActorOf) -> None:
    patents = register_named("patent")
    for who, reads in (("bureau", True), ("holder", True), ("firm", False)):
        read = reading(patents, actor(who), "cols=title,expected_price")
        assert ("expected_price" in [column.name for column in read.chosen]) is reads
        with override("en"):
            assert ("Expected price (yuan)" in read.sheet().headings) is reads


def test_chips_say_the_filters_in_force(city: City, actor: ActorOf) -> None:
    with override("en"):
        read = reading(register_named("need"), actor("bureau"), "state=open&q=%20&size=9")
        assert [(chip.name, chip.label, chip.value) for chip in read.chips()] == [("state", "State", "Open")]


def test_sheet_holds_all_that_is_filtered_in_the_order_of_the_page(city: City, actor: ActorOf) -> None:
    for number in range(SIZE + 3):
        make_patent(200 + number, city.houses["college"], kind="design" if number % 2 else "invention")
    read = reading(register_named("patent"), actor("bureau"), "kind=design&sort=number")
    rows = list(read.sheet().rows)
    numbers = [row[1] for row in rows]
    assert len(rows) == (SIZE + 3) // 2 and numbers == sorted(numbers)


def test_hidden_and_absent_take_the_same_query(city: City, actor: ActorOf) -> None:
    firm, needs = actor("firm"), register_named("need")
    counts = []
    for key in (city.records["foreign_need"].public_id, "018f0000-0000-7000-8000-000000000000"):
        with CaptureQueriesContext(connection) as queries:
            assert one_of(needs, firm, key) is None
        counts.append(len(queries))
    assert counts == [1, 1]
    assert one_of(needs, firm, city.records["own_need"].public_id) == city.records["own_need"]


@pytest.mark.parametrize("name", ["patent", "need", "organisation", "entry", "import", "audit"])
def test_more_records_take_no_more_queries(
    city: City, actor: ActorOf, more_of: Callable[[str, int], None], name: str
) -> None:
    register, officer = register_named(name), actor("bureau")

    def queries_of() -> int:
        with CaptureQueriesContext(connection) as queries:
            read = reading(register, officer, every=True)
            for record in read.page.rows:
                for column in read.chosen:
                    column.in_words(record)
        return len(queries)

    more_of(name, 2)
    few = queries_of()
    more_of(name, 9)
    assert queries_of() == few


@pytest.fixture
def more_of(city: City) -> Callable[[str, int], None]:
    made = iter(range(300, 400))

    def make(name: str, count: int) -> None:
        for number in (next(made) for _ in range(count)):
            MAKERS[name](city, number)

    return make


def entry(city: City, number: int) -> None:

    college = city.houses["college"]
    make_entry(Inventory.objects.get(), make_patent(number, college), college)


def run(city: City, number: int) -> None:

    make_run(f"IMP-M-{number}", None)


def house(city: City, number: int) -> None:

    make_house(f"house{number}", f"示例单位{number}", "enterprise")


def trail(city: City, number: int) -> None:

    save_view(actor=actor_for(city.people["bureau"]), register=register_named("need"), name="看", query=f"q={number}")


MAKERS: dict[str, Callable[[City, int], object]] = {
    "patent": lambda city, number: make_patent(number, city.houses["college"]),
    "need": lambda city, number: make_need(f"需求{number}", city.houses["firm"]),
    "organisation": house, "entry": entry, "import": run, "audit": trail,
}  # fmt: skip


@pytest.mark.parametrize(("sort", "asked"), [("number", [1, 3, 3, 3]), ("-filed", [1, 4, 3, 3])])
def test_what_a_page_asks_is_bounded_whatever_lies_behind_it(
    city: City, actor: ActorOf, sort: str, asked: list[int]
) -> None:
    """One for how many the filters leave, at most two for the rows (with a value, then without one), one for what
    stands beside them; the first alone where there is no row."""
    for number in range(12):
        make_patent(7_000 + number, city.houses["college"])
    pages = [("design", 50), ("invention", 200), ("invention", 5), ("invention", 2)]
    assert [asked_for(actor("bureau"), f"kind={kind}&sort={sort}&size={size}") for kind, size in pages] == asked


def asked_for(officer: Actor, query: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        read = reading(register_named("patent"), officer, query)
        assert read.count >= len(read.page.rows)
    return len(queries)
