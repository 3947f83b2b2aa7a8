"""The sheet on which a list for a register is filled in, in the reader's language."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import IO, Final

from django.http import FileResponse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from zhiqiao.exchange.spreadsheets import XLSX
from zhiqiao.exchange.template_books import Guide, write_template
from zhiqiao.exchange.templates import GUIDE_SHEETS, Asked, Shape, shown

CHOICES_TOLD: Final = 12
FORMATS: Final[dict[Shape, str | Promise]] = {
    Shape.TEXT: _("Text"),
    Shape.LONG: _("Text of several lines"),
    Shape.WHOLE: _("Whole number"),
    Shape.NUMBER: _("Number"),
    Shape.DAY: _("Day, as 2025-03-18"),
    Shape.CHOICE: _("One of the list"),
    Shape.CHOICES: _("Some of these, between ；"),
}


def template_sheet(title: str, columns: Sequence[Asked]) -> FileResponse:
    """The template as a download."""
    target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- the response closes it once it is sent
    write_sheet(target, title, columns)
    target.seek(0)
    response = FileResponse(target, content_type=XLSX)
    name = _now("%(title)s template") % {"title": title}
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    return response


def write_sheet(target: IO[bytes], title: str, columns: Sequence[Asked]) -> None:
    write_template(target, title, columns, guide_to(columns))


def guide_to(columns: Sequence[Asked]) -> Guide:
    english = (get_language() or "").startswith("en")
    return Guide(
        title=GUIDE_SHEETS[1 if english else 0],
        lead=(
            _now("Write one record in each row of the first sheet. Headings marked * must be filled in."),
            _now("The row of examples is left out by itself if you leave it as it is."),
            _now("Columns may be moved or left out. Rows that cannot be taken come back with the reason."),
        ),
        headings=(_now("Column"), _now("Required"), _now("Format"), _now("Example"), _now("What it means")),
        rows=[
            (each.heading, _now("yes") if each.required else "", format_of(each), shown(each.example), each.meaning)
            for each in columns
        ],
        refused=_now("This does not fit the column. The second sheet says what may stand here."),
    )


def format_of(column: Asked) -> str:
    words = str(FORMATS[column.shape])
    if column.choices:
        told = "、".join(column.choices[:CHOICES_TOLD])
        return f"{words}：{told}{'…' if len(column.choices) > CHOICES_TOLD else ''}"
    if column.shape in {Shape.WHOLE, Shape.NUMBER} and (column.least is not None or column.most is not None):
        return f"{words}，{_bound(column.least)}–{_bound(column.most)}"
    if column.longest is not None:
        return _now("%(format)s, at most %(most)s characters") % {"format": words, "most": column.longest}
    return words


def _bound(bound: float | None) -> str:
    return "" if bound is None else f"{bound:g}"
