"""What is filled in about needs."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.forms import DayInput, RecordForm, offer
from zhiqiao.needs.models import Need
from zhiqiao.needs.policies import NEEDS
from zhiqiao.parties.models import Organisation

LONGEST_NEED = 2_000  # characters
# A mobile or fixed line, with country or area code, spaces, and an extension.
PHONE = r"^\+?\(?[0-9][0-9 ()-]{5,22}[0-9]( *(转|#|x|ext\.?) *[0-9]{1,6})?$"


def need_text() -> forms.CharField:
    return forms.CharField(
        label=_("What are you looking for?"), max_length=LONGEST_NEED, min_length=4,
        widget=forms.Textarea(
            attrs={
                "rows": 4, "data-counter": "counted",
                "placeholder": _(
                    "For example: our mould steel cracks after 50,000 shots. "
                    "We look for a surface treatment that doubles its life and works below 500 °C."
                ),
            }
        ),
        help_text=_("Two sentences are enough: what goes wrong now, and what it should be able to do."),
    )  # fmt: skip


class NeedForm(RecordForm):
    """A need as it goes on record: with whom it is shared, and the part that stays private."""

    text = need_text()
    title = forms.CharField(
        label=_("Title"), required=False, max_length=300, help_text=_("Left empty, the first sentence is the title.")
    )
    deadline = forms.DateField(
        label=_("Needed by"), required=False, widget=DayInput(),
    )  # fmt: skip
    published = forms.BooleanField(
        label=_("Anybody may read this need"), required=False,
        help_text=_("If not, only your firm and the bureau see it."),
    )  # fmt: skip
    organisation = forms.ChoiceField(label=_("On behalf of"), required=False)
    private_details = forms.CharField(
        label=_("Details nobody else should see"), required=False, max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Kept encrypted; never searched, never shown to others."),
    )  # fmt: skip
    contact = forms.CharField(label=_("Contact"), required=False, max_length=100)
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"}),
        validators=[RegexValidator(PHONE, _("This is no phone number: digits, such as 13800000000 or 0769-22220000."))],
    )  # fmt: skip

    def prepare(self) -> None:
        houses = behalves(self.actor)
        self.houses = {str(each.public_id): each for each in houses if each is not None}
        choices = [
            ("", _("Nobody in particular")) if each is None else (str(each.public_id), each.name) for each in houses
        ]
        offer(self, "organisation", [(key, str(name)) for key, name in choices])


class ChangeNeedForm(RecordForm):
    """What can be changed of a need; the private part is changed only by those who may read it."""

    title = forms.CharField(label=_("Title"), max_length=300)
    text = need_text()
    deadline = NeedForm.base_fields["deadline"]
    private_details = NeedForm.base_fields["private_details"]
    contact = NeedForm.base_fields["contact"]
    phone = NeedForm.base_fields["phone"]

    def prepare(self) -> None:
        self.fields["text"].label = _("The need")
        if self.record is not None and not NEEDS.may(self.actor, "view_private", self.record):
            for name in ("private_details", "contact", "phone"):
                del self.fields[name]


def behalves(actor: Actor) -> list[Organisation | None]:
    """In whose name the actor may state a need: None for nobody's in particular, which officers may."""
    own = Organisation.objects.filter(pk__in=actor.organisations).order_by("pinyin", "id")
    mine: list[Organisation | None] = [each for each in own if NEEDS.may(actor, "state", Need(organisation_id=each.pk))]
    return [None, *mine] if NEEDS.may(actor, "state", Need()) else mine
