"""What a record's history tells of records that its reader may not see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.attack.conftest import City, Programs
from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.matching.actions import match_need, suggest_push
from zhiqiao.matching.models import Match, PushSuggestion
from zhiqiao.needs.actions import NeedChange, change_need
from zhiqiao.parties.actors import actor_for

pytestmark = pytest.mark.django_db


def timeline(programs: Programs, who: str, path: str, record: Any) -> list[dict[str, Any]]:
    answer = programs.of(who, "read").get(f"{path}/{record.public_id}/timeline/")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = json.loads(answer.content)["items"]
    return found


def test_firm_does_not_read_there_which_hidden_patents_answer_its_need(city: City, programs: Programs) -> None:
    need, hidden, bureau = city.records["own_need"], city.records["foreign_patent"], actor_for(city.people["bureau"])
    words = NeedChange(title=hidden.title, content=f"{hidden.title}。{hidden.title}")
    need = change_need(actor=actor_for(city.people["firm"]), need=need, change=words)
    match_need(actor=bureau, need=need)
    assert Match.objects.filter(need=need, patent=hidden, superseded_at=None).exists(), "the bureau finds it"
    entries = timeline(programs, "firm", "needs", need)
    assert "matching.match_need" in {each["action"] for each in entries}
    assert hidden.number not in json.dumps(entries)


def test_holder_does_not_read_there_which_firm_has_a_hidden_need(city: City, programs: Programs) -> None:
    patent, need, bureau = city.records["open_patent"], city.records["foreign_need"], actor_for(city.people["bureau"])
    words = NeedChange(title=patent.title, content=f"{patent.title}。{patent.abstract}{patent.title}")
    change_need(actor=bureau, need=need, change=words)
    suggest_push(actor=bureau, patent=patent)
    firm = city.houses["other"]
    assert PushSuggestion.objects.filter(patent=patent, organisation=firm, superseded_at=None).exists()
    entries = timeline(programs, "holder", "patents", patent)
    assert "matching.suggest_push" in {each["action"] for each in entries}
    assert str(firm.public_id) not in json.dumps(entries)


@pytest.mark.parametrize(
    ("who", "record", "path", "subject", "found"),
    [
        ("firm", "own_need", "needs", "needs.need", {"version": "1", "patents": ["2018100000039"]}),
        ("holder", "open_patent", "patents", "registry.patent", {"version": "1", "organisations": ["2018100000039"]}),
    ],
)
def test_entries_of_earlier_versions_tell_no_more(
    city: City, programs: Programs, who: str, record: str, path: str, subject: str, found: dict[str, Any]
) -> None:
    with unit_of_work(actor_for(city.people["bureau"])) as work:
        work.record("matching.of_old", Subject(subject, str(city.records[record].public_id)), None, found)
    assert "2018100000039" not in json.dumps(timeline(programs, who, path, city.records[record]))
    assert "2018100000039" in json.dumps(timeline(programs, "bureau", path, city.records[record]))
