"""What somebody still reaches after a role has ended."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.attack.conftest import City, Programs
from tests.importing.lists import row, write_list
from tests.web.conftest import make_person
from zhiqiao.core.importing import ImportRequest
from zhiqiao.core.importjobs import close_dead_runs, job_of
from zhiqiao.core.jobs import run_worker
from zhiqiao.core.models import ImportRun, Job
from zhiqiao.kernel.errors import Forbidden
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actions.jobs import retry_job
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import User
from zhiqiao.parties.policies import USERS
from zhiqiao.registry.models import Patent
from zhiqiao.registry.sending import send, send_again, stop_import

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(city: City) -> User:
    """Once staff of the college, now of the rival alone."""
    person = make_person("gone", city.houses["college"], Role.HOLDER_STAFF)
    person.memberships.update(ended_on=timezone.localdate())
    person.memberships.create(
        organisation=city.houses["rival"], role=Role.HOLDER_STAFF, started_on=timezone.localdate()
    )
    return person


def test_manager_sees_no_log_in_whose_role_in_the_house_has_ended(city: City, programs: Programs, gone: User) -> None:
    manager = actor_for(city.people["holder"])
    assert not USERS.may(manager, "view", gone) and not USERS.may(manager, "grant_some", gone)
    assert not USERS.visible(manager, User.objects.filter(pk=gone.pk)).exists()
    assert programs.of("holder", "read").get(f"people/{gone.public_id}/").status_code == 404
    page = city.client("holder").get(reverse("person_page", args=[gone.public_id]))
    assert page.status_code == 404
    assert gone.display_name not in city.client("holder").get(reverse("person_list")).content.decode()


def test_manager_of_the_house_where_a_role_is_in_force_sees_the_log_in(city: City, gone: User) -> None:
    manager = make_person("dean", city.houses["rival"], Role.HOLDER_MANAGER)
    assert USERS.may(actor_for(manager), "view", gone)
    assert USERS.visible(actor_for(manager), User.objects.filter(pk=gone.pk)).exists()


@pytest.fixture
def waiting_run(city: City, tmp_path: Path, settings: Any) -> ImportRun:
    """Handed in by the college's manager."""
    settings.ZHIQIAO_HOUSEKEEPING = []
    settings.ZHIQIAO_AFTER_IMPORT = {}
    place = write_list(tmp_path / "a.csv", [row(serial, 申请人="示例学院") for serial in range(1, 4)])
    asked = ImportRequest("patents", (("a.csv", place),), "示例", organisation_id=city.houses["college"].pk)
    return send(actor=actor_for(city.people["holder"]), request=asked)


def end_roles(person: User) -> None:
    person.memberships.update(ended_on=timezone.localdate())


def work_off(run: ImportRun) -> Job:
    run_worker(threading.Event(), once=True)
    run.refresh_from_db()
    job = job_of(run)
    assert job is not None
    return job


def test_import_of_somebody_whose_role_ended_meanwhile_does_not_begin(city: City, waiting_run: ImportRun) -> None:
    before = Patent.objects.count()
    end_roles(city.people["holder"])
    job = work_off(waiting_run)
    assert job.failure is not None
    assert (job.state, job.failure["code"], job.attempts) == ("failed", "import_right_gone", 1)
    assert Patent.objects.count() == before
    close_dead_runs()
    waiting_run.refresh_from_db()
    assert (waiting_run.state, waiting_run.reasons) == ("failed", {"import_right_gone": 1})
    again = send_again(actor=actor_for(city.people["bureau"]), run=waiting_run)
    work_off(again)
    assert (again.state, again.created) == ("done", 3), "its files are still there"


def test_old_cancelled_import_is_not_tried_again_after_the_role_has_ended(city: City, waiting_run: ImportRun) -> None:
    manager, person = actor_for(city.people["holder"]), city.people["holder"]
    stop_import(actor=manager, run=waiting_run)
    job = job_of(waiting_run)
    assert job is not None and job.state == "cancelled"
    end_roles(person)
    for who in ("holder", "bureau"):
        with pytest.raises(Forbidden) as refused:
            retry_job(actor=actor_for(city.people[who]), job=job)
        assert refused.value.reason == "import_right_gone", "the bureau sends it in its own name instead"
    Job.objects.filter(pk=job.pk).update(state="queued", cancel_requested=False)  # as if it had slipped through
    work_off(waiting_run)
    assert waiting_run.state == "cancelled" and not waiting_run.rows


def test_import_goes_on_for_whoever_still_may(city: City, waiting_run: ImportRun) -> None:
    manager = actor_for(city.people["holder"])
    stop_import(actor=manager, run=waiting_run)
    job = job_of(waiting_run)
    assert job is not None
    retry_job(actor=manager, job=job)
    assert (work_off(waiting_run).state, waiting_run.state, waiting_run.created) == ("done", "done", 3)
