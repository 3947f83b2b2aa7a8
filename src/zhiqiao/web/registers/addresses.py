"""The addresses of one register's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import URLPattern, path

from zhiqiao.kit.registers import Register
from zhiqiao.web.registers.base import RegisterView
from zhiqiao.web.registers.help import RegisterHelp
from zhiqiao.web.registers.intake import RegisterTemplate
from zhiqiao.web.registers.lists import RegisterExport, RegisterList, RegisterViews
from zhiqiao.web.registers.pages import RegisterComments, RegisterFile, RegisterFiles, RegisterPage
from zhiqiao.web.registers.writing import RegisterBulk, RegisterChange, RegisterMove, RegisterNew

PLACES: tuple[tuple[str, str, type[RegisterView]], ...] = (
    ("", "list", RegisterList),
    ("export.<sheet:kind>", "export", RegisterExport),
    ("template.xlsx", "template", RegisterTemplate),
    ("views/", "views", RegisterViews),
    ("help/", "help", RegisterHelp),
    ("new/", "new", RegisterNew),
    ("many/<slug:move>/", "bulk", RegisterBulk),
    ("<uuid:public_id>/", "page", RegisterPage),
    ("<uuid:public_id>/change/", "change", RegisterChange),
    ("<uuid:public_id>/do/<slug:move>/", "move", RegisterMove),
    ("<uuid:public_id>/comments/", "comments", RegisterComments),
    ("<uuid:public_id>/files/", "files", RegisterFiles),
    ("<uuid:public_id>/files/<uuid:file_id>/", "file", RegisterFile),
)


BESIDE = frozenset({"page", "comments", "files", "file"})


def addresses_of(register: Register[Any], own: Mapping[str, type[RegisterView]] | None = None) -> list[URLPattern]:
    """Only what the register has: no address for what is not declared. ``own``: views that take the place of the
    kit's."""
    lacking = {
        **dict.fromkeys(BESIDE, not register.pages),
        "new": register.create is None,
        "template": not register.intake,
        "change": register.change is None,
        "move": not register.moves,
        "bulk": not any(move.bulk for move in register.moves),
    }
    return [
        path(
            f"{register.path}/{place}",
            (own or {}).get(name, view).as_view(register=register),
            name=f"{register.name}_{name}",
        )
        for place, name, view in PLACES
        if not lacking.get(name)
    ]
