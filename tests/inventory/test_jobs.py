"""Appraising as a job of the worker: for whoever asked, with the rights they hold now."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from tests.inventory.factories import TODAY, entry, hold, organisation, patent
from zhiqiao.core.jobs import JobContext
from zhiqiao.core.models import Job
from zhiqiao.inventory.actions import freeze_inventory
from zhiqiao.inventory.jobs import appraise_all, refresh_stock
from zhiqiao.inventory.models import Appraisal, Inventory, InventoryEntry, TierDecision
from zhiqiao.kernel.errors import Forbidden, Invalid
from zhiqiao.kit.roles import Role
from zhiqiao.parties.actors import operator
from zhiqiao.parties.models import Membership, Organisation, User
from zhiqiao.registry.models import Patent

pytestmark = pytest.mark.django_db


def context(actor_id: str, **arguments: object) -> JobContext:
    job = Job.objects.create(
        kind="inventory.appraise_all",
        idempotency_key=actor_id,
        arguments=arguments,
        actor_id=actor_id,
        actor_name="示例",
        state=Job.State.RUNNING,
        holder="test",
    )
    return JobContext(job, threading.Event())


def test_the_console_appraises_all() -> None:
    entry(organisation(), patent(claim_count=3))
    patent()
    asked = context("console:root", as_of=TODAY.isoformat())
    appraise_all(asked)
    assert asked.result.counts["appraised"] == 2
    assert (Appraisal.objects.count(), TierDecision.objects.count()) == (2, 1)
    asked.job.refresh_from_db()
    assert (asked.job.progress_done, asked.job.progress_total, asked.job.stage) == (1, 1, "suggest_tiers")
    again = context("console:again", as_of=TODAY.isoformat())
    appraise_all(again)
    assert (again.result.counts["appraised"], again.result.counts["tiers_written"]) == (0, 0)


def test_rights_are_those_held_when_the_job_runs() -> None:
    bureau = organisation("示例局", "authority")
    user = User.objects.create(username="u", display_name="示例")
    held = Membership.objects.create(user=user, organisation=bureau, role=Role.BUREAU_OFFICER, started_on=TODAY)
    asked = context(str(user.public_id))
    appraise_all(asked)
    assert asked.result.counts["patents"] == 0
    Membership.objects.filter(pk=held.pk).update(ended_on=TODAY)
    with pytest.raises(Forbidden):
        appraise_all(asked)


@pytest.mark.parametrize("nobody", ["0190a0f0-0000-7000-8000-000000000000", "not-an-id", "system:other"])
def test_nobody_appraises_nothing(nobody: str) -> None:
    with pytest.raises(Forbidden):
        appraise_all(context(nobody))


def test_a_day_that_is_none() -> None:
    with pytest.raises(Invalid, match="date_format"):
        appraise_all(context("console:root", as_of="gestern"))
    unsaid = context("console:x", as_of=None)
    appraise_all(unsaid)
    assert unsaid.result.about["as_of"] >= date(2026, 1, 1).isoformat()


def test_what_came_in_is_taken_into_stock_by_the_product_itself() -> None:
    entered = held_by(organisation())
    done = context("system:imports")
    refresh_stock(done)
    assert (done.result.counts["appraised"], done.result.counts["tiers_written"]) == (1, 1)
    assert InventoryEntry.objects.get().patent == entered
    later = held_by(organisation("示例学院"))
    freeze_inventory(actor=operator("test"), inventory=Inventory.objects.get())
    again = context("system:imports:again")
    refresh_stock(again)
    assert again.result.counts["appraised"] == 1
    assert not InventoryEntry.objects.filter(patent=later).exists(), "a frozen stocktaking keeps what it counts"


def held_by(owner: Organisation) -> Patent:
    taken = patent(claim_count=3)
    hold(taken, owner)
    return taken
