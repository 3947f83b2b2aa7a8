"""Every address of the interface: a few of its own, then those of each register, as the register declares them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, re_path

from zhiqiao.api.views.beside import Comments, Files, OneFile, Timeline
from zhiqiao.api.views.bulk import BulkMove
from zhiqiao.api.views.imports import ImportList
from zhiqiao.api.views.index import Description, Index, Me, Nothing
from zhiqiao.api.views.matching import Match
from zhiqiao.api.views.ranking import Ranking, StateInterest, TakeInterestAway
from zhiqiao.api.views.records import (
    OneRecord,
    OneRecordToChange,
    RecordList,
    RecordListAndNew,
    RecordMove,
    RecordSheet,
)
from zhiqiao.kit.catalogue import register_named, registers
from zhiqiao.kit.permissions import ATTACH, COMMENT, HISTORY
from zhiqiao.kit.registers import Register

OWN: dict[str, type[RecordList]] = {"import": ImportList}
"""Lists that take the place of the register's own."""


def places_of(register: Register[Any]) -> Iterator[URLPattern]:
    root, name = register.path, f"api_{register.name}"
    many = OWN.get(register.name) or (RecordListAndNew if register.create else RecordList)
    yield path(f"{root}/", many.as_view(register=register), name=f"{name}_list")
    for sheet in ("csv", "xlsx"):
        place = RecordSheet.as_view(register=register, sheet=sheet)
        yield path(f"{root}/export.{sheet}", place, name=f"{name}_{sheet}")
    if register.pages:
        yield from places_of_record(register)


def places_of_record(register: Register[Any]) -> Iterator[URLPattern]:
    name, one = f"api_{register.name}", f"{register.path}/<uuid:public_id>/"
    view = OneRecordToChange if register.change else OneRecord
    yield path(one, view.as_view(register=register), name=name)
    for move in register.moves:
        yield path(f"{one}{move.name}/", RecordMove.as_view(register=register, move=move), name=f"{name}_{move.name}")
        if move.bulk:
            place = BulkMove.as_view(register=register, move=move)
            yield path(f"{register.path}/bulk/{move.name}/", place, name=f"{name}_bulk_{move.name}")
    if HISTORY in register.policy.verbs:
        yield path(f"{one}timeline/", Timeline.as_view(register=register), name=f"{name}_timeline")
    if COMMENT in register.policy.verbs:
        yield path(f"{one}comments/", Comments.as_view(register=register), name=f"{name}_comments")
    if ATTACH in register.policy.verbs:
        yield path(f"{one}files/", Files.as_view(register=register), name=f"{name}_files")
        yield path(f"{one}files/<uuid:file_id>/", OneFile.as_view(register=register), name=f"{name}_file")


def places_of_ranking() -> Iterator[URLPattern]:
    """What the ranking holds about an organisation, for those who may open the register of pushes."""
    base, pushes = "organisations/<uuid:public_id>/ranking/", register_named("push")
    yield path(base, Ranking.as_view(register=pushes), name="api_ranking")
    yield path(f"{base}state/", StateInterest.as_view(register=pushes), name="api_ranking_state")
    yield path(f"{base}take_away/", TakeInterestAway.as_view(register=pushes), name="api_ranking_take_away")


urlpatterns = [
    path("", Index.as_view(), name="api_index"),
    path("me", Me.as_view(), name="api_me"),
    path("openapi.yaml", Description.as_view(), name="api_description"),
    path("match/", Match.as_view(), name="api_match"),
    *places_of_ranking(),
    *(place for register in registers() for place in places_of(register)),
    re_path("", Nothing.as_view(), name="api_nothing"),
]
