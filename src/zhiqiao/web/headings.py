"""What an import could not understand by itself: unknown headings, and amounts without a unit; and how the headings
that it did understand were read, to be put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.models import ImportRow, ImportRun
from zhiqiao.core.privatecells import SEALED
from zhiqiao.exchange import vocabularies
from zhiqiao.kernel.money import UNITS
from zhiqiao.kit.forms import Worded
from zhiqiao.kit.storing import storer_for
from zhiqiao.wording import label

VOCABULARIES: Final = {
    "patents": vocabularies.PATENTS,
    "needs": vocabularies.NEEDS,
    "organisations": vocabularies.ORGANISATIONS,
}
LEAVE_OUT: Final = "-"
KEEP: Final = ""
SAMPLES: Final = 2  # values shown of a column
SAMPLED_ROWS: Final = 20
LONGEST_SAMPLE: Final = 40  # characters


@dataclass(frozen=True)
class Questions:
    """``headings`` that nothing is known of; ``amounts`` are headings of money columns whose unit nobody named;
    ``read``: the choice that stands for each of the others; ``samples``: what columns hold."""

    headings: tuple[str, ...]
    amounts: tuple[str, ...]
    read: Mapping[str, str] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict)

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


def every_question(run: ImportRun) -> Questions:
    """With what may be put right, and sample values to tell by."""
    asked = open_questions(run)
    read = {
        heading: choice
        for table in run.headings
        for heading, choice in _readings(table)
        if heading not in asked.headings and not heading.startswith(SEALED)
    }
    return Questions(asked.headings, asked.amounts, read, _samples(run))


def _readings(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    ignored = set(table.get("ignored", ()))
    for column in table.get("columns", ()):
        name = column["field"]
        if column["heading"] in ignored:
            yield column["heading"], LEAVE_OUT
        elif name:
            yield column["heading"], KEEP if name.startswith("extra.") else name


def _samples(run: ImportRun) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for number, table in enumerate(run.headings):
        rows = ImportRow.objects.filter(run=run, table_number=number).order_by("id")[:SAMPLED_ROWS]
        cells = list(rows.values_list("cells", flat=True))
        for column in table.get("columns", ()):
            kept = found.setdefault(column["heading"], [])
            kept += [row[column["column"]][:LONGEST_SAMPLE] for row in cells if _fit_to_show(row, column["column"])]
    return {heading: " · ".join(list(dict.fromkeys(values))[:SAMPLES]) for heading, values in found.items()}


def _fit_to_show(row: list[str], at: int) -> bool:
    return at < len(row) and bool(row[at]) and not row[at].startswith(SEALED)


def field_choices(kind: str) -> list[tuple[str, str]]:
    """Each field once; those that share their words are told apart by the heading that most lists give them."""
    if kind not in VOCABULARIES:
        return [(name, headings[0]) for name, headings in storer_for(kind).vocabulary.fields.items()]
    vocabulary = VOCABULARIES[kind]
    shared = Counter(label(name) for name in vocabulary.fields)
    return [
        (name, label(name) if shared[label(name)] == 1 else _told_apart(name, headings))
        for name, headings in vocabulary.fields.items()
    ]


def _told_apart(name: str, headings: Sequence[str]) -> str:
    return _now("%(name)s (%(heading)s)") % {"name": label(name), "heading": headings[0]}


class HeadingForm(Worded):
    """One choice for each open question, and one for each heading that was read. Headings are numbered in the form,
    since they may hold anything."""

    def __init__(self, *args: Any, questions: Questions, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        fields = field_choices(kind)
        choices = [(KEEP, _("Keep beside the record, as it is")), (LEAVE_OUT, _("Leave out")), *fields]
        for number, heading in enumerate(questions.headings):
            self.fields[f"heading{number}"] = self._choice(heading, choices, KEEP)
        for number, (heading, standing) in enumerate(questions.read.items()):
            self.fields[f"read{number}"] = self._choice(heading, choices, standing)
        units = [("", _("Choose")), *((unit, unit) for unit in UNITS)]
        for number, heading in enumerate(questions.amounts):
            self.fields[f"unit{number}"] = forms.ChoiceField(label=heading, choices=units)

    def _choice(self, heading: str, choices: list[Any], standing: str) -> forms.ChoiceField:
        told = self.questions.samples.get(heading, "")
        # Cells of somebody's file: no words of ours, whatever language the browser is asked to put them into.
        cells = format_html('<span translate="no">{}</span>', told)
        helped = format_html(_now("for example: %(values)s") % {"values": "{}"}, cells) if told else ""
        return forms.ChoiceField(label=heading, choices=choices, required=False, initial=standing, help_text=helped)

    def read_fields(self) -> list[forms.BoundField]:
        return [self[f"read{number}"] for number in range(len(self.questions.read))]

    def heading_fields(self) -> list[forms.BoundField]:
        return [self[f"heading{number}"] for number in range(len(self.questions.headings))]

    def unit_fields(self) -> list[forms.BoundField]:
        return [self[f"unit{number}"] for number in range(len(self.questions.amounts))]

    def mapping(self) -> dict[str, str | None]:
        """What was said of open questions, and what was read otherwise than it should be."""
        said = {heading: self.cleaned_data[f"heading{n}"] for n, heading in enumerate(self.questions.headings)}
        for number, (heading, standing) in enumerate(self.questions.read.items()):
            # A form sent without the field says nothing of it.
            if f"read{number}" in self.data and (chosen := self.cleaned_data[f"read{number}"]) != standing:
                said[heading] = chosen
        return {
            heading: None if chosen == LEAVE_OUT else chosen or f"extra.{heading}" for heading, chosen in said.items()
        }

    def units(self) -> dict[str, str]:
        return {heading: self.cleaned_data[f"unit{n}"] for n, heading in enumerate(self.questions.amounts)}
