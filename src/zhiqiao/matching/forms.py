"""What is filled in about pushes."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiqiao.kernel.errors import NotFound
from zhiqiao.kernel.names import organisation_key
from zhiqiao.kit.forms import RecordForm
from zhiqiao.matching.models import Reply
from zhiqiao.matching.models.pushes import TEACHES_NOTHING
from zhiqiao.matching.pushing import LONGEST_WORDS
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.selectors import living_organisations
from zhiqiao.registry.models import Patent
from zhiqiao.registry.selectors import patent_for

LEVELS = [
    ("", _("What follows from the reply")),
    ("4", _("4 · fits well")),
    ("3", _("3 · fits")),
    ("2", _("2 · hardly fits")),
    ("1", _("1 · does not fit")),
    (str(TEACHES_NOTHING), _("Nothing: leave it out")),
]


class PushForm(RecordForm):
    """Which patent, and before whom."""

    patent = forms.CharField(label=_("Patent"), max_length=64, help_text=_("Its application number."))
    organisation = forms.CharField(
        label=_("Pushed to"), max_length=255, help_text=_("The full name or the credit code of the organisation.")
    )

    def clean_patent(self) -> Patent:
        try:
            return patent_for(self.actor, self.cleaned_data["patent"])
        except NotFound:
            raise forms.ValidationError(_("There is no such patent among those you may see.")) from None

    def clean_organisation(self) -> Organisation:
        said = self.cleaned_data["organisation"]
        found = list(living_organisations(self.actor).filter(_named(said))[:2])
        exact = [each for each in found if each.name == said] if len(found) > 1 else found
        if len(exact) != 1:
            raise forms.ValidationError(_("There is no one organisation of that name or code."))
        return exact[0]


def _named(said: str) -> Q:
    """By full name, credit code or public id; different houses may share the key of a name."""
    try:
        return Q(public_id=UUID(said))
    except ValueError:
        return Q(name_key=organisation_key(said) or said) | Q(credit_code=said.strip().upper())


class ReplyForm(RecordForm):
    """The organisation's reply; words are not needed."""

    reply = forms.ChoiceField(label=_("Reply"), choices=Reply.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In your own words"), required=False, max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=_("The holder of the patent and the city read them."),
    )  # fmt: skip


class LessonForm(RecordForm):
    """What the ranking learns from a reply."""

    level = forms.ChoiceField(label=_("What it teaches the ranking"), choices=LEVELS, required=False)

    def clean_level(self) -> int | None:
        said = self.cleaned_data["level"]
        return int(said) if said else None
