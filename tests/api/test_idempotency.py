"""Writes sent twice: answered twice alike, written once; whatever happens in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone

from tests.api.conftest import Program, Programs, told
from tests.web.conftest import City
from zhiqiao.api import idempotency
from zhiqiao.api.idempotency import KEPT_FOR, forget_old_answers
from zhiqiao.api.models import IdempotentAnswer
from zhiqiao.core.models import AuditEntry, ImportRun
from zhiqiao.needs.models import Need

STATED = {"text": "求更耐磨的模具钢。寿命翻倍。"}


def at_once(*asks: Callable[[], HttpResponse]) -> list[HttpResponse]:
    """Ask in threads of their own, all at the same moment."""
    start, answers = threading.Barrier(len(asks)), [HttpResponse() for _ in asks]

    def run(number: int) -> None:
        try:
            start.wait()
            answers[number] = asks[number]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db
def test_second_request_is_answered_as_the_first_and_writes_nothing(programs: Programs) -> None:
    program, before = programs.of("firm"), Need.objects.count()
    first = program.post("needs/", STATED, Idempotency_Key="order-1")
    again = program.post("needs/", STATED, Idempotency_Key="order-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert [again.headers[name] for name in ("Location", "ETag")] == [first.headers["Location"], first.headers["ETag"]]
    assert "Idempotency-Replayed" not in first.headers and again.headers["Idempotency-Replayed"] == "true"
    assert Need.objects.count() == before + 1


@pytest.mark.django_db
def test_key_belongs_to_one_request_of_one_person(programs: Programs, city: City) -> None:
    program = programs.of("firm")
    program.post("needs/", STATED, Idempotency_Key="k")
    other = program.post("needs/", {"text": "求别的东西，越快越好。"}, Idempotency_Key="k")
    assert (other.status_code, told(other)["code"]) == (422, "idempotency_key_reused")
    elsewhere = program.post(f"needs/{city.records['own_need'].public_id}/close/", If_Match="*", Idempotency_Key="k")
    assert told(elsewhere)["code"] == "idempotency_key_reused"
    somebody = programs.of("bureau").post("needs/", {"text": "求别的东西，越快越好。"}, Idempotency_Key="k")
    assert somebody.status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "钥匙"])
def test_key_must_be_usable(programs: Programs, key: str) -> None:
    refused = programs.of("firm").post("needs/", STATED, Idempotency_Key=key)
    assert (refused.status_code, told(refused)["code"]) == (400, "idempotency_key_unusable")


@pytest.mark.django_db
def test_refused_write_leaves_no_answer_behind(programs: Programs) -> None:
    program = programs.of("firm")
    assert program.post("needs/", {"text": ""}, Idempotency_Key="k").status_code == 422
    assert not IdempotentAnswer.objects.exists()
    assert program.post("needs/", STATED, Idempotency_Key="k").status_code == 201


@pytest.mark.django_db
def test_move_is_replayed_although_the_etag_has_moved_on(programs: Programs, city: City) -> None:
    program, path = programs.of("firm"), f"needs/{city.records['own_need'].public_id}/"
    seen = program.get(path).headers["ETag"]
    first = program.post(f"{path}close/", If_Match=seen, Idempotency_Key="close-1")
    again = program.post(f"{path}close/", If_Match=seen, Idempotency_Key="close-1")
    assert first.status_code == again.status_code == 200 and first.content == again.content
    assert program.post(f"{path}close/", If_Match=seen).status_code == 412
    assert AuditEntry.objects.filter(action="needs.close_need").count() == 1


@pytest.mark.django_db
def test_crash_before_the_end_leaves_neither_record_nor_answer(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, before = programs.of("firm"), Need.objects.count()

    def crash(*_: Any, **__: Any) -> None:
        assert Need.objects.count() == before + 1
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(IdempotentAnswer, "save", crash, raising=True)
        failed = program.post("needs/", STATED, Idempotency_Key="k")
    assert failed.status_code == 500
    assert (Need.objects.count(), IdempotentAnswer.objects.count()) == (before, 0)
    assert program.post("needs/", STATED, Idempotency_Key="k").status_code == 201


@pytest.mark.django_db
def test_answer_is_kept_for_a_day_and_encrypted(programs: Programs) -> None:
    program = programs.of("firm")
    with time_machine.travel(timezone.now() - KEPT_FOR - timedelta(minutes=1)):
        assert programs.of("bureau").post("needs/", STATED, Idempotency_Key="old").status_code == 201
    assert program.post("needs/", STATED, Idempotency_Key="new").status_code == 201
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM api_idempotentanswer")
        assert all("模具" not in str(body) for (body,) in cursor.fetchall())
    assert forget_old_answers() == 1
    assert [each.key for each in IdempotentAnswer.objects.all()] == ["new"]


@pytest.mark.django_db
def test_files_count_by_their_content(programs: Programs) -> None:
    program = programs.of("bureau")

    def send(rows: str) -> HttpResponse:
        sent = {"kind": "needs", "sender": "示例", "file": SimpleUploadedFile("需求.csv", rows.encode())}
        headers = {**program.headers, "Idempotency-Key": "files"}
        answer: HttpResponse = program.client.post("/api/v1/imports/", sent, headers=headers)  # type: ignore[assignment]
        return answer

    first, again = send("需求名称\n求电池\n"), send("需求名称\n求电池\n")
    assert first.status_code == 201, first.content
    assert first.content == again.content and again.headers["Idempotency-Replayed"] == "true"
    assert told(send("需求名称\n求别的\n"))["code"] == "idempotency_key_reused"
    assert ImportRun.objects.filter(public_id=told(first)["id"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_once(programs: Programs) -> None:
    before = Need.objects.count()
    askers = [programs.of("firm") for _ in range(4)]

    def ask(program: Program) -> Callable[[], HttpResponse]:
        return lambda: program.post("needs/", STATED, Idempotency_Key="at-once")

    answers = at_once(*map(ask, askers))
    assert [each.status_code for each in answers] == [201] * 4, [each.content for each in answers]
    assert len({each.content for each in answers}) == 1
    assert sorted("Idempotency-Replayed" in each.headers for each in answers) == [False, True, True, True]
    assert Need.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_saw_the_same_only_one_changes(programs: Programs, city: City) -> None:
    path = f"needs/{city.records['own_need'].public_id}/"
    askers = [programs.of("firm"), programs.of("bureau"), programs.of("firm")]
    seen = {each: askers[each].get(path).headers["ETag"] for each in range(3)}

    def change(number: int) -> Callable[[], HttpResponse]:
        return lambda: askers[number].patch(path, {"title": f"题目{number}"}, If_Match=seen[number])

    answers = at_once(*(change(number) for number in range(3)))
    assert sorted(each.status_code for each in answers) == [200, 412, 412], [each.content for each in answers]
    (won,) = [number for number, each in enumerate(answers) if each.status_code == 200]
    assert Need.objects.get(pk=city.records["own_need"].pk).title == f"题目{won}"
    assert AuditEntry.objects.filter(action="needs.change_need").count() == 1


@pytest.mark.django_db(transaction=True)
def test_second_is_told_to_wait_while_the_first_is_at_work(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "LONGEST_WAIT", "200ms")
    program, begun, over = programs.of("firm"), threading.Event(), threading.Event()
    program.get("needs/")  # notes that the key is used, which is a write
    actor_id = str(programs.city.people["firm"].public_id)

    def first() -> None:
        with transaction.atomic():
            IdempotentAnswer.objects.create(actor_id=actor_id, key="slow", digest="x")
            begun.set()
            over.wait(300)
        connection.close()

    working = threading.Thread(target=first)
    working.start()
    assert begun.wait(300)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 200")
    try:
        second = program.post("needs/", STATED, Idempotency_Key="slow")
    finally:
        over.set()
        working.join()
        connection.close()
    assert (second.status_code, told(second)["code"]) == (409, "idempotency_in_progress")
