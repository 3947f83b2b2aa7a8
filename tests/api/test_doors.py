"""Who comes in: keys and their scopes, log-ins and their token, the public; how often; what a refusal looks like."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from tests.api.conftest import ROOT, Program, Programs, told
from tests.web.conftest import City
from zhiqiao.api.views.index import OpenAddress
from zhiqiao.core import rates
from zhiqiao.core.models import Allowance
from zhiqiao.core.rates import forget_old_allowances
from zhiqiao.parties.actions.keys import revoke_key
from zhiqiao.parties.actors import actor_for
from zhiqiao.parties.models import Membership

pytestmark = pytest.mark.django_db
STATED = {"text": "求更耐磨的模具钢。寿命翻倍。"}


def asked(program: Program, method: str, path: str) -> tuple[int, str]:
    answer = program.ask(method, path, STATED if method == "POST" else None)
    return answer.status_code, told(answer).get("code", "") if answer.status_code >= 400 else ""


def test_key_reaches_as_far_as_its_scopes(programs: Programs) -> None:
    reader, writer, narrow = (programs.of("firm", scope) for scope in ("read", "write", "needs:read"))
    assert asked(reader, "GET", "needs/") == (200, "")
    assert asked(reader, "POST", "needs/") == (403, "scope_missing")
    assert asked(writer, "POST", "needs/") == (201, "")
    assert asked(narrow, "GET", "needs/") == (200, "")
    assert asked(narrow, "GET", "patents/") == (403, "scope_missing")
    assert "needs:write" in told(narrow.post("needs/", STATED))["detail"]


def test_key_falls_with_its_owner_and_its_day(programs: Programs, city: City) -> None:
    program = programs.of("firm")
    assert asked(program, "GET", "needs/") == (200, "")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert asked(program, "GET", "needs/") == (401, "key_refused")
    Membership.objects.filter(user=city.people["firm"]).update(ended_on=timezone.localdate())
    assert asked(program, "GET", "needs/") == (404, "not_found"), "without a role the register is not there"
    assert program.key is not None
    revoke_key(actor=actor_for(city.people["firm"]), key=program.key)
    assert asked(program, "GET", "needs/") == (401, "key_refused")


@pytest.mark.parametrize("header", ["Bearer zq_aaaaaaaaaa_0000", "Bearer", "Basic YWJj", "zq_1", "Bearer 钥匙"])
def test_what_is_no_key_is_refused_even_where_the_public_reads(programs: Programs, header: str) -> None:
    answer = Client().get(f"{ROOT}patents/", headers={"Authorization": header})
    assert (answer.status_code, told(answer)["code"]) == (401, "key_refused")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="zhiqiao"'


def test_key_makes_no_key_and_a_log_in_is_told_its_secret_once(programs: Programs) -> None:
    asked = {"name": "报表", "scopes": ["read"], "last_day": str(timezone.localdate() + timedelta(days=7))}
    by_key = programs.of("firm").post("keys/", asked)
    assert (by_key.status_code, told(by_key)["code"]) == (403, "scope_missing")
    person = programs.logged_in("firm")
    made = person.post("keys/", asked, Idempotency_Key="k")
    assert made.status_code == 201, made.content
    assert told(made)["secret_once"].startswith("zq_") and "no-store" in made.headers["Cache-Control"]
    again = person.post("keys/", asked, Idempotency_Key="k")
    assert told(again)["id"] == told(made)["id"] and "secret_once" not in told(again)
    assert "secret_once" not in told(person.get(told(made)["url"]))


def test_log_in_of_the_pages_writes_only_with_its_token(programs: Programs) -> None:
    program = programs.logged_in("firm", careful=True)
    assert asked(program, "GET", "needs/") == (200, "")
    assert asked(program, "POST", "needs/") == (403, "csrf_failed")
    program.client.cookies["csrftoken"] = "a" * 32
    made = program.post("needs/", STATED, X_CSRFToken="a" * 32)
    assert made.status_code == 201, made.content


def test_public_reads_what_everybody_may_and_nothing_else(programs: Programs, city: City) -> None:
    public = programs.of("public")
    patents = [each["id"] for each in told(public.get("patents/"))["items"]]
    assert patents == [str(city.records["open_patent"].public_id)]
    assert asked(public, "GET", f"patents/{city.records['own_patent'].public_id}/") == (404, "not_found")
    for register in ("needs", "organisations", "imports", "audit"):
        assert asked(public, "GET", f"{register}/") == (401, "not_authenticated")
    assert asked(public, "POST", "needs/") == (401, "not_authenticated")
    assert asked(public, "POST", "match/") == (401, "not_authenticated")


def test_signed_in_people_without_records_read_what_the_public_reads(programs: Programs, city: City) -> None:
    admin = programs.of("admin")
    assert len(told(admin.get("patents/"))["items"]) == 1
    assert asked(admin, "GET", "needs/") == (404, "not_found")


def test_rate_is_kept_told_and_lifted_with_the_minute(programs: Programs, settings: Any) -> None:
    settings.ZHIQIAO_API_RATES = {"known": {"read": 20, "write": 3, "search": 3, "export": 1}, "public": {"read": 3}}
    program, other = programs.of("firm"), programs.of("firm")
    with time_machine.travel("2026-11-23 10:00:10+00:00", tick=False):
        answers = [program.get("me") for _ in range(22)]
        assert [each.status_code for each in answers].count(200) == 20
        assert answers[0].headers["RateLimit-Policy"] == '"read";q=20;w=60'
        assert answers[0].headers["RateLimit"] == '"read";r=19;t=50'
        refused = answers[-1]
        assert (refused.status_code, told(refused)["code"]) == (429, "too_many_requests")
        assert (refused.headers["Retry-After"], refused.headers["RateLimit"]) == ("50", '"read";r=0;t=50')
        assert other.get("me").status_code == 200, "another key has its own"
        assert [program.get("needs/?q=x").status_code for _ in range(4)] == [200, 200, 200, 429]
        assert [Client().get(f"{ROOT}patents/").status_code for _ in range(4)] == [200, 200, 200, 429]
    with time_machine.travel("2026-11-23 10:01:01+00:00", tick=False):
        assert program.get("me").status_code == 200


def test_processes_share_a_rate(programs: Programs, settings: Any) -> None:
    settings.ZHIQIAO_API_RATES = {"known": {"read": 20}, "public": {"read": 20}}
    program = programs.of("firm")
    with time_machine.travel("2026-11-23 10:00:10+00:00", tick=False):
        passed = 0
        for _ in range(40):
            rates.forget()  # as if each request met a process of its own
            passed += program.get("me").status_code == 200
    assert passed == 10, "each process takes a tenth at once: never more than the rate in all"


def test_counting_writes_once_for_a_tenth_of_the_rate(programs: Programs) -> None:
    program = programs.of("firm")
    program.get("me")
    share = settings.ZHIQIAO_API_RATES["known"]["read"] // rates.PARTS
    with CaptureQueriesContext(connection) as queries:
        for _ in range(share - 1):
            program.get("me")
    assert not [each["sql"] for each in queries if "api_allowance" in each["sql"]]
    with CaptureQueriesContext(connection) as queries:
        program.get("me")
    assert [each["sql"][:6] for each in queries if "api_allowance" in each["sql"]] == ["UPDATE"]


def test_guessing_keys_is_counted(settings: Any, db: None) -> None:
    settings.ZHIQIAO_API_RATES = {"public": {"read": 5}}
    with time_machine.travel("2026-11-23 10:00:10+00:00", tick=False):
        guesses = [Client().get(f"{ROOT}me", headers={"Authorization": "Bearer x"}).status_code for _ in range(7)]
    assert guesses == [401] * 5 + [429] * 2


def test_old_allowances_are_forgotten(programs: Programs) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        Client().get(ROOT)
    assert Allowance.objects.count() == 1
    assert (forget_old_allowances(), forget_old_allowances()) == (1, 0)


@pytest.mark.parametrize(
    ("method", "where", "status", "code", "headers", "body"),
    [
        ("GET", "nowhere/", 404, "not_found", {}, None),
        ("GET", "needs/not-an-id/", 404, "not_found", {}, None),
        ("DELETE", "needs/", 405, "method_not_allowed", {}, None),
        ("PUT", "patents/", 405, "method_not_allowed", {}, b"{}"),
        ("TRACE", "me", 405, "method_not_allowed", {}, None),
        ("GET", "needs/", 406, "not_acceptable", {"Accept": "text/html"}, None),
        ("POST", "needs/", 415, "media_type_unsupported", {"Content-Type": "text/plain"}, b"x"),
        ("POST", "needs/", 400, "body_malformed", {}, b"{"),
        ("POST", "needs/", 400, "body_malformed", {}, b'{"text": NaN}'),
        ("POST", "needs/", 400, "body_malformed", {}, b"\xff\xfe"),
        ("POST", "needs/", 400, "body_malformed", {}, b"[" * 100_000),
        ("POST", "needs/", 413, "request_too_large", {}, b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)),
        ("POST", "needs/", 411, "length_required", {"Transfer-Encoding": "chunked"}, b""),
        ("GET", "me", 400, "body_malformed", {"Host": "elsewhere.example"}, None),
    ],
)
def test_refusals_are_problems_whatever_goes_wrong(
    programs: Programs, method: str, where: str, status: int, code: str, headers: dict[str, str], body: bytes | None
) -> None:
    program = programs.of("firm")
    content = headers.pop("Content-Type", "application/json")
    sent = {} if body is None else {"data": body, "content_type": content}
    answer = program.client.generic(method, ROOT + where, headers={**program.headers, **headers}, **sent)  # type: ignore[arg-type]  # as generic takes them
    assert (answer.status_code, told(answer)["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(told(answer)) == {"type", "title", "status", "detail", "code", "errors"}
    if status == 405:
        assert "GET" in answer.headers["Allow"]


def test_stranger_says_little(db: None) -> None:
    long = Client().post(f"{ROOT}needs/", b" " * 70_000, content_type="application/json")
    assert (long.status_code, told(long)["code"]) == (413, "request_too_large")


class Broken(OpenAddress):
    def get(self, request: Request) -> Response:
        raise ZeroDivisionError("the secret of the house")


urlpatterns = [path("api/v1/broken/", Broken.as_view())]


@pytest.mark.urls(__name__)
def test_fault_of_ours_is_told_by_a_number_that_the_log_knows(db: None, caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(raise_request_exception=False).get(f"{ROOT}broken/")
    problem = told(answer)
    assert (answer.status_code, problem["code"]) == (500, "incident")
    assert "secret" not in answer.content.decode()
    assert problem["incident"] in caplog.text and "ZeroDivisionError" in caplog.text


def test_options_name_the_methods(programs: Programs) -> None:
    answer = programs.of("firm").ask("OPTIONS", "needs/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert {each.strip() for each in answer.headers["Allow"].split(",")} == {"GET", "POST", "HEAD", "OPTIONS"}


def test_answers_are_not_for_shared_caches(programs: Programs, city: City) -> None:
    answer = programs.of("firm").get("needs/")
    assert "private" in answer.headers["Cache-Control"]
    assert {"Authorization", "Cookie", "Accept-Language"} <= {
        each.strip() for each in answer.headers["Vary"].split(",")
    }
    assert json.loads(answer.content)
