"""The cells of a list's row. A page shows hundreds: written here they take a third of the time of a template."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Any, Final

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhiqiao.kit.columns import Kind, Note
from zhiqiao.web.cells import Cell, css_of
from zhiqiao.web.templatetags.zhiqiao import counted, day_or_words, given, icon, moment, names, points, yuan

register = template.Library()


def _safe(value: Any) -> str:
    """As ``conditional_escape``, without its support of lazy words, which costs more than the escaping."""
    return str(value.__html__()) if hasattr(value, "__html__") else escape(str(value))


def _pill(cell: Cell) -> Any:
    if not cell.words:
        return given("")
    return SafeString(f'<span class="pill pill-{_safe(cell.tone)}">{_safe(cell.words)}</span>')


SHOWN: Final[dict[str, Callable[[Cell], Any]]] = {
    Kind.CODE: _pill,
    Kind.TAG: lambda cell: given(cell.words),
    Kind.FLAG: lambda cell: given(cell.words),
    Kind.DAY: lambda cell: day_or_words(cell.value),
    Kind.MOMENT: lambda cell: moment(cell.value),
    Kind.NAMES: lambda cell: names(cell.value),
    Kind.YUAN: lambda cell: yuan(cell.value),
    Kind.SCORE: lambda cell: points(cell.value),
    Kind.COUNT: lambda cell: counted(cell.value),
}


@register.simple_tag
def told(cell: Cell) -> SafeString:
    """What stands in a cell: the value, linked where it leads somewhere, and the note beside it."""
    shows = SHOWN.get(cell.kind)
    shown = _safe(shows(cell) if shows else given(cell.value))
    if cell.href:
        css = ' class="main-link"' if cell.main else ""
        shown = f'<a{css} href="{_safe(cell.href)}">{shown}</a>'
    return SafeString(f"{shown} {_noted(cell.note)}" if cell.note else shown)


def _noted(note: Note) -> str:
    if not (note.tone or note.icon):
        return f'<span class="soft small nowrap">{_safe(note.text)}</span>'
    drawing = _safe(icon(note.icon)) if note.icon else ""
    return f'<span class="pill pill-{_safe(note.tone)}">{drawing}{_safe(note.text)}</span>'


@register.simple_tag
def list_rows(rows: Iterable[tuple[Any, Sequence[Cell]]], ticked: Any) -> SafeString:
    """The rows of a list, each with a box to tick where there is something to do with many (``ticked``)."""
    named = _("Choose %(name)s")
    drawn = []
    for record, cells in rows:
        box = _box(record, named % {"name": cells[0].words or cells[0].value}) if ticked else ""
        drawn.append(f'<tr role="row">{box}{"".join(map(_whole, cells))}</tr>')
    return SafeString("\n".join(drawn))


def _box(record: Any, name: str) -> str:
    said = f'data-tick aria-label="{_safe(name)}"'
    box = f'<input type="checkbox" form="bulk" name="id" value="{record.public_id}" {said}>'
    return f'<td role="cell" class="tick">{box}</td>'


def _whole(cell: Cell) -> str:
    return f"{_opening(cell.heading, cell.kind, cell.main)}{told(cell)}</td>"


@lru_cache(maxsize=1_000)
def _opening(heading: str, kind: Kind, main: bool) -> str:
    """With its heading, for narrow screens: the same in a whole column."""
    css = css_of(kind, main=main)
    shown = f' class="{css}"' if css else ""
    label = "" if main else f' data-label="{_safe(heading)}"'
    return f'<td role="cell"{shown}{label}>'
