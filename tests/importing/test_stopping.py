"""An import that somebody stops: what came in stays and is told, can be undone, gone on with, or sent again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.importing.lists import OFFICER, counts, request, row, write_list
from zhiqiao.core import importing, jobs
from zhiqiao.core.importing import Progress, carry_out, start_import
from zhiqiao.core.importjobs import close_dead_runs, job_of, storer_of
from zhiqiao.core.jobs import JobContext, request_cancel, retry_job, run_job, run_worker, take_job
from zhiqiao.core.models import ImportRun, Job
from zhiqiao.kernel.errors import Conflict, ZhiqiaoError
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.roles import Role
from zhiqiao.registry.models import Patent
from zhiqiao.registry.sending import begin, send, send_again, stop_import, undo_import

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_chunks(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.ZHIQIAO_HOUSEKEEPING = []
    settings.ZHIQIAO_AFTER_IMPORT = {}
    monkeypatch.setattr(importing, "CHUNK", 5)
    monkeypatch.setattr(jobs, "REPORT_EVERY", 0.0)
    yield


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return write_list(tmp_path / "a.csv", [row(serial) for serial in range(1, 13)])


def stopped_after_a_chunk(listed: Path) -> tuple[ImportRun, Job]:
    run = send(actor=OFFICER, request=request(listed))
    job = take_job("me")
    assert job is not None
    stop_import(actor=OFFICER, run=run)
    # As the worker read it before: it hears of it after its first chunk.
    job.cancel_requested = False
    context_progress, told = JobContext.progress, []

    def after_the_first(context: JobContext, done: int, total: int | None = None, stage: str = "") -> None:
        told.append(done)
        if len(told) > 1:
            context_progress(context, done, total, stage)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JobContext, "progress", after_the_first)
        run_job(job, threading.Event())
    run.refresh_from_db()
    job.refresh_from_db()
    return run, job


def work_off() -> None:
    run_worker(threading.Event(), once=True)


def test_what_came_in_before_stays_and_is_told(listed: Path) -> None:
    run, job = stopped_after_a_chunk(listed)
    assert (run.state, counts(run), job.state) == ("cancelled", (5, 0, 0, 0), "cancelled")
    assert run.finished_at is not None
    assert job.result is not None
    assert job.result["counts"]["created"] == 5
    assert Patent.objects.count() == 5


def test_a_stopped_import_can_be_undone(listed: Path) -> None:
    run, _ = stopped_after_a_chunk(listed)
    assert undo_import(actor=OFFICER, run=run).state == "undone"
    assert not Patent.objects.filter(withdrawn_at=None).exists()


def test_a_stopped_import_can_be_gone_on_with(listed: Path) -> None:
    run, job = stopped_after_a_chunk(listed)
    retry_job(actor=OFFICER, job=job)
    work_off()
    run.refresh_from_db()
    job.refresh_from_db()
    assert (run.state, counts(run), job.state) == ("done", (12, 0, 0, 0), "done")
    assert run.source_rows.count() == 12, "no row twice"


def test_a_stopped_import_can_be_sent_again(listed: Path) -> None:
    run, _ = stopped_after_a_chunk(listed)
    again = send_again(actor=OFFICER, run=run)
    work_off()
    again.refresh_from_db()
    assert again.pk != run.pk
    assert (again.state, counts(again)) == ("done", (7, 0, 5, 0))


def test_an_undone_import_is_not_gone_on_with(listed: Path) -> None:
    run, job = stopped_after_a_chunk(listed)
    undo_import(actor=OFFICER, run=run)
    retry_job(actor=OFFICER, job=job)
    work_off()
    job.refresh_from_db()
    assert job.failure is not None
    assert (job.state, job.failure["code"], job.attempts) == ("failed", "import_taken_back", 1)


def test_one_that_waits_is_stopped_at_once(listed: Path) -> None:
    run = stop_import(actor=OFFICER, run=send(actor=OFFICER, request=request(listed)))
    assert run.state == "cancelled"
    work_off()
    run.refresh_from_db()
    assert (run.state, run.rows) == ("cancelled", 0)
    with pytest.raises(Conflict) as refused:
        stop_import(actor=OFFICER, run=run)
    assert refused.value.reason == "import_not_running"


def test_one_whose_job_was_cancelled_elsewhere_ends_too(listed: Path) -> None:
    run = send(actor=OFFICER, request=request(listed))
    job = job_of(run)
    assert job is not None
    request_cancel(actor=OFFICER, job=job)
    assert close_dead_runs() == 1
    run.refresh_from_db()
    assert (run.state, run.reasons) == ("cancelled", {})


def test_a_file_that_cannot_be_read_ends_job_and_run(tmp_path: Path) -> None:
    bad = tmp_path / "坏.csv"
    bad.write_text("没有表头\n", encoding="utf-8")
    run = send(actor=OFFICER, request=request(bad))
    work_off()
    job = job_of(run)
    assert job is not None and job.result is not None and job.failure is not None
    run.refresh_from_db()
    assert (run.state, job.state, job.failure["code"]) == ("failed", "failed", "heading_missing")
    assert job.result["about"] == {"import_number": run.number}


def test_the_result_names_the_rejected_rows_and_the_report(tmp_path: Path) -> None:
    run = send(
        actor=OFFICER, request=request(write_list(tmp_path / "b.csv", [row(1), row(2, 申请号="2.02E+12"), row(3)]))
    )
    work_off()
    run.refresh_from_db()
    job = job_of(run)
    assert job is not None and job.result is not None and run.report is not None
    assert job.result["failures"] == 1
    (failed,) = job.result["failed"]
    assert (failed["subject"], failed["facts"]["column"]) == ("b.csv · 3", "申请号")
    assert job.result["report"] == run.report.sha256


def heard(path: Path) -> list[Progress]:
    steps: list[Progress] = []
    run = start_import(actor=OFFICER, request=request(path))
    carry_out(actor=OFFICER, run=run, storer=storer_of("patents"), watch=steps.append)
    return steps


@pytest.mark.parametrize("ending", ["csv", "xlsx", "xls", "zip"])
def test_a_watcher_hears_how_much_of_the_files_is_read(tmp_path: Path, ending: str) -> None:
    rows = [row(serial, 摘要="一种示例装置，" * 400) for serial in range(1, 21)]
    path = tmp_path / f"a.{ending}"
    if ending == "zip":
        with ZipFile(path, "w") as archive:
            for part in range(4):
                listed = write_list(tmp_path / f"part{part}.csv", rows[part * 5 : part * 5 + 5])
                archive.write(listed, listed.name)
    else:
        write_list(path, rows)
    shares = [step.read / step.size for step in heard(path)]
    assert len(shares) == 4
    assert shares == sorted(shares)
    # Headings are looked for in the first forty rows, so a short list is read to its end at once.
    assert 0 < shares[0] <= 1 and shares[-1] > 0.9
    if ending == "zip":
        assert shares == pytest.approx([0.25, 0.5, 0.75, 1.0], abs=0.01)


MANAGER = Actor("m", "m", 7, {1: frozenset({Role.HOLDER_MANAGER})})


@pytest.mark.parametrize("nobody", [PUBLIC, MANAGER, Actor("a", "a", 8, {1: frozenset({Role.SYSTEM_ADMIN})})])
def test_only_who_may_hands_in_stops_and_undoes(listed: Path, nobody: Actor) -> None:
    run = send(actor=OFFICER, request=request(listed))
    attempts: list[Callable[[], object]] = [
        lambda: send(actor=nobody, request=request(listed, kind="needs")),
        lambda: begin(actor=nobody, request=request(listed)),
        lambda: send_again(actor=nobody, run=run),
        lambda: stop_import(actor=nobody, run=run),
        lambda: undo_import(actor=nobody, run=run),
    ]
    for attempt in attempts:
        with pytest.raises(ZhiqiaoError) as refused:
            attempt()
        assert refused.value.kind in {"forbidden", "not_found"}
    run.refresh_from_db()
    assert (run.state, ImportRun.objects.count()) == ("running", 1)
