"""One move on many records through the pages: shown first, made when somebody is sure, more than a hundred as work."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.urls import reverse

from tests.web.conftest import City, make_need
from zhiqiao.core.models import Job
from zhiqiao.kit.actors import PUBLIC
from zhiqiao.kit.bulk import AT_ONCE
from zhiqiao.kit.forms import RecordForm
from zhiqiao.needs.models import Need
from zhiqiao.web.registers.writing import said_in


class ManyChoices(RecordForm):
    ways = forms.MultipleChoiceField(choices=[("sale", "转让"), ("licence", "许可"), ("equity", "作价入股")])
    note = forms.CharField(required=False)


def test_several_choices_are_all_said() -> None:
    form = ManyChoices(QueryDict("ways=sale&ways=licence&note=急&other=1"), actor=PUBLIC)
    said = said_in(form)
    assert said == {"ways": ["sale", "licence"], "note": "急"}
    anew = ManyChoices(said, actor=PUBLIC)
    assert anew.is_valid() and anew.cleaned_data == said


@pytest.mark.django_db
def test_nothing_is_changed_until_somebody_is_sure(city: City) -> None:
    officer, place = city.client("bureau"), reverse("need_bulk", args=["close"])
    chosen: dict[str, Any] = {"id": [str(city.records[name].public_id) for name in ("own_need", "foreign_need")]}
    shown = officer.post(place, chosen)
    assert shown.context["expected"].moved == 2 and Need.objects.filter(state="open").count() == 2
    done = officer.post(place, {**chosen, "sure": "1"})
    assert done.context["result"].moved == 2 and not Need.objects.filter(state="open").exists()


@pytest.mark.django_db
def test_many_become_work_and_the_same_asking_once_only(city: City) -> None:
    for number in range(AT_ONCE):
        make_need(f"需求{number}", city.houses["firm"])
    officer, place = city.client("bureau"), reverse("need_bulk", args=["close"])
    asked = {"all": "1", "query": "state=open", "sure": "1", "key": "once"}
    first, again = officer.post(place, asked), officer.post(place, asked)
    job = Job.objects.get(kind="bulk_move")
    assert first["Location"] == again["Location"] == reverse("job_page", args=[job.public_id])
    assert len(job.arguments["ids"]) == AT_ONCE + 2 and not Need.objects.filter(state="closed").exists()
    page = officer.get(first["Location"]).content.decode()
    assert "技术需求: 关闭需求" in page or "Needs: Close need" in page, "its page says which step it takes"
    assert "Close need" not in (told := city.client("admin").get(first["Location"]).content.decode())
    assert "关闭需求" not in told, "an operator does not see what work is about"
