"""Lists into a register: the sheet to fill in, and whether this person may send one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, HttpRequest
from django.urls import reverse

from zhiqiao.kernel.errors import NotFound
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.intake import template_sheet
from zhiqiao.kit.registers import Register
from zhiqiao.kit.storing import kind_of, kind_words, register_taking
from zhiqiao.registry.sending import importable, intake_of
from zhiqiao.web.registers.base import RegisterView


@dataclass(frozen=True)
class Intake:
    """A kind of list that a person may send: its name and words, and where its template is."""

    kind: str
    words: str
    template: str


class RegisterTemplate(RegisterView):
    def get(self, request: HttpRequest) -> FileResponse:
        """For those who may send such a list; for others there is none."""
        kind = kind_of(self.register)
        if kind not in importable(self.actor):
            raise NotFound
        return template_sheet(kind_words(kind), intake_of(kind).asked(self.actor))


def intake_into(register: Register[Any], actor: Actor) -> Intake | None:
    """How this person sends lists into the register; None where they do not."""
    kind = kind_of(register)
    if not kind or kind not in importable(actor):
        return None
    return Intake(kind, kind_words(kind), reverse(f"{register.name}_template"))


def intakes_of(actor: Actor) -> list[Intake]:
    """Every kind of list that this person may send."""
    found = [register_taking(kind) for kind in importable(actor)]
    return [
        Intake(kind_of(each), kind_words(kind_of(each)), reverse(f"{each.name}_template")) for each in found if each
    ]
