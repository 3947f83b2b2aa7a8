"""What programs send that no page's form asks for in the same way."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from zhiqiao.kit.discussing import LONGEST_COMMENT
from zhiqiao.kit.forms import RecordForm
from zhiqiao.kit.storing import kinds_of_list
from zhiqiao.matching.models import Sort
from zhiqiao.matching.profiling import LONGEST_WORD


class CommentForm(RecordForm):
    text = forms.CharField(max_length=LONGEST_COMMENT)


class FileForm(forms.Form):
    file = forms.FileField(max_length=255)


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name)


class ManyFiles(forms.FileField):
    """One or several parts of the same name."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        return [super(ManyFiles, self).clean(each, initial) for each in data or [None]]


class ImportForm(forms.Form):
    """``organisation`` is the public id of the one on whose behalf the files are sent; empty: for the whole city."""

    kind = forms.ChoiceField(choices=[(each, each) for each in kinds_of_list()])
    file = ManyFiles(max_length=255)
    sender = forms.CharField(max_length=200)
    organisation = forms.UUIDField(required=False)
    as_of = forms.DateField(required=False, input_formats=["%Y-%m-%d"])


class ChoiceOfPushesForm(RecordForm):
    personalised = forms.BooleanField(required=False)


class InterestForm(RecordForm):
    """``said``: a class of the IPC, or a word. ``wanted`` False: not for us."""

    sort = forms.ChoiceField(choices=Sort.choices)
    said = forms.CharField(max_length=LONGEST_WORD)
    wanted = forms.BooleanField(required=False, initial=True)


class TakenAwayForm(RecordForm):
    id = forms.UUIDField()


class QuestionForm(RecordForm):
    text = forms.CharField(min_length=4, max_length=2_000)
    alive = forms.BooleanField(required=False)
    size = forms.IntegerField(required=False, min_value=1, max_value=100)
