from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.core import sample_collection
from tests.core.conftest import ACTOR
from tests.core.sample_collection import write
from zhiqiao.core.audit import Subject, unit_of_work
from zhiqiao.core.encoders import encoder
from zhiqiao.core.indexing import folder_of, index_pending
from zhiqiao.core.jobs import enqueue, run_worker
from zhiqiao.core.models import AuditEntry, Job, OutboxEvent
from zhiqiao.core.seal import seal_everything
from zhiqiao.engine.documents import Document
from zhiqiao.engine.store import open_writer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installed(home: object, settings: Any) -> Any:
    settings.ZHIQIAO_COLLECTIONS = {"titles": sample_collection.COLLECTIONS["titles"]}
    settings.ZHIQIAO_ENCODER = "tests.engine.fakes:LetterPairs"
    settings.ZHIQIAO_HOUSEKEEPING = []
    return settings


def done(kind: str, key: str = "k") -> Job:
    job = enqueue(ACTOR, kind, {}, key)
    run_worker(threading.Event(), once=True)
    job.refresh_from_db()
    return job


@pytest.mark.django_db(transaction=True)
def test_a_sound_trail_is_said_to_be_sound() -> None:
    with unit_of_work(ACTOR) as work:
        work.record("core.attach", Subject("core.job", "x"), None, {})
    seal_everything()
    job = done("verify_audit")
    assert job.result is not None
    assert job.result["failed"] == []
    assert (job.state, job.result["counts"]["blocks"]) == ("done", 1)
    assert job.result["counts"]["sealed"] == 1


def test_progress_of_the_check_reaches_the_end_whatever_is_not_sealed_yet() -> None:
    for key in "abc":
        with unit_of_work(ACTOR) as work:
            work.record("core.attach", Subject("core.job", key), None, {})
        if key == "a":
            seal_everything()
    job = done("verify_audit")
    assert job.progress_total and job.progress_done == job.progress_total


def test_a_broken_trail_fails_the_job_and_is_named() -> None:
    with unit_of_work(ACTOR) as work:
        work.record("core.attach", Subject("core.job", "x"), None, {})
    seal_everything()
    AuditEntry.objects.update(actor_id="somebody else")
    job = done("verify_audit")
    assert job.result is not None and job.failure is not None
    assert (job.state, job.failure["code"], job.attempts) == ("failed", "audit_broken", 1)
    assert "columns_disagree" in {each["code"] for each in job.result["failed"]}


def test_an_index_that_agrees_is_left_alone() -> None:
    write("锂电池隔膜")
    index_pending("titles")
    waiting = write("还没有进索引")
    job = done("check_index")
    assert job.result is not None
    assert (job.state, job.result["failures"]) == ("done", 0), waiting
    assert OutboxEvent.objects.filter(queue="index.titles", done_at=None).count() == 1


def test_what_differs_is_named_and_mended() -> None:
    right, changed, missing = (write(title) for title in ("锂电池隔膜", "陶瓷刀片", "传感器"))
    index_pending("titles")
    spoil(changed, missing)
    job = done("check_index")
    assert job.result is not None
    found = {each["subject"]: each["code"] for each in job.result["failed"]}
    expected = {f"titles · {changed}": "index_stale", f"titles · {missing}": "not_indexed"}
    assert found == {**expected, "titles · 99": "index_leftover"}, right
    index_pending("titles")
    again = done("check_index", "again")
    assert again.result is not None
    assert again.result["failures"] == 0


def spoil(changed: int, missing: int) -> None:
    """What a fault could leave: an old text, a hole, and a document without a record."""
    with open_writer(folder_of("titles"), encoder()) as writer:
        stale = [Document(changed, "n", "旧题"), Document(99, "n", "没有记录", visibility=("public",))]
        writer.apply(stale, [missing], "spoilt.1")
        writer.commit()
