from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiqiao.core.models import Job
from zhiqiao.kit.lists import turned
from zhiqiao.kit.paging import COUNT_BOUND, Bounded, Cursor, Sort, count_up_to, read_cursor, slice_of
from zhiqiao.registry.models import Patent

pytestmark = pytest.mark.django_db
DAYS = st.lists(st.one_of(st.none(), st.integers(0, 4)), max_size=14)
ORDERS = [
    Sort("-filed", "filed_on", descending=True, nullable=True),
    Sort("filed", "filed_on", nullable=True),
    Sort("-new", "pk", descending=True),
]


def lay_down(days: list[int | None]) -> None:
    Patent.objects.all().delete()
    Patent.objects.bulk_create(
        Patent(
            number=f"{n:013d}",
            kind="invention",
            title=str(n),
            filed_on=None if d is None else date(2020, 1, 1) + timedelta(d),
        )
        for n, d in enumerate(days)
    )


def wanted(sort: Sort) -> list[int]:
    """The whole list as Python would sort it: rows without a value last."""
    rows = list(Patent.objects.all())
    filled = [row for row in rows if getattr(row, sort.column) is not None]
    empty = [row for row in rows if getattr(row, sort.column) is None]
    filled.sort(key=lambda row: (getattr(row, sort.column), row.pk), reverse=sort.descending)
    empty.sort(key=lambda row: row.pk, reverse=sort.descending)
    return [row.pk for row in filled + empty]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=DAYS, size=st.integers(1, 5), sort=st.sampled_from(ORDERS))
def test_pages_forth_and_back_are_the_list(days: list[int | None], size: int, sort: Sort) -> None:
    lay_down(days)
    pages, cursor = [], None
    while True:
        page = turned(Patent.objects.all(), sort, cursor) if size == 50 else cut(sort, cursor, size)
        pages.append(page)
        if not page.next:
            break
        cursor = revived(page.next, sort)
    assert [row.pk for page in pages for row in page.rows] == wanted(sort)
    assert not pages[0].previous
    for before, after in itertools.pairwise(pages):
        back = cut(sort, revived(after.previous, sort), size)
        assert [row.pk for row in back.rows] == [row.pk for row in before.rows]


def cut(sort: Sort, cursor: Cursor | None, size: int):  # type: ignore[no-untyped-def]  # a slice of patents
    return slice_of(Patent.objects.all(), sort, cursor, size)


def revived(text: str, sort: Sort) -> Cursor:
    cursor = read_cursor(text)
    assert cursor is not None
    value = date.fromisoformat(cursor.value) if sort.column == "filed_on" and cursor.value else cursor.value
    return Cursor(value, cursor.key, cursor.back)


@given(st.text())
@settings(max_examples=60)
def test_any_text_is_a_cursor_or_none(text: str) -> None:
    assert read_cursor(text) is None or isinstance(read_cursor(text), Cursor)


def test_counting_stops_at_the_bound() -> None:
    Job.objects.bulk_create(Job(kind="x", idempotency_key=str(n), actor_id="x", actor_name="x") for n in range(12))
    assert count_up_to(Job.objects.all(), bound=5) == 6
    assert count_up_to(Job.objects.all(), bound=50) == 12


def test_a_count_that_stopped_at_the_bound_says_so() -> None:
    read = [str(Bounded(count)) for count in (0, 999, COUNT_BOUND, COUNT_BOUND + 1)]
    assert read == ["0", "999", "1,000", "1,000+"]
