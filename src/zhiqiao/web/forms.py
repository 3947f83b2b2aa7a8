"""What people fill in. A form checks the shape of what was typed; the rules are asked by the action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from zhiqiao.inventory.models import Tier
from zhiqiao.wording import label

MOST_FILES = 30
LONGEST_NEED = 2_000  # characters
# A mobile or fixed line, with country or area code, spaces, and an extension.
PHONE = r"^\+?\(?[0-9][0-9 ()-]{5,22}[0-9]( *(转|#|x|ext\.?) *[0-9]{1,6})?$"


class Worded(forms.Form):
    """Says beside each field what is wrong, and ties the words to the field for screen readers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["aria-errormessage"] = f"{self[name].auto_id}_error"


def offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Let one of the choices be taken; where there is only one, nobody is asked."""
    chosen = form.fields[name]
    assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 -- declared so
    chosen.choices = choices
    if len(choices) < 2:
        chosen.widget = forms.HiddenInput()
        chosen.initial = choices[0][0] if choices else ""


class TierForm(Worded):
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Why"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed for the negative tiers, welcome for all. It stays on the record."),
    )  # fmt: skip
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = SeveralFiles

    def clean(self, value: Any, initial: Any = None) -> list[Any]:
        # A file without a usable name, as ".." is, does not get this far: then there may be none at all.
        files = list(value or [None]) if isinstance(value, list | tuple) else [value]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("At most %(most)s files at once."), params={"most": MOST_FILES})
        return [super(FilesField, self).clean(each, initial) for each in files]


class ImportForm(Worded):
    kind = forms.ChoiceField(label=_("What is in the files"), widget=forms.RadioSelect)
    uploads = FilesField(
        label=_("Files"),
        help_text=_(
            "Excel (.xlsx, .xls), CSV or the patent office's XML, also packed as .zip. Several at once will do."
        ),
    )
    sender = forms.CharField(
        label=_("Who sends them"), max_length=200,
        help_text=_("What headings mean is remembered for each sender, so use the same name every time."),
    )  # fmt: skip
    organisation = forms.ChoiceField(label=_("On behalf of"), required=False)
    as_of = forms.DateField(
        label=_("Day the export speaks for"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave it empty if the file says so itself. Older exports never overwrite newer statuses."),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: list[str], organisations: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 -- declared above
        kind.choices = [(each, label(each)) for each in kinds]
        kind.initial = kinds[0] if kinds else None
        self.fields["uploads"].widget.attrs |= {"data-names": "chosen", "multiple": True}
        offer(self, "organisation", organisations)


class NeedForm(Worded):
    text = forms.CharField(
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


class AskForm(NeedForm):
    alive = forms.BooleanField(label=_("Only patents in force"), required=False)


class StateNeedForm(NeedForm):
    """The need as it goes on record: with whom it is shared, and the part that stays private."""

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

    def __init__(self, *args: Any, houses: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", houses)
