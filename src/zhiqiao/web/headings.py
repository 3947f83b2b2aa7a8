"""What an import could not understand by itself: unknown headings, and amounts without a unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.models import ImportRun
from zhiqiao.exchange import vocabularies
from zhiqiao.kernel.money import UNITS
from zhiqiao.web.forms import Worded
from zhiqiao.wording import label

VOCABULARIES: Final = {
    "patents": vocabularies.PATENTS,
    "needs": vocabularies.NEEDS,
    "organisations": vocabularies.ORGANISATIONS,
}
LEAVE_OUT: Final = "-"


@dataclass(frozen=True)
class Questions:
    """``headings`` that nothing is known of; ``amounts`` are headings of money columns whose unit nobody named."""

    headings: tuple[str, ...]
    amounts: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.headings or self.amounts)


def open_questions(run: ImportRun) -> Questions:
    known = run.options.get("mapping", {})
    headings = [heading for heading in run.unmapped if heading not in known]
    if not any("number" in table for table in run.headings):  # no sheet was understood: what its first rows hold
        headings += [str(cell) for table in run.headings for cell in table.get("seen", ())]
    amounts = [heading for table in run.headings for heading in _unconfirmed(table)]
    confirmed = run.options.get("units", {})
    return Questions(
        tuple(dict.fromkeys(headings)), tuple(dict.fromkeys(each for each in amounts if each not in confirmed))
    )


def _unconfirmed(table: dict[str, Any]) -> list[str]:
    by_field = {column["field"]: column["heading"] for column in table.get("columns", ()) if column["field"]}
    return [by_field.get(name, name) for name, unit in (table.get("units") or {}).items() if unit is None]


class HeadingForm(Worded):
    """One choice for each open question. Headings are numbered in the form, since they may hold anything."""

    def __init__(self, *args: Any, questions: Questions, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        fields = [(name, label(name)) for name in VOCABULARIES[kind].fields]
        choices = [("", _("Keep beside the record, as it is")), (LEAVE_OUT, _("Leave out")), *fields]
        for number, heading in enumerate(questions.headings):
            self.fields[f"heading{number}"] = forms.ChoiceField(label=heading, choices=choices, required=False)
        units = [("", _("Choose")), *((unit, unit) for unit in UNITS)]
        for number, heading in enumerate(questions.amounts):
            self.fields[f"unit{number}"] = forms.ChoiceField(label=heading, choices=units)

    def heading_fields(self) -> list[forms.BoundField]:
        return [self[f"heading{number}"] for number in range(len(self.questions.headings))]

    def unit_fields(self) -> list[forms.BoundField]:
        return [self[f"unit{number}"] for number in range(len(self.questions.amounts))]

    def mapping(self) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for number, heading in enumerate(self.questions.headings):
            chosen = self.cleaned_data[f"heading{number}"]
            found[heading] = None if chosen == LEAVE_OUT else chosen or f"extra.{heading}"
        return found

    def units(self) -> dict[str, str]:
        return {heading: self.cleaned_data[f"unit{n}"] for n, heading in enumerate(self.questions.amounts)}
