"""Reading and writing through the interface: types, pages, ETags, refusals in words."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import Program, Programs, told
from tests.web.conftest import City, make_need
from zhiqiao.core.models import AuditEntry
from zhiqiao.needs.models import Need

pytestmark = pytest.mark.django_db


def need_path(city: City, whose: str = "own") -> str:
    return f"needs/{city.records[f'{whose}_need'].public_id}/"


def etag(program: Program, path: str) -> str:
    return program.get(path).headers["ETag"]


def test_index_names_what_is_open_to_the_caller(programs: Programs) -> None:
    names = {each["name"] for each in told(programs.of("firm").get(""))["registers"]}
    assert {"need", "patent", "organisation"} <= names and "audit" not in names
    assert {each["name"] for each in told(programs.of("public").get(""))["registers"]} == {"patent"}
    assert {each["name"] for each in told(programs.of("firm", "needs:read").get(""))["registers"]} == {"need"}


def test_me_tells_person_roles_and_key(programs: Programs) -> None:
    answer = told(programs.of("firm", "read").get("me"))
    (house,) = answer["organisations"]
    assert (answer["name"], house["roles"], answer["key"]["scopes"]) == ("示例·firm", ["enterprise_member"], ["read"])
    assert told(programs.logged_in("firm").get("me"))["key"] is None


def test_record_is_told_with_the_types_of_json(programs: Programs, city: City) -> None:
    record = told(programs.of("firm").get(need_path(city)))
    assert record["id"] == str(city.records["own_need"].public_id)
    assert record["url"] == f"/api/v1/{need_path(city)}"
    assert (record["state"], record["published"], record["deadline"]) == ("open", False, None)
    house = city.houses["firm"]
    assert record["organisation"] == {
        "text": house.name, "register": "organisation", "id": str(house.public_id),
        "url": f"/api/v1/organisations/{house.public_id}/",
    }  # fmt: skip
    assert record["stated_at"].endswith("Z")
    assert record["may_change"] is True and {"publish", "close"} <= set(record["moves"])


def test_list_turns_pages_by_links_without_losing_or_doubling(programs: Programs, city: City) -> None:
    for number in range(5):
        make_need(f"第{number}个需求", city.houses["firm"])
    program, seen, url = programs.of("bureau"), [], "needs/?size=2&state=open"
    while url:
        answer = program.get(url)
        body = told(answer)
        assert body["count"] == 7 and body["count_is_bound"] is False
        assert ('rel="next"' in answer.headers.get("Link", "")) == bool(body["next"])
        seen += [each["id"] for each in body["items"]]
        url = body["next"]
    assert len(seen) == len(set(seen)) == 7
    assert "content" not in told(program.get("needs/"))["items"][0]


@pytest.mark.parametrize(
    ("query", "status", "code", "field"),
    [
        ("nonsense=1", 400, "parameter_unknown", None),
        ("cols=title", 400, "parameter_unknown", None),
        ("state=nowhere", 422, "fields_refused", "state"),
        ("since=2026-13-01", 422, "fields_refused", "since"),
        ("since=2026年1月1日", 422, "fields_refused", "since"),
        ("since=", 422, "fields_refused", "since"),
        ("state=", 422, "fields_refused", "state"),
        ("sort=shoe-size", 422, "fields_refused", "sort"),
        ("size=0", 422, "fields_refused", "size"),
        ("size=201", 422, "fields_refused", "size"),
        ("size=many", 422, "fields_refused", "size"),
        ("at=!!", 422, "fields_refused", "at"),
        ("state=open&state=closed", 422, "fields_refused", "state"),
    ],
)
def test_what_a_list_cannot_understand_is_refused(
    programs: Programs, query: str, status: int, code: str, field: str | None
) -> None:
    answer = programs.of("bureau").get(f"needs/?{query}")
    body = told(answer)
    assert (answer.status_code, body["code"], body["status"]) == (status, code, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [fault["field"] for fault in body["errors"]] == ([field] if field else [])
    if not field:
        assert "state, shown, since" in body["detail"]


def test_sheet_holds_what_is_filtered(programs: Programs, city: City) -> None:
    sheet = programs.of("bureau").get("needs/export.csv?q=模具", Accept="text/csv")
    text = b"".join(sheet.streaming_content).decode()  # type: ignore[attr-defined]  # a stream
    assert "模具开裂" in text and "玩具掉色" not in text
    assert programs.of("bureau").get("needs/export.csv?size=5").status_code == 400
    assert programs.of("bureau").get("needs/export.pdf").status_code == 404


def test_unchanged_record_is_not_sent_again(programs: Programs, city: City) -> None:
    program, path = programs.of("firm"), need_path(city)
    seen = etag(program, path)
    again = program.get(path, If_None_Match=f'"other", {seen}')
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", seen)
    city.records["own_need"].private.save()
    program.patch(path, {"phone": "13800000001"}, If_Match=seen)
    assert program.get(path, If_None_Match=seen).status_code == 200, "a change of what is never read counts, too"


def test_need_is_made_changed_and_moved(programs: Programs, city: City) -> None:
    program, house = programs.of("firm"), str(city.houses["firm"].public_id)
    made = program.post(
        "needs/", {"text": "求更耐磨的模具钢。寿命翻倍。", "organisation": house, "phone": "13800000000"}
    )
    assert made.status_code == 201, made.content
    where = made.headers["Location"]
    assert told(made) == told(program.get(where)) and made.headers["ETag"] == etag(program, where)
    changed = program.patch(where, {"title": "求模具钢", "deadline": "2027-01-31"}, If_Match=made.headers["ETag"])
    assert changed.status_code == 200, changed.content
    assert (told(changed)["title"], told(changed)["deadline"]) == ("求模具钢", "2027-01-31")
    assert "寿命翻倍" in told(changed)["content"], "what was not sent stays"
    assert Need.objects.get(public_id=told(made)["id"]).private.phone == "13800000000"
    cleared = program.patch(where, {"deadline": None}, If_Match=changed.headers["ETag"])
    assert told(cleared)["deadline"] is None
    shown = program.post(f"{where}publish/", If_Match=cleared.headers["ETag"])
    assert told(shown)["published"] is True and shown.headers["ETag"] == etag(program, where)
    told_of = AuditEntry.objects.filter(subject_id=told(made)["id"], action__startswith="needs.").order_by("id")
    assert list(told_of.values_list("action", flat=True)) == [
        "needs.state_need",
        "needs.change_need",
        "needs.change_need",
        "needs.publish_need",
    ]


def test_change_and_move_must_name_what_was_seen(programs: Programs, city: City) -> None:
    program, path = programs.of("firm"), need_path(city)
    for answer in (program.patch(path, {"title": "新"}), program.post(f"{path}close/")):
        assert (answer.status_code, told(answer)["code"]) == (428, "precondition_required")
    stale = program.patch(path, {"title": "新"}, If_Match='"00000000000000000000000000000000"')
    assert (stale.status_code, stale.headers["ETag"]) == (412, etag(program, path))
    assert not AuditEntry.objects.filter(subject_id=str(city.records["own_need"].public_id)).exists()
    assert program.post(f"{path}close/", If_Match="*").status_code == 200
    closed = program.post(f"{path}close/", If_Match=etag(program, path))
    assert (closed.status_code, told(closed)["code"]) == (409, "move_not_offered")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"text": 12345}, "text", "invalid"),
        ({"text": "求模具钢求模具钢", "published": "yes"}, "published", "invalid"),
        ({"text": "求模具钢求模具钢", "deadline": "31.1.2027"}, "deadline", "invalid"),
        ({"text": "求模具钢求模具钢", "deadline": 20270131}, "deadline", "invalid"),
        ({"text": "求模具钢求模具钢", "phone": "call me"}, "phone", "invalid"),
        ({"text": "求"}, "text", "min_length"),
        ({"text": None}, "text", "null"),
        ({}, "text", "required"),
        ({"text": "求模具钢求模具钢", "budget": "1"}, "budget", "unknown_field"),
        ({"text": "求模具钢求模具钢", "organisation": "somebody else's"}, "organisation", "invalid_choice"),
        ({"text": "求模具钢求模具钢\ud800"}, "text", "surrogate_characters_not_allowed"),
        (["a list"], "", "invalid"),
    ],
)
def test_what_a_form_cannot_take_is_said_field_by_field(programs: Programs, body: Any, field: str, code: str) -> None:
    answer = programs.of("firm").post("needs/", body)
    assert answer.status_code == 422, answer.content
    (fault,) = told(answer)["errors"]
    assert (fault["field"], fault["code"]) == (field, code) and fault["message"]


def test_words_follow_the_language_asked_for(programs: Programs) -> None:
    program = programs.of("firm")
    assert told(program.get("needs/?x=1"))["title"] == "无法理解这个请求"
    english = told(program.get("needs/?x=1", Accept_Language="en"))
    assert english["detail"].startswith("Unknown parameters: x.")
    refused = told(program.post("needs/", {"text": 1}, Accept_Language="en"))
    assert refused["errors"][0]["message"] == "Not a valid string."


def test_hidden_and_absent_answer_the_same_bytes_for_the_same_queries(programs: Programs, city: City) -> None:
    program, answers = programs.of("firm"), []
    program.get("needs/")
    program.patch(f"needs/{uuid.uuid4()}/", {})  # both rates are drawn
    for public_id in (city.records["foreign_need"].public_id, uuid.uuid4()):
        for method, path in (("GET", ""), ("PATCH", ""), ("POST", "close/")):
            with CaptureQueriesContext(connection) as queries:
                answer = program.ask(method, f"needs/{public_id}/{path}", {})
            answers.append((method, path, answer.status_code, answer.content, len(queries)))
    assert answers[:3] == answers[3:]
    assert {status for _, _, status, _, _ in answers} == {404}


def test_list_costs_the_same_queries_however_long_it_is(programs: Programs, city: City) -> None:
    program = programs.of("bureau")
    program.get("needs/")
    costs = []
    for more in (0, 20):
        for number in range(more):
            make_need(f"第{number}个", city.houses["firm"])
        with CaptureQueriesContext(connection) as queries:
            assert program.get("needs/?size=100").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
