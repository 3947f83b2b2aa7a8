"""A form as a sheet: which columns ask for its fields, and what its fields are given for the cells of a row.

Choices are written as their words in any of the installation's languages, or as their codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhiqiao.exchange.cells import Cell, cell_text, is_blank
from zhiqiao.exchange.rows import plain_facts
from zhiqiao.exchange.templates import OWN_HEADINGS, Asked, Shape
from zhiqiao.exchange.values import CellRefused, read_date, read_text, read_yes_no
from zhiqiao.exchange.vocabularies import Vocabulary, heading_key
from zhiqiao.kernel.errors import ZhiqiaoError
from zhiqiao.kernel.text import fold_width
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.forms import RecordForm

T = TypeVar("T")
EXAMPLE_DAY: Final = date(2025, 3, 18)
LONGEST_CHOICES: Final = 2_000  # choices; a longer list is typed, not chosen
EXACT_FIGURE: Final = 10**15  # from here on a spreadsheet has lost digits of a number
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PARTS = re.compile(r"\s*[;；、|\n]\s*")
_SEVERAL = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)


def in_each_language(make: Callable[[], T]) -> list[T]:
    """What is made in each of the installation's languages, in their order."""
    made = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            made.append(make())
    return made


def fillable(fields: Mapping[str, forms.Field]) -> dict[str, forms.Field]:
    """The fields that a sheet can ask for: no files, nothing that nobody is asked."""
    return {
        name: each
        for name, each in fields.items()
        if not isinstance(each, forms.FileField) and not each.widget.is_hidden
    }


def label_of(name: str, asked: forms.Field) -> str:
    return str(asked.label) if asked.label else name.replace("_", " ").capitalize()


def vocabulary_of(kind: str, form: type[RecordForm]) -> Vocabulary:
    """By which headings a sheet names the form's fields: their labels in each language, and their names. A row of
    headings names at least one of those that must be filled in."""
    fields = fillable(form.base_fields)
    labels = in_each_language(lambda: {name: label_of(name, each) for name, each in fields.items()})
    headings = {name: list(dict.fromkeys([*(each[name] for each in labels), name])) for name in fields}
    required = frozenset(name for name, each in fields.items() if each.required and each.initial is None)
    extras = frozenset(map(heading_key, OWN_HEADINGS))
    return Vocabulary(kind, headings, extras, required or frozenset(fields), dialects={}, dialect_fields={})


def asked_of(fields: Mapping[str, forms.Field], examples: Mapping[str, Any]) -> tuple[Asked, ...]:
    """The columns of a form's template, in the reader's language."""
    return tuple(_asked(name, each, examples) for name, each in fillable(fields).items())


def _asked(name: str, asked: forms.Field, examples: Mapping[str, Any]) -> Asked:
    choices = choices_of(asked)
    shape = shape_of(asked, choices)
    numbers: Any = asked if isinstance(asked, forms.IntegerField) else None
    return Asked(
        field=name,
        heading=label_of(name, asked),
        shape=shape,
        required=asked.required and not isinstance(asked, forms.BooleanField),
        meaning=str(asked.help_text),
        example=example_of(name, asked, examples, shape, choices),
        choices=tuple(dict.fromkeys(choices.values())) if shape in {Shape.CHOICE, Shape.CHOICES} else (),
        least=numbers.min_value if numbers else None,
        most=numbers.max_value if numbers else None,
        longest=getattr(asked, "max_length", None),
    )


def shape_of(asked: forms.Field, choices: Mapping[str, str]) -> Shape:
    if isinstance(asked, _SEVERAL):
        return Shape.CHOICES
    if isinstance(asked, forms.BooleanField) or (choices and len(choices) <= LONGEST_CHOICES):
        return Shape.CHOICE
    if isinstance(asked, forms.FloatField | forms.DecimalField):
        return Shape.NUMBER
    if isinstance(asked, forms.IntegerField):
        return Shape.WHOLE
    if isinstance(asked, forms.DateField):
        return Shape.DAY
    return Shape.LONG if isinstance(asked.widget, forms.Textarea) else Shape.TEXT


def choices_of(asked: forms.Field) -> dict[str, str]:
    """Code → words, without the choice of nothing; of a yes-or-no field these two."""
    if isinstance(asked, forms.BooleanField):
        return {"true": _("yes"), "false": _("no")}
    return dict(_flat(getattr(asked, "choices", ())))


def _flat(choices: Any) -> Iterator[tuple[str, str]]:
    for code, words in choices:
        if isinstance(words, list | tuple):
            yield from _flat(words)
        elif str(code):
            yield str(code), str(words).strip()


def example_of(
    name: str, asked: forms.Field, examples: Mapping[str, Any], shape: Shape, choices: Mapping[str, str]
) -> Any:
    """What the form declares, else something that can be told from what people write."""
    if name in examples:
        given = examples[name]
        return given if isinstance(given, int | float | date) else str(given)
    if shape in {Shape.CHOICE, Shape.CHOICES}:
        return next(iter(choices.values()), "")
    if shape in {Shape.WHOLE, Shape.NUMBER}:
        least = getattr(asked, "min_value", None)
        return float(least) if least is not None else 1
    if shape is Shape.DAY:
        return EXAMPLE_DAY
    return _("Example: %(field)s") % {"field": label_of(name, asked)}


@dataclass(frozen=True)
class CellFault:
    """What is wrong with the cell of the field of that name."""

    name: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetReader:
    """``asked``: the fields as this person is asked for them; ``first``: what each holds before anybody writes;
    ``codes``: field → words in any language, folded → code."""

    asked: Mapping[str, forms.Field]
    first: Mapping[str, Any]
    codes: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, form: type[RecordForm], actor: Actor) -> SheetReader:
        blanks = in_each_language(lambda: form(actor=actor))
        words = in_each_language(
            lambda: {name: choices_of(each) for name, each in form(actor=actor).fields.items() if has_choices(each)}
        )
        first = {name: blanks[0][name].value() for name in blanks[0].fields}
        return cls(blanks[0].fields, first, {name: _by_words([each[name] for each in words]) for name in words[0]})

    def said(self, cells: Mapping[str, Cell]) -> tuple[dict[str, Any], list[CellFault]]:
        """What the form is given, and the cells that could not be read. An empty cell says what the form says before
        anybody writes."""
        said, faults = dict(self.first), []
        for name, cell in cells.items():
            if name not in self.asked or is_blank(cell):
                continue
            try:
                said[name] = self._read(name, cell)
            except ZhiqiaoError as error:
                if not error.reason.endswith("_empty"):
                    faults.append(CellFault(name, error.reason, plain_facts(error.facts)))
        return {name: value for name, value in said.items() if value is not None}, faults

    def _read(self, name: str, cell: Cell) -> Any:
        asked, codes = self.asked[name], self.codes.get(name, {})
        if isinstance(asked, _SEVERAL):
            parts = (part for part in _PARTS.split(cell_text(cell)) if part.strip())
            return [codes.get(folded(part), part.strip()) for part in parts]
        if isinstance(asked, forms.BooleanField):
            return _flag(cell)
        text = _text(cell)
        if codes:
            return codes.get(folded(text), text)
        if isinstance(asked, forms.DateField):
            return _day(cell)
        return figure(text) if isinstance(asked, forms.IntegerField) else text


def has_choices(asked: forms.Field) -> bool:
    return hasattr(asked, "choices") and not isinstance(asked, forms.BooleanField)


def _by_words(words: list[dict[str, str]]) -> dict[str, str]:
    """Codes go before words; words that two choices share say neither."""
    found: dict[str, set[str]] = {}
    for choices in words:
        for code, text in choices.items():
            found.setdefault(folded(text), set()).add(code)
    alone = {text: next(iter(codes)) for text, codes in found.items() if len(codes) == 1}
    return {**alone, **{folded(code): code for code in words[0]}}


def folded(text: str) -> str:
    return "".join(fold_width(text).split()).casefold()


def _text(cell: Cell) -> str:
    """Raises ``text_damaged``, ``cell_error``; ``digits_lost`` for a number that a spreadsheet has rounded."""
    read_text(cell)
    if isinstance(cell, float) and abs(cell) >= EXACT_FIGURE:
        raise CellRefused("digits_lost")
    return cell_text(cell).strip()


def _flag(cell: Cell) -> str:
    answer = read_yes_no(cell)
    if answer is None:
        raise CellRefused("cell_format")
    return "true" if answer else "false"


def _day(cell: Cell) -> str:
    parsed = read_date(cell)
    if parsed is None:
        return ""
    if parsed.precision != "day":
        raise CellRefused("date_imprecise")
    return parsed.day.isoformat()


def figure(text: str) -> str:
    """A number without the separators of its thousands; what is none stays as it is, for the form to refuse."""
    plain = "".join(fold_width(text).split())
    return plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain
