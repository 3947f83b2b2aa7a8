"""One move on many records: shown first, each by itself, and as a job that a kill neither doubles nor loses."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone

from tests.kit.conftest import ActorOf
from tests.web.conftest import City, make_need
from zhiqiao.core.jobs import JobContext, run_job, take_job
from zhiqiao.core.models import AuditEntry, Job
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kit import bulk
from zhiqiao.kit.bulk import Chosen, ask_for, chosen_records, move_all, ordered_ids, preview
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.registers import Move, Register
from zhiqiao.needs.models import Need
from zhiqiao.parties.models import Membership

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As if the power went."""


@pytest.fixture
def needs() -> Register[Any]:
    return register_named("need")


@pytest.fixture
def close(needs: Register[Any]) -> Move[Any]:
    move = needs.move_named("close")
    assert move is not None
    return move


def all_of(city: City) -> Chosen:
    return Chosen(tuple(Need.objects.order_by("pk").values_list("public_id", flat=True)))


def test_preview_says_what_would_happen_and_writes_nothing(
    city: City, actor: ActorOf, needs: Register[Any], close: Move[Any]
) -> None:
    make_need("已关闭", city.houses["firm"], state="closed")
    trail = AuditEntry.objects.count()
    seen = preview(needs, actor("bureau"), close, all_of(city))
    assert (seen.moved, dict(seen.reasons)) == (2, {"move_not_offered": 1})
    assert [each.name for each in seen.refused] == ["已关闭"]
    assert Need.objects.filter(state="open").count() == 2 and AuditEntry.objects.count() == trail


def test_what_one_is_refused_does_not_hold_up_the_next(
    city: City, actor: ActorOf, needs: Register[Any], close: Move[Any]
) -> None:
    make_need("已关闭", city.houses["firm"], state="closed")
    made = move_all(needs, actor("bureau"), close, chosen_records(needs, actor("bureau"), all_of(city)), {})
    assert (made.moved, made.total, [each.code for each in made.refused]) == (2, 3, ["move_not_offered"])
    assert not Need.objects.filter(state="open").exists()


def test_foreign_records_are_not_even_counted(
    city: City, actor: ActorOf, needs: Register[Any], close: Move[Any]
) -> None:
    seen = preview(needs, actor("firm"), close, all_of(city))
    assert (seen.moved, seen.total) == (1, 1)


def test_who_may_only_read_is_refused_by_name(
    city: City, actor: ActorOf, needs: Register[Any], close: Move[Any]
) -> None:
    reader = actor("auditor")
    made = move_all(needs, reader, close, chosen_records(needs, reader, all_of(city)), {})
    assert (made.moved, dict(made.reasons)) == (0, {"forbidden": 2})
    assert Need.objects.filter(state="open").count() == 2


def test_all_that_the_filters_leave(city: City, actor: ActorOf, needs: Register[Any]) -> None:
    chosen = chosen_records(needs, actor("bureau"), Chosen(None, "q=模具"))
    assert [need.title for need in chosen] == ["模具开裂"]


def test_too_many_at_once_are_refused(
    city: City, actor: ActorOf, needs: Register[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 1)
    for chosen in (all_of(city), Chosen(None, "state=open")):
        with pytest.raises(Invalid, match="too_many_records"):
            chosen_records(needs, actor("bureau"), chosen)


def test_a_form_that_is_not_filled_in_moves_nothing(city: City, actor: ActorOf) -> None:
    entries = register_named("entry")
    decide = entries.move_named("confirm")
    assert decide is not None
    made = move_all(entries, actor("bureau"), decide, entries.records(actor("bureau")), {"tier": "nonsense"})
    assert made.moved == 0 and {each.code for each in made.refused} <= {"form_refused", "forbidden", "move_not_offered"}
    assert any("tier" in each.facts.get("fields", {}) for each in made.refused)


def test_ids_that_are_none_are_left_out() -> None:
    key = "018f0000-0000-7000-8000-000000000000"
    assert [str(each) for each in ordered_ids(QueryDict(f"id=x&id={key}&id="))] == [key]


def work(holder: str) -> Job:
    job = take_job(holder)
    assert job is not None
    run_job(job, threading.Event())
    job.refresh_from_db()
    return job


def ask(city: City, actor: ActorOf, needs: Register[Any], close: Move[Any], who: str = "bureau") -> Job:
    return ask_for(actor=actor(who), register=needs, move=close, chosen=all_of(city), said={}, key=f"bulk:{who}:1")


@pytest.mark.django_db(transaction=True)
def test_the_job_says_what_it_did_and_what_was_refused(
    city: City, actor: ActorOf, needs: Register[Any], close: Move[Any]
) -> None:
    make_need("已关闭", city.houses["firm"], state="closed")
    ask(city, actor, needs, close)
    make_need("后来的", city.houses["firm"])  # somebody else's choice
    job = work("a")
    assert job.state == Job.State.DONE and job.result is not None
    assert (job.result["counts"], job.result["failures"]) == ({"moved": 2}, 1)
    assert [(each["subject"], each["code"]) for each in job.result["failed"]] == [("已关闭", "move_not_offered")]
    assert list(Need.objects.filter(state="open").values_list("title", flat=True)) == ["后来的"]


@pytest.mark.django_db(transaction=True)
def test_rights_are_those_of_the_moment(city: City, actor: ActorOf, needs: Register[Any], close: Move[Any]) -> None:
    ask(city, actor, needs, close)
    Membership.objects.filter(user=city.people["bureau"]).update(ended_on=timezone.localdate())
    job = work("a")
    assert job.result is not None and job.result["counts"].get("moved", 0) == 0
    assert {each["code"] for each in job.result["failed"]} == {"not_found"}
    assert Need.objects.filter(state="open").count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["inside", "between"])
def test_killed_and_taken_up_again_nothing_is_doubled_or_lost(
    city: City, actor: ActorOf, needs: Register[Any], close: Move[Any], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    for number in range(3):
        make_need(f"需求{number}", city.houses["firm"])
    make_need("已关闭", city.houses["firm"], state="closed")
    ask(city, actor, needs, close)
    name = "save_checkpoint" if place == "inside" else "progress"  # the move is made, not yet committed; committed
    whole = getattr(JobContext, name)
    calls = iter(range(100))

    def killed(context: JobContext, *given: Any) -> None:
        whole(context, *given)
        if next(calls) == 2:
            raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(JobContext, name, killed)
        work("a")
    assert Need.objects.filter(state="closed").count() == (3 if place == "inside" else 4)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        job = work("b")
    assert job.state == Job.State.DONE and job.result is not None
    assert (job.result["counts"], job.result["failures"]) == ({"moved": 5}, 1)
    closed = AuditEntry.objects.filter(action="needs.close_need").values_list("subject_id", flat=True)
    assert len(closed) == len(set(closed)) == 5
