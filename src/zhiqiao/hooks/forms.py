"""What is filled in about webhooks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.hooks.addresses import LONGEST
from zhiqiao.hooks.events import event_choices
from zhiqiao.hooks.rules import LONGEST_OVERLAP, OVERLAP
from zhiqiao.kit.forms import RecordForm, offer, set_choices
from zhiqiao.parties.models import Organisation


def hours(seconds: float) -> int:
    return int(seconds // 3600)


class EndpointForm(RecordForm):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Which system listens, such as the science office's platform."),
    )  # fmt: skip
    url = forms.CharField(
        label=_("Address"), max_length=LONGEST,
        widget=forms.URLInput(attrs={"placeholder": "https://example.org/hooks", "inputmode": "url"}),
        help_text=_("Called by POST whenever something happens. It has to answer with 2xx within 15 seconds."),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("Events"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen means all, also those that come later."),
    )  # fmt: skip
    organisation = forms.ChoiceField(
        label=_("Listens for"), required=False,
        help_text=_("With an organisation chosen, only what you see in your roles there is told."),
    )  # fmt: skip

    def prepare(self) -> None:
        set_choices(self, "kinds", event_choices(self.actor))
        houses = Organisation.objects.filter(pk__in=self.actor.organisations).order_by("pinyin", "id")
        named = [(str(each.public_id), each.name) for each in houses]
        offer(self, "organisation", [("", str(_("All my organisations"))), *named])


class RotateForm(RecordForm):
    overlap = forms.IntegerField(
        label=_("Hours for which the old secret stays good"), min_value=0,
        max_value=hours(LONGEST_OVERLAP.total_seconds()), initial=hours(OVERLAP.total_seconds()),
        help_text=_("Until then every message carries both signatures. Write 0 where the old secret leaked."),
    )  # fmt: skip
