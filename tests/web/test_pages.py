"""What every page promises: what it may load, what it costs, what it keeps, what it exports."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.web.conftest import PASSWORD, City, make_need, make_patent
from zhiqiao.core.models import AuditEntry, ImportRow
from zhiqiao.inventory.models import InventoryEntry

COUNT = 1  # a list that fits on its first page is not counted; longer ones are, in one query


@pytest.mark.parametrize("name", ["patent_list", "public_search"])
def test_list_costs_the_same_whatever_its_length(city: City, more_patents: Callable[[int], None], name: str) -> None:
    client = city.client("bureau")
    few = cost(client, name)
    more_patents(60)
    assert cost(client, name) <= few + COUNT


def cost(client: Client, name: str, query: str = "") -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{reverse(name)}?{query}").status_code == 200
    return len(queries)


def test_need_list_costs_the_same_whatever_its_length(city: City) -> None:
    client = city.client("bureau")
    few = cost(client, "need_list")
    for number in range(60):
        make_need(f"需求{number}", city.houses["firm"])
    assert cost(client, "need_list") <= few + COUNT


def test_tier_list_costs_the_same_whatever_its_length(city: City) -> None:
    client, first = city.client("bureau"), city.records["own_entry"]
    few = cost(client, "entry_list", "inside=True&cols=patent,organisation,tier,suggested,reasons,score")
    for number in range(300, 340):
        patent = make_patent(number, city.houses["college"])
        InventoryEntry.objects.create(
            inventory=first.inventory,
            patent=patent,
            organisation=first.organisation,
            in_stock=True,
            scope_code="in_stock",
        )
    assert (
        cost(client, "entry_list", "inside=True&cols=patent,organisation,tier,suggested,reasons,score") <= few + COUNT
    )


def test_turning_pages_meets_every_record_once(city: City, more_patents: Callable[[int], None]) -> None:
    more_patents(120)
    client, where = city.client("bureau"), reverse("patent_list")
    seen: list[str] = []
    query = "?sort=-filed"
    while query:
        page = client.get(where + query).context["page"]
        seen += [row.number for row in page.rows]
        query = f"?sort=-filed&at={page.next}" if page.next else ""
    assert len(seen) == len(set(seen)) == 123


def test_cursor_that_nobody_wrote_gives_the_first_page(city: City) -> None:
    for cursor in (
        "x",
        "%00",
        "bnVsbA",
        "WyJubyBkYXkiLDEsZmFsc2Vd",
        "W251bGwsMTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAsZmFsc2Vd",
    ):
        assert city.client("bureau").get(reverse("patent_list"), {"at": cursor}).status_code == 200


FORGED = [
    "[1e308,5,false]",
    "[NaN,5,false]",
    "[-Infinity,5,false]",
    "[-1,-1,false]",
    "[true,true,true]",
    "[" * 200,
    "[" * 3000,
    '["\\ud800",5,false]',
    '["\\u0000",5,false]',
    f'["a",{10**40},false]',
    f"[{10**200},5,false]",
    '["9999-12-31T23:59:59-12:00",5,false]',
    "[[1],5,false]",
    "{}",
]


@pytest.mark.parametrize("forged", FORGED, ids=range(len(FORGED)))
def test_no_cursor_can_make_a_list_fail(city: City, forged: str) -> None:
    at = base64.urlsafe_b64encode(forged.encode()).decode().rstrip("=")
    for name in ("public_search", "patent_list", "need_list", "organisation_list", "entry_list"):
        for sort in ("filed", "number", "-new", "deadline", "name", "score"):
            answer = city.client("bureau").get(reverse(name), {"at": at, "sort": sort})
            assert answer.status_code == 200, (name, sort)


def test_long_bodies_are_refused_before_they_are_read(city: City) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

    def sent(who: str, name: str, length: int) -> int:
        environment: dict[str, Any] = {
            "wsgi.input": Unread(),
            "CONTENT_LENGTH": str(length),
            "CONTENT_TYPE": "text/plain",
        }
        answer = city.client(who).generic("POST", reverse(name), **environment)
        return answer.status_code

    assert sent("public", "account_login", 65 * 1024) == 413
    assert sent("public", "import_new", 65 * 1024) == 413
    assert sent("bureau", "need_say", 6 * 1024 * 1024) == 413
    page = city.client("bureau").post(reverse("need_say"), {"text": "长" * 6_000_000})
    assert page.status_code == 413 and "body_too_large" in page.content.decode()
    assert city.client("bureau").post(reverse("need_say"), {"text": "长" * 100_000}).status_code == 422


def test_filters_stay_in_the_address_and_rule_the_export(city: City, more_patents: Callable[[int], None]) -> None:
    more_patents(5)
    client, asked = city.client("bureau"), {"q": "未公布", "kind": "invention"}
    page = client.get(reverse("patent_list"), asked)
    assert [chip.value for chip, _ in page.context["chips"]] == ["未公布", "发明专利"]
    assert len(page.context["page"].rows) == 2
    answer = client.get(reverse("patent_export", args=["xlsx"]), asked)
    rows = list(load_workbook(io.BytesIO(b"".join(answer))).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [row.title for row in page.context["page"].rows]


def test_export_never_holds_what_the_page_hides(city: City) -> None:
    answer = city.client("firm").get(reverse("patent_export", args=["csv"]))
    text = b"".join(answer).decode("utf-8-sig")
    assert "一种第1号装置" in text and "未公布" not in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [("201810000001", 1), ("B22D", 3), ("B22D17/22", 3), ("示例大学", 1), ("第1号 示例学院", 1), ("没有这个词", 0)],
)
def test_search_box_understands_numbers_classes_and_words(city: City, asked: str, found: int) -> None:
    page = city.client("bureau").get(reverse("patent_list"), {"q": asked})
    assert len(page.context["page"].rows) == found


def test_private_part_of_a_need_is_its_firms_alone(city: City) -> None:
    where = reverse("need_page", args=[city.records["own_need"].public_id])
    assert "13800000000" in city.client("firm").get(where).content.decode()
    assert "13800000000" not in city.client("bureau").get(where).content.decode()


def test_where_a_field_comes_from_is_not_shown_to_strangers(city: City) -> None:
    patent, run = city.records["open_patent"], city.records["own_run"]
    patent.provenance = {"filed_on": [run.pk, "2026-01-15"]}
    patent.save()
    where = reverse("patent_page", args=[patent.public_id])
    assert run.number in city.client("holder").get(where).content.decode()
    for who in ("public", "firm"):
        assert run.number not in city.client(who).get(where).content.decode()


def test_holders_do_not_see_who_else_imported_their_patent(city: City) -> None:
    patent, own, foreign = (city.records[name] for name in ("open_patent", "own_run", "foreign_run"))
    foreign.sender, foreign.headings = "某竞争者", [{"number": 0, "file": "机密清单.xlsx", "sheet": ""}]
    foreign.save()
    for run in (own, foreign):
        ImportRow.objects.create(run=run, table_number=0, row_number=2, outcome="updated", subject_id=patent.pk)
    patent.provenance = {"filed_on": [foreign.pk, "2026-01-15"]}
    patent.status_source = foreign.sender
    patent.save()
    patent.statuses.create(group="alive", words="授权", source=foreign.sender, run=foreign)
    shown = {
        who: city.client(who).get(reverse("patent_page", args=[patent.public_id])).content.decode()
        for who in ("holder", "auditor")
    }
    secrets = {foreign.number, foreign.sender, "机密清单.xlsx", str(foreign.public_id)}
    assert not [secret for secret in secrets if secret in shown["holder"]]
    assert own.number in shown["holder"] and city.houses["rival"].get_kind_display() in shown["holder"]
    assert not [secret for secret in secrets if secret not in shown["auditor"]]


def test_one_record_is_no_records(city: City) -> None:
    client = city.client("bureau")
    client.post(reverse("set_language"), {"language": "en"})
    one = client.get(reverse("patent_list"), {"q": "201810000001"}).content.decode()
    assert "<strong>1</strong> record<" in one
    assert "<strong>3</strong> records<" in client.get(reverse("patent_list")).content.decode()


def test_negative_tier_without_a_note_says_so_beside_the_field_and_keeps_the_choice(city: City) -> None:
    where = reverse("entry_move", args=[city.records["own_entry"].public_id, "confirm"])
    answer = city.client("holder").post(where, {"tier": "abandon", "note": ""})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors["note"] and form["tier"].value() == "abandon"
    assert 'aria-invalid="true"' in answer.content.decode()


def test_confirming_a_tier_puts_it_in_effect_and_on_the_trail(city: City) -> None:
    entry = city.records["own_entry"]
    where = reverse("entry_move", args=[entry.public_id, "confirm"])
    assert city.client("holder").post(where, {"tier": "watch", "note": "市场不明"}).status_code == 302
    entry.refresh_from_db()
    assert entry.tier == "watch"
    assert (
        AuditEntry.objects.filter(action="inventory.confirm_tier", actor_id=city.people["holder"].public_id).count()
        == 1
    )


def test_stating_a_need_keeps_what_was_typed_when_something_is_wrong(city: City) -> None:
    typed = {"text": "短", "contact": "张工", "organisation": str(city.houses["firm"].public_id)}
    answer = city.client("firm").post(reverse("need_new"), typed)
    assert answer.status_code == 422
    assert "张工" in answer.content.decode() and answer.context["form"].errors["text"]


def test_writing_needs_the_token_of_the_page(city: City) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(city.people["firm"])
    answer = client.post(reverse("need_move", args=[city.records["own_need"].public_id, "close"]))
    assert answer.status_code == 403 and "csrf" in answer.content.decode()


def test_language_is_chosen_by_the_reader(city: City) -> None:
    client = city.client("bureau")
    assert "在库专利" in client.get(reverse("home")).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": reverse("home")})
    assert "Patents in the register" in client.get(reverse("home")).content.decode()


def test_theme_is_kept_and_never_leads_elsewhere(city: City) -> None:
    client = city.client("bureau")
    answer = client.post(reverse("set_theme"), {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"
    assert 'data-bs-theme="dark"' in client.get(reverse("home")).content.decode()


def test_signing_in_with_the_password(city: City) -> None:
    client = Client()
    wrong = client.post(reverse("account_login"), {"login": "firm", "password": "wrong"})
    assert wrong.status_code == 200 and 'role="alert"' in wrong.content.decode()
    right = client.post(reverse("account_login"), {"login": "firm", "password": PASSWORD})
    assert right.status_code == 302 and right.headers["Location"] == reverse("home")


def test_nobody_signs_up_alone() -> None:
    assert Client().get("/account/signup/").status_code == 404
