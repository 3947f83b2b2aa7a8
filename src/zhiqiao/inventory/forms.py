"""What is filled in about the patents of a stocktaking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiqiao.inventory.models import InventoryEntry, Tier
from zhiqiao.inventory.rules.statements import EXPLOITATION, MATURITY, SELF_GRADES, WAYS, WILLING
from zhiqiao.kit.filters import labelled
from zhiqiao.kit.forms import RecordForm, set_choices
from zhiqiao.wording import label

GRADES = {"fair": _("Middling")}
"""Where a grade's code is a word of relevance too."""


class TierForm(RecordForm):
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Why"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed for the negative tiers, welcome for all. It stays on the record."),
    )  # fmt: skip
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        decision = vars(self.record).get("decision") if self.record is not None else None
        if decision is not None:
            self.fields["tier"].initial = decision.confirmed or decision.suggested
            self.fields["seen"].initial = decision.public_id


class AsSuggestedForm(RecordForm):
    """Each patent takes the tier that the rules suggest for it; the note stands for all of them."""

    note = forms.CharField(
        label=_("Why"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed for the negative tiers, welcome for all. It stays on the record."),
    )  # fmt: skip


class ReasonForm(RecordForm):
    """A step back says why."""

    note = forms.CharField(label=_("Why"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))


class StatementForm(RecordForm):
    """The institution's own words on a patent."""

    self_grade = forms.ChoiceField(label=_("Self-grading"), required=False)
    willing = forms.ChoiceField(label=_("Willingness"), required=False)
    accepted_ways = forms.MultipleChoiceField(
        label=_("Accepted ways"), required=False, widget=forms.CheckboxSelectMultiple
    )
    maturity = forms.TypedChoiceField(
        label=_("Maturity"), required=False, coerce=int, empty_value=None,
        help_text=_("Technology readiness level, 1 to 9 (GB/T 22900)."),
    )  # fmt: skip
    exploitation = forms.ChoiceField(label=_("Exploitation"), required=False)
    note = forms.CharField(
        label=pgettext_lazy("of an institution", "Note"), required=False, max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("A refusal needs its reason here."),
    )  # fmt: skip

    def prepare(self) -> None:
        nothing = [("", _("Not said"))]
        set_choices(
            self, "self_grade", [*nothing, *((code, str(GRADES.get(code) or label(code))) for code in SELF_GRADES)]
        )
        set_choices(self, "willing", [*nothing, *labelled(WILLING)])
        set_choices(self, "accepted_ways", labelled(WAYS))
        set_choices(self, "maturity", [*nothing, *((str(level), str(level)) for level in MATURITY)])
        set_choices(self, "exploitation", [*nothing, *labelled(EXPLOITATION)])


def as_it_stands(entry: InventoryEntry) -> dict[str, Any]:
    names = ("self_grade", "willing", "accepted_ways", "maturity", "exploitation", "note")
    return {name: getattr(entry, name) for name in names}
