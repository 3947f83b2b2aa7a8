"""Rows of a list: each in the reader's language, with its box to tick, and linked where the reader may go."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.utils.translation import override

from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.columns import Column, Kind, Link
from zhiqiao.kit.roles import Role
from zhiqiao.web.cells import rows_of
from zhiqiao.web.templatetags.cells import list_rows

OFFICER = Actor("o", "示例", 1, {1: frozenset({Role.BUREAU_OFFICER})})
RUN = str(uuid4())


def records(*titles: str) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(public_id=uuid4(), title=title, public=True, run=Link("甲", "import", RUN)) for title in titles
    ]


def columns() -> list[Column[Any]]:
    return [
        Column("title", "题", lambda record: record.title),
        Column("public", "公开", lambda record: record.public, Kind.FLAG),
        Column("run", "批次", lambda record: record.run, Kind.LINK),
    ]


def test_each_record_has_its_own_address_and_only_open_registers_are_linked() -> None:
    found = records("甲", "乙")
    for actor, linked in ((OFFICER, True), (PUBLIC, False)):
        rows = rows_of(actor, register_named("patent"), columns(), found)
        assert [row[0].href for row in rows] == [f"/patents/{record.public_id}/" for record in found]
        assert [RUN in row[2].href for row in rows] == [linked, linked]
        assert not any(str(found[0].public_id) in cell.href for cell in rows[1])


@pytest.mark.parametrize(("language", "said"), [("en", "Yes"), ("zh-hans", "是")])
def test_codes_are_worded_in_the_language_of_the_page(language: str, said: str) -> None:
    with override(language):
        rows = rows_of(OFFICER, register_named("patent"), columns(), records("甲", "乙"))
    assert [row[1].words for row in rows] == [said, said]


def test_boxes_to_tick_name_their_record_and_nothing_written_becomes_markup() -> None:
    found = records('<b>"x"</b>')
    pairs = list(zip(found, rows_of(OFFICER, register_named("patent"), columns(), found), strict=True))
    ticked, plain = list_rows(pairs, [object()]), list_rows(pairs, [])
    assert f'value="{found[0].public_id}"' in ticked and "data-tick" in ticked
    assert "data-tick" not in plain and "<b>" not in ticked + plain
    assert ticked.count("&lt;b&gt;") == 2 and plain.count("&lt;b&gt;") == 1


def test_records_without_pages_are_listed_without_links() -> None:
    rows = rows_of(OFFICER, register_named("audit"), columns()[:1], [SimpleNamespace(title="甲")])
    assert [cell.href for cell in rows[0]] == [""]
