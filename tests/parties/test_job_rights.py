"""Who sees long work and schedules, who stops and changes them, and that no face goes past the actions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict

from tests.core import sample_jobs
from tests.parties.conftest import refuses
from zhiqiao.core.actors import SystemActor
from zhiqiao.core.jobqueue import enqueue
from zhiqiao.core.jobresults import JobResult
from zhiqiao.core.models import AuditEntry, Job, Schedule
from zhiqiao.core.schedules import declare_schedules
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.permissions import Policy, Rule, asked_by_oneself
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actions.jobs import cancel_job, retry_job
from zhiqiao.parties.actions.schedules import change_schedule, run_schedule_now, switch_schedule
from zhiqiao.parties.jobpolicies import JOBS, SCHEDULES
from zhiqiao.parties.jobselectors import (
    job_by_public_id,
    job_report_for,
    jobs_visible_to,
    schedule_named,
    schedules_visible_to,
)
from zhiqiao.parties.registers.jobs import JOBS as JOBS_REGISTER
from zhiqiao.parties.registers.jobs import SCHEDULES as SCHEDULES_REGISTER
from zhiqiao.parties.registers.jobs import ScheduleForm

pytestmark = pytest.mark.django_db
PACKAGE = Path(__file__).resolve().parents[2] / "src/zhiqiao"
Member = Callable[..., Actor]


@pytest.fixture(autouse=True)
def declared(settings: Any, tmp_path: Path) -> None:
    settings.ZHIQIAO_HOME = tmp_path
    settings.ZHIQIAO_JOBS = sample_jobs.JOBS
    settings.ZHIQIAO_SCHEDULES = {"nightly": {"kind": "count", "cron": "0 2 * * *", "arguments": {"to": 1}}}


def job_of(actor: Actor | SystemActor, key: str = "k") -> Job:
    return enqueue(actor, "count", {"to": 1, "secret": "第一行"}, key)


def test_people_see_what_they_asked_for_and_keepers_all(member: Member) -> None:
    owner, colleague = member(Role.HOLDER_MANAGER), member(Role.HOLDER_MANAGER)
    own, by_the_product = job_of(owner), job_of(SystemActor("imports"), "other")
    seen = {
        "owner": (owner, {own}),
        "colleague": (colleague, set()),
        "public": (PUBLIC, set()),
        "officer": (member(Role.BUREAU_OFFICER), {own, by_the_product}),
        "auditor": (member(Role.BUREAU_AUDITOR), {own, by_the_product}),
        "administrator": (member(Role.SYSTEM_ADMIN), {own, by_the_product}),
    }
    for name, (actor, expected) in seen.items():
        assert set(jobs_visible_to(actor)) == expected, name
    assert job_by_public_id(owner, own.public_id) == own
    with refuses(NotFound, "job_not_found"):
        job_by_public_id(colleague, own.public_id)


def test_hidden_and_absent_cost_the_same(member: Member, django_assert_num_queries: Any) -> None:
    colleague, own = member(Role.HOLDER_MANAGER), job_of(member(Role.HOLDER_MANAGER))
    for public_id in (own.public_id, JobResultId):
        with django_assert_num_queries(1), refuses(NotFound, "job_not_found"):
            job_by_public_id(colleague, public_id)


JobResultId = Job().public_id

VERBS = {
    # verb → (owner, colleague, officer, auditor, administrator, public)
    "view": (True, False, True, True, True, False),
    "view_content": (True, False, True, True, False, False),
    "cancel": (True, False, True, False, True, False),
    "retry": (True, False, True, False, True, False),
    "view_history": (False, False, True, True, False, False),
}


def test_every_verb_of_every_role(member: Member) -> None:
    owner = member(Role.HOLDER_MANAGER)
    roles = (Role.HOLDER_MANAGER, Role.BUREAU_OFFICER, Role.BUREAU_AUDITOR, Role.SYSTEM_ADMIN)
    people = [owner, *map(member, roles), PUBLIC]
    job = job_of(owner)
    assert set(JOBS.verbs) == set(VERBS)
    for verb, expected in VERBS.items():
        assert tuple(JOBS.may(each, verb, job) for each in people) == expected, verb
        listed = tuple(JOBS.permitted(each, verb, Job.objects.all()).exists() for each in people)
        assert listed == expected, verb


def test_an_id_that_nobody_signs_in_with_owns_nothing() -> None:
    policy = Policy(Rule("view", frozenset({"everyone"}), asked_by_oneself("actor_id")))
    public_job = Job(actor_id=PUBLIC.actor_id)
    assert not policy.may(PUBLIC, "view", public_job)
    console = Actor("console:root", "x", roles={0: frozenset({Role.BANK_MEMBER})})
    assert not policy.may(console, "view", Job(actor_id="console:root"))


def test_the_administrator_keeps_work_going_without_reading_it(member: Member) -> None:
    administrator, owner = member(Role.SYSTEM_ADMIN), member(Role.HOLDER_MANAGER)
    job = job_of(owner)
    result = JobResult(job.public_id)
    result.count("counted", 7)
    for number in range(201):
        result.fail(f"第 {number} 行", "file_empty")
    Job.objects.update(result=result.as_json(), state=Job.State.FAILED, failure={"code": "job_broken", "text": "机密"})

    def told(actor: Actor) -> dict[str, str]:
        rows = JOBS_REGISTER.with_attached(actor, jobs_visible_to(actor))
        return {column.name: str(column.in_words(rows[0])) for column in JOBS_REGISTER.columns_for(actor)}

    mine, theirs = told(owner), told(administrator)
    assert "counted: 7" in mine["counts"] and "第 0 行" in mine["failed"] and mine["failures"] == "201"
    assert (theirs["counts"], theirs["failed"], theirs["failures"], theirs["facts"]) == ("", "", "None", "")
    assert theirs["failure"] == mine["failure"] != ""
    assert "机密" not in str(theirs) and "第一行" not in str(theirs) + str(mine)
    job.refresh_from_db()
    assert job_report_for(owner, job).size > 0
    with pytest.raises(NotFound):
        job_report_for(administrator, job)
    assert retry_job(actor=administrator, job=job).state == "queued"


def test_without_asking_who_reads_nothing_is_told() -> None:
    job = job_of(SystemActor("x"))
    job.result = {"counts": {"counted": 1}, "failed": [], "failures": 3, "about": {"a": "b"}}
    assert [c.value(job) for c in JOBS_REGISTER.columns if c.name in {"counts", "facts", "failed"}] == ["", "", ""]


def test_only_who_may_cancels_and_tries_again(member: Member) -> None:
    owner, colleague, auditor = member(Role.HOLDER_MANAGER), member(Role.HOLDER_MANAGER), member(Role.BUREAU_AUDITOR)
    job = job_of(owner)
    for act in (cancel_job, retry_job):
        with pytest.raises(NotFound):
            act(actor=colleague, job=job)
        with pytest.raises(Forbidden):
            act(actor=auditor, job=job)
    assert cancel_job(actor=owner, job=job).state == "cancelled"
    assert retry_job(actor=owner, job=job).state == "queued"
    latest = AuditEntry.objects.order_by("-id").first()
    assert latest is not None
    assert (latest.action, latest.actor_id) == ("core.retry_job", owner.actor_id)
    with refuses(Conflict, "job_not_ended"):
        retry_job(actor=owner, job=job)


def test_moves_are_offered_as_state_and_rights_allow(member: Member) -> None:
    owner, auditor = member(Role.HOLDER_MANAGER), member(Role.BUREAU_AUDITOR)
    job = job_of(owner)
    assert [move.name for move in JOBS_REGISTER.moves_open(owner, job)] == ["cancel"]
    assert JOBS_REGISTER.moves_open(auditor, job) == []
    cancel = JOBS_REGISTER.move_named("cancel")
    assert cancel is not None
    cancelled = cancel.act(owner, job, {})
    assert [move.name for move in JOBS_REGISTER.moves_open(owner, cancelled)] == ["retry"]


def filtered(actor: Actor, query: str) -> list[Job]:
    class Request:
        def __init__(self) -> None:
            self.actor = actor

    found = JOBS_REGISTER.filters(QueryDict(query), queryset=jobs_visible_to(actor), request=Request())
    assert found.is_valid(), found.errors
    return list(found.qs)


def test_filters_and_views_of_work(member: Member) -> None:
    owner, officer = member(Role.HOLDER_MANAGER), member(Role.BUREAU_OFFICER)
    job, other = job_of(owner), job_of(SystemActor("imports"), "other")
    cancel_job(actor=officer, job=other)
    assert filtered(officer, "state=cancelled") == [other]
    assert filtered(officer, "asked=me") == []
    assert filtered(owner, "asked=me") == [job]
    assert filtered(officer, "ended=week") == [other]
    assert set(filtered(officer, "q=count")) == {job, other}
    assert filtered(officer, "q=imports") == [other]
    for view in JOBS_REGISTER.views:
        filtered(officer, view.query)


def schedule() -> Schedule:
    declare_schedules()
    return Schedule.objects.select_related("last_job").get()


CHANGES: tuple[Callable[..., object], ...] = (
    lambda actor: switch_schedule(actor=actor, schedule=schedule(), enabled=False),
    lambda actor: change_schedule(actor=actor, schedule=schedule(), cron="0 5 * * *"),
    lambda actor: run_schedule_now(actor=actor, schedule=schedule()),
)


@pytest.mark.parametrize("change", CHANGES)
def test_only_keepers_change_schedules(change: Callable[..., object], member: Member) -> None:
    with pytest.raises(NotFound):
        change(member(Role.HOLDER_MANAGER))
    with pytest.raises(NotFound):
        change(PUBLIC)
    with pytest.raises(Forbidden):
        change(member(Role.BUREAU_AUDITOR))
    before = AuditEntry.objects.count()
    change(member(Role.SYSTEM_ADMIN))
    assert AuditEntry.objects.count() > before
    assert set(SCHEDULES.verbs) == {"view", "switch", "change", "run", "view_history"}


def test_schedules_are_found_by_those_who_keep_them(member: Member) -> None:
    schedule()
    assert schedule_named(member(Role.BUREAU_OFFICER), "nightly").kind == "count"
    with refuses(NotFound, "schedule_not_found"):
        schedule_named(member(Role.HOLDER_MANAGER), "nightly")
    assert not schedules_visible_to(PUBLIC).exists()


def test_the_register_of_schedules_switches_changes_and_runs(member: Member) -> None:
    officer = member(Role.BUREAU_OFFICER)
    register, kept = SCHEDULES_REGISTER, schedule()
    assert [move.name for move in register.moves_open(officer, kept)] == ["run", "off"]
    run, off, on = (register.move_named(name) for name in ("run", "off", "on"))
    assert run and off and on and register.change and register.change.first
    run.act(officer, kept, {})
    assert [move.name for move in register.moves_open(officer, schedule())] == ["off"]
    assert off.act(officer, schedule(), {}).enabled is False
    assert on.act(officer, schedule(), {}).enabled is True
    assert register.change.first(schedule()) == {"cron": "0 2 * * *"}
    assert register.change.act(officer, schedule(), {"cron": "0 3 * * *"}).cron == "0 3 * * *"


def test_a_wrong_time_table_is_said_beside_the_field(member: Member) -> None:
    officer = member(Role.BUREAU_OFFICER)
    form = ScheduleForm({"cron": "nachts"}, actor=officer, record=schedule())
    assert not form.is_valid()
    assert form.errors.as_data()["cron"][0].code == "cron_unreadable"
    with pytest.raises(Invalid):
        change_schedule(actor=officer, schedule=schedule(), cron="nachts")


# What core does without asking who may; the actions above it ask.
UNASKED = {
    "zhiqiao.core.jobqueue": {"request_cancel", "retry_job"},
    "zhiqiao.core.jobs": {"request_cancel", "retry_job"},
    "zhiqiao.core.importing": {"start_import", "undo_import", "rehearse"},
    "zhiqiao.core.importjobs": {"hand_in"},
    "zhiqiao.core.schedules": {"switch", "change", "run_now"},
}


def reached_past_the_actions() -> Iterator[str]:
    for path in sorted(path for face in ("web", "api", "cli") for path in (PACKAGE / face).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        unasked = {name for names in UNASKED.values() for name in names}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in UNASKED:
                yield from (f"{path.name}: {each.name}" for each in node.names if each.name in UNASKED[node.module])
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = f"zhiqiao.core.{node.value.id}"
                if node.attr in unasked and node.attr in UNASKED.get(module, set()):
                    yield f"{path.name}: {node.value.id}.{node.attr}"


def test_no_face_goes_past_the_actions() -> None:
    assert list(reached_past_the_actions()) == []
