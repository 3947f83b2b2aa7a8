"""What people fill in. A form checks the shape of what was typed; the rules are asked by the action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.kit.forms import DayInput, Worded, offer, set_choices
from zhiqiao.kit.storing import kind_words
from zhiqiao.needs.forms import need_text

MOST_FILES = 30


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
        label=_("Day the export speaks for"), required=False, widget=DayInput(),
        help_text=_("Leave it empty if the file says so itself. Older exports never overwrite newer statuses."),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: list[str], organisations: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "kind", [(each, kind_words(each)) for each in kinds])
        self.fields["kind"].initial = kinds[0] if kinds else None
        self.fields["uploads"].widget.attrs |= {"data-names": "chosen", "multiple": True}
        offer(self, "organisation", organisations)


class AskForm(Worded):
    text = need_text()
    alive = forms.BooleanField(label=_("Only patents in force"), required=False)
