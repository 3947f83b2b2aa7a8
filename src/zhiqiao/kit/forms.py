"""What people and programs fill in, in one form for the page, the interface and the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.kit.actors import Actor


class DayInput(forms.DateInput):
    """A day as browsers write it, whatever the language: else a first value would not show."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Worded(forms.Form):
    """Says beside each field what is wrong, and ties the words to the field for screen readers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["aria-errormessage"] = f"{self[name].auto_id}_error"


class RecordForm(Worded):
    """A form of a register: it knows who fills it in and, where one is changed or moved, the record.

    ``prepare`` sets what depends on them: choices, what is asked at all. ``examples``: field → what its template shows.
    """

    examples: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, actor: Actor, record: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.record = record
        self.prepare()

    def prepare(self) -> None:
        return None


class ReasonForm(RecordForm):
    """Why a move is made."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


def set_choices(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Choices that depend on the day or on who asks."""
    chosen = form.fields[name]
    assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 -- the forms that call this declare it so
    chosen.choices = list(choices)


def offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Let one of the choices be taken; where there is only one, nobody is asked."""
    set_choices(form, name, choices)
    if len(choices) < 2:
        form.fields[name].widget = forms.HiddenInput()
        form.fields[name].initial = choices[0][0] if choices else ""
