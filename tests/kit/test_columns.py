"""One column, told on the page, in the sheet and to whom it is meant for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils.translation import override

from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.columns import Column, Kind, Link, choices_of
from zhiqiao.kit.roles import AUDITORS, Role
from zhiqiao.needs.models.needs import NeedState

OFFICER = Actor("o", "示例", 1, {1: frozenset({Role.BUREAU_OFFICER})})
FIRM = Actor("f", "示例", 2, {2: frozenset({Role.ENTERPRISE_MEMBER})})


def told(value: Any, kind: Kind, **more: Any) -> Any:
    column: Column[Any] = Column("x", "X", lambda record: record.value, kind, **more)
    return column.in_words(SimpleNamespace(value=value))


def test_codes_are_told_in_the_readers_language() -> None:
    said = {}
    for language in ("zh-hans", "en"):
        with override(language):
            said[language] = told("open", Kind.CODE, words=choices_of(NeedState))
    assert said["en"] == "Open" and said["zh-hans"] not in {"Open", "open"}


def test_code_that_is_none_of_the_choices_stands_for_itself() -> None:
    assert told("unheard_of", Kind.TAG, words=choices_of(NeedState)) == "unheard_of"


def test_nothing_known_is_not_no() -> None:
    with override("en"):
        assert [told(value, Kind.FLAG) for value in (True, False, None)] == ["Yes", "No", None]
        assert told("", Kind.CODE) == "" and told(None, Kind.CODE) is None


def test_a_link_is_told_by_its_text() -> None:
    assert told(Link("示例大学", "organisation", "1"), Kind.LINK) == "示例大学"
    assert told("示例大学", Kind.LINK) == "示例大学"


def test_column_with_roles_is_told_to_them_alone() -> None:
    column: Column[Any] = Column("x", "X", lambda record: 1, roles=AUDITORS)
    assert [column.told_to(who) for who in (OFFICER, FIRM, PUBLIC)] == [True, False, False]
