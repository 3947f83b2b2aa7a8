"""History, comments and files beside a record; files sent in; needs matched without being kept; many moved at once."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from tests.api.conftest import ROOT, Program, Programs, told
from tests.importing.conftest import home as home
from tests.web.conftest import City, make_need
from zhiqiao.core.indexing import index_pending
from zhiqiao.core.models import Attachment, Comment, ImportRun, Job
from zhiqiao.needs.models import Need
from zhiqiao.wording import trail_word

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def sent(program: Program, path: str, **parts: Any) -> HttpResponse:
    answer: HttpResponse = program.client.post(ROOT + path, parts, headers=program.headers)  # type: ignore[assignment]
    return answer


def path_of(city: City, whose: str = "own") -> str:
    return f"needs/{city.records[f'{whose}_need'].public_id}/"


def test_timeline_tells_what_was_done_by_whom(programs: Programs, city: City) -> None:
    program, path = programs.of("firm"), path_of(city)
    program.patch(path, {"title": "求模具钢"}, If_Match="*")
    (entry,) = told(program.get(f"{path}timeline/"))["items"]
    assert (entry["action"], entry["who"]["name"], entry["sealed"]) == ("needs.change_need", "示例·firm", False)
    assert entry["title"] == str(trail_word("needs.change_need"))
    assert {"field": "title", "before": "模具开裂", "after": "求模具钢"} in entry["changes"]


def test_comments_are_read_by_those_who_see_the_history(programs: Programs, city: City) -> None:
    firm, path = programs.of("firm"), f"{path_of(city)}comments/"
    made = firm.post(path, {"text": "请尽快联系。"}, Idempotency_Key="c")
    assert made.status_code == 201, made.content
    assert firm.post(path, {"text": "请尽快联系。"}, Idempotency_Key="c").content == made.content
    assert told(programs.of("bureau").get(path))["items"] == [told(made)]
    assert Comment.objects.count() == 1
    assert firm.post(path, {"text": " "}).status_code == 422
    assert programs.of("auditor").post(path, {"text": "看过了"}).status_code == 403
    assert programs.of("holder").get(path).status_code == 404
    assert programs.of("public").get(path).status_code == 401


def test_file_is_attached_listed_and_fetched(programs: Programs, city: City) -> None:
    firm, path = programs.of("firm"), f"{path_of(city)}files/"
    made = sent(firm, path, file=SimpleUploadedFile("图纸.pdf", b"%PDF-1.7 example"))
    assert made.status_code == 201, made.content
    (listed,) = told(programs.of("bureau").get(path))["items"]
    assert listed == told(made) and (listed["name"], listed["size"]) == ("图纸.pdf", 16)
    fetched = firm.get(listed["url"])
    assert b"".join(fetched.streaming_content) == b"%PDF-1.7 example"  # type: ignore[attr-defined]  # a stream
    assert fetched.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in fetched.headers["Content-Disposition"]
    assert sent(firm, path, other="x").status_code == 422
    assert firm.post(path, {"file": "x"}).status_code == 415
    assert programs.of("holder").get(listed["url"]).status_code == 404
    other = f"{path_of(city, 'foreign')}files/{listed['id']}/"
    assert programs.of("bureau").get(other).status_code == 404, "a file is found beside its own record alone"
    assert Attachment.objects.count() == 1


def test_files_are_sent_through_the_door_of_the_page(programs: Programs, city: City) -> None:
    rows = SimpleUploadedFile("专利.csv", "申请号,名称\n2018100000018,一种装置\n".encode())
    made = sent(programs.of("holder"), "imports/", kind="patents", sender="科研处", file=rows)
    assert made.status_code == 201, made.content
    run = ImportRun.objects.get(public_id=told(made)["id"])
    assert made.headers["Location"] == told(made)["url"] and made.headers["ETag"]
    assert run.organisation_id == city.houses["college"].pk and run.sender.startswith("示例学院")
    assert Job.objects.get(kind="import").arguments == {"run": str(run.public_id)}


@pytest.mark.parametrize(
    ("who", "said", "status", "field"),
    [
        ("firm", {}, 404, ""),
        ("auditor", {}, 403, ""),
        ("holder", {"kind": "needs"}, 403, ""),
        ("holder", {"kind": "shoes"}, 422, "kind"),
        ("holder", {"organisation": str(uuid.uuid4())}, 422, "organisation"),
        ("holder", {"as_of": "soon"}, 422, "as_of"),
        ("holder", {"nonsense": "1"}, 422, "nonsense"),
    ],
)
def test_files_are_refused(programs: Programs, who: str, said: dict[str, str], status: int, field: str) -> None:
    parts = {"kind": "patents", "sender": "科研处", "file": SimpleUploadedFile("a.csv", b"x"), **said}
    refused = sent(programs.of(who), "imports/", **parts)
    assert refused.status_code == status, refused.content
    assert [fault["field"] for fault in told(refused)["errors"]] == ([field] if field else [])
    assert not Job.objects.filter(kind="import").exists()


def test_need_in_words_is_answered_and_not_kept(programs: Programs, city: City) -> None:
    index_pending("patents")
    before = Need.objects.count()
    answer = programs.of("firm").post("match/", {"text": "求更耐磨的模具", "size": 5})
    (found,) = told(answer)["items"]
    assert found["patent"]["id"] == str(city.records["open_patent"].public_id)
    assert found["reasons"] and found["reasons"][0]["text"] and "耐磨" in found["passage"]["text"]
    assert found["elements"][0]["text"] == "求更耐磨的模具" and "耐磨" in found["elements"][0]["answer"]["text"]
    told_of = [(each["code"], each["facts"]) for each in found["standing"]]
    assert ("status_in_force", {"as_of": "2026-01-15"}) in told_of
    assert bool(found["why_not"]) is (found["level"] == "none")
    assert Need.objects.count() == before
    assert programs.of("firm").post("match/", {"text": "求更耐磨的模具", "size": 101}).status_code == 422
    assert programs.of("admin").post("match/", {"text": "求更耐磨的模具"}).status_code == 404
    assert programs.of("firm", "read").post("match/", {"text": "求更耐磨的模具"}).status_code == 200, (
        "it writes nothing"
    )


def test_many_are_moved_each_by_itself(programs: Programs, city: City) -> None:
    bureau, firm = programs.of("bureau"), programs.of("firm")
    own, foreign = (str(city.records[f"{whose}_need"].public_id) for whose in ("own", "foreign"))
    closed = str(make_need("旧需求", city.houses["firm"], state="closed").public_id)
    asked = {"ids": [own, foreign, closed]}
    seen = told(firm.post("needs/bulk/close/", {**asked, "preview": True}))
    assert seen["moved"] == 1 and Need.objects.filter(state="closed").count() == 1
    result = told(firm.post("needs/bulk/close/", asked, Idempotency_Key="b"))
    assert result["moved"] == 1
    assert {each["id"]: each["code"] for each in result["refused"]} == {
        closed: "move_not_offered",
        foreign: "not_found",
    }
    assert all(each["detail"] for each in result["refused"])
    assert told(firm.post("needs/bulk/close/", asked, Idempotency_Key="b")) == result
    assert told(bureau.post("needs/bulk/close/", {"ids": [foreign]}))["moved"] == 1


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": [1]}, {"ids": "all"}, {"ids": [str(uuid.uuid4())], "x": 1}])
def test_bulk_takes_ids_and_nothing_else(programs: Programs, body: dict[str, Any]) -> None:
    assert programs.of("firm").post("needs/bulk/close/", body).status_code == 422


def test_reason_of_many_is_checked_before_anything_moves(programs: Programs, city: City) -> None:
    entry = str(city.records["own_entry"].public_id)
    for said in ({"nonsense": 1}, {"note": "x" * 100_000}, {}):
        refused = programs.of("holder").post("inventory/entries/bulk/withdraw/", {"ids": [entry], "said": said})
        assert refused.status_code == 422, refused.content
