"""What a declaration says by name must be there: a mistyped filter would give an empty list, not an error."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.http import QueryDict

from zhiqiao.kit.catalogue import register_named, registers
from zhiqiao.kit.lists import AT, COLUMNS, SIZE_ASKED, SORT, VIEW
from zhiqiao.kit.registers import Register

RESERVED = {SORT, AT, COLUMNS, VIEW, SIZE_ASKED}
EVERY = [pytest.param(each, id=each.name) for each in registers()]


def doubled(names: list[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def test_names_paths_and_subjects_are_each_once() -> None:
    every = registers()
    assert not doubled([each.name for each in every])
    assert not doubled([each.path for each in every])
    assert not doubled([each.subject for each in every])


@pytest.mark.parametrize("register", EVERY)
def test_columns_moves_and_sorts_are_each_once(register: Register[Any]) -> None:
    assert not doubled([column.name for column in register.columns])
    assert not doubled([move.name for move in register.moves])
    assert not doubled([sort.name for sort in register.sorts])


@pytest.mark.parametrize("register", EVERY)
def test_a_column_is_sorted_by_what_there_is(register: Register[Any]) -> None:
    known = {sort.name for sort in register.sorts}
    for column in register.columns:
        assert not column.sort or {column.sort, column.sort.removeprefix("-")} <= known | {f"-{column.sort}"}
    for sort in register.sorts:
        assert sort.column == "pk" or register.model._meta.get_field(sort.column)


@pytest.mark.parametrize("register", EVERY)
def test_views_and_what_waits_name_filters_and_columns_that_there_are(register: Register[Any]) -> None:
    columns = {column.name for column in register.columns if column.listed}
    for text in [*(view.query for view in register.views), *(each.query for each in register.waits)]:
        query = QueryDict(text)
        assert set(query) <= set(register.filters.base_filters) | RESERVED, text
        assert set(",".join(query.getlist("cols")).split(",")) - {""} <= columns, text


@pytest.mark.parametrize("register", EVERY)
def test_related_records_are_of_a_register(register: Register[Any]) -> None:
    for related in register.related:
        assert register_named(related.register).name == related.register


@pytest.mark.parametrize("register", EVERY)
def test_what_has_no_page_has_nothing_that_needs_one(register: Register[Any]) -> None:
    assert register.pages or not (register.moves or register.create or register.change or register.related)
