"""A list reads of its records what its columns tell, whichever are chosen, and goes back to the database for none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.web.answers import Place
from tests.web.sights import looker
from tests.web.world import World
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.columns import Column
from zhiqiao.kit.lists import reading
from zhiqiao.kit.registers import Register, all_but
from zhiqiao.parties.actors import actor_for
from zhiqiao.registry.models import Patent
from zhiqiao.web.cells import rows_of
from zhiqiao.web.views.hall import HALL

pytestmark = pytest.mark.django_db
LISTS = [*registers(), HALL]


@pytest.fixture
def gaps(world: World) -> World:
    """What columns fall back on is asked for too: a day that was told to the month, a patent without holders."""
    Patent.objects.update(filed_on=None, holders=[], extra={"partial.filed_on": "2021-06"})
    return world


def reader(world: World, register: Register[Any]) -> Actor:
    person, _known = looker(world, Place(register, "list"))
    return actor_for(world.city.people[person.key])


def told_without_asking(register: Register[Any], actor: Actor, rows: Sequence[Any], columns: Any) -> bool:
    """Whether the cells of these rows need nothing more from the database."""
    assert rows
    with CaptureQueriesContext(connection) as queries:
        rows_of(actor, register, columns, rows)
        for column in columns:
            assert [column.in_words(row) for row in rows]
    return not queries.captured_queries


@pytest.mark.parametrize("register", LISTS, ids=[*(each.name for each in registers()), "hall"])
def test_no_cell_goes_back_to_the_database(gaps: World, register: Register[Any]) -> None:
    actor = reader(gaps, register)
    whole = reading(register, actor, every=True)
    assert told_without_asking(register, actor, whole.page.rows, whole.chosen)
    for column in whole.chosen:
        alone = reading(register, actor, f"cols={column.name}")
        assert alone.chosen == (column,)
        assert told_without_asking(register, actor, alone.page.rows, alone.chosen), column.name
    assert told_without_asking(register, actor, list(whole.ordered()), register.columns_for(actor))


def test_what_no_column_tells_is_left_in_the_database(gaps: World) -> None:
    """Of a patent and of what stands beside an entry: the long texts above all."""
    (patents, entries) = (next(each for each in registers() if each.name == name) for name in ("patent", "entry"))
    patent = reading(patents, reader(gaps, patents), "cols=title").page.rows[0]
    assert {"abstract", "claims", "provenance", "inventors", "extra"} <= patent.get_deferred_fields()
    told = reading(patents, reader(gaps, patents), "cols=title,inventors").page.rows[0]
    assert "inventors" not in told.get_deferred_fields() and "abstract" in told.get_deferred_fields()
    entry = reading(entries, reader(gaps, entries)).page.rows[0]
    assert (
        "abstract" in entry.patent.get_deferred_fields() and "description" in entry.organisation.get_deferred_fields()
    )


def test_a_column_says_only_what_its_register_leaves_out() -> None:
    """Else a word in ``reads`` would mean nothing."""
    for register in registers():
        columns: Sequence[Column[Any]] = register.columns
        assert {name for column in columns for name in column.reads} <= set(register.heavy), register.name


def test_all_but_leaves_keys_and_relations() -> None:
    names = all_but(Patent, "title", under="patent")
    assert "patent__abstract" in names and not {"patent__id", "patent__public_id", "patent__title"} & set(names)
