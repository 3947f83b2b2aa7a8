"""Every address of the interface: a few of its own, then those of each register, as the register declares them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, re_path

from zhiqiao.api.views.index import Description, Index, Me, Nothing
from zhiqiao.api.views.records import (
    OneRecord,
    OneRecordToChange,
    RecordList,
    RecordListAndNew,
    RecordMove,
    RecordSheet,
)
from zhiqiao.kit.catalogue import registers
from zhiqiao.kit.registers import Register


def places_of(register: Register[Any]) -> Iterator[URLPattern]:
    root, name = register.path, f"api_{register.name}"
    many = RecordListAndNew if register.create else RecordList
    one = OneRecordToChange if register.change else OneRecord
    yield path(f"{root}/", many.as_view(register=register), name=f"{name}_list")
    for sheet in ("csv", "xlsx"):
        place = RecordSheet.as_view(register=register, sheet=sheet)
        yield path(f"{root}/export.{sheet}", place, name=f"{name}_{sheet}")
    if not register.pages:
        return
    yield path(f"{root}/<uuid:public_id>/", one.as_view(register=register), name=name)
    for move in register.moves:
        place = RecordMove.as_view(register=register, move=move)
        yield path(f"{root}/<uuid:public_id>/{move.name}/", place, name=f"{name}_{move.name}")


urlpatterns = [
    path("", Index.as_view(), name="api_index"),
    path("me", Me.as_view(), name="api_me"),
    path("openapi.yaml", Description.as_view(), name="api_description"),
    *(place for register in registers() for place in places_of(register)),
    re_path("", Nothing.as_view(), name="api_nothing"),
]
