"""The asking page: its answers, the way back to them, and the way on to a need on record."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from tests.web.conftest import City
from zhiqiao.needs.forms import NeedForm
from zhiqiao.parties.actors import actor_for
from zhiqiao.registry.models import Patent

TEXT = "一种第1号装置，模具寿命翻倍"


def test_going_back_finds_the_answers_again(city: City) -> None:
    client, page = city.client("firm"), reverse("need_say")
    client.post(page, {"text": TEXT})
    shown = client.get(page).content.decode()
    assert TEXT in shown and "?new=1" in shown
    assert client.get(f"{page}?new=1", follow=True).content.decode().count(TEXT) == 0
    assert TEXT not in client.get(page).content.decode()


def test_a_secret_that_was_asked_is_nowhere_in_clear(city: City) -> None:
    client = city.client("firm")
    client.post(reverse("need_say"), {"text": TEXT})
    kept = [str(each.get_decoded()) for each in Session.objects.all()]
    assert any("asked_text" in each for each in kept) and not any(TEXT in each for each in kept)


def test_only_patents_in_force(city: City) -> None:
    client, page = city.client("bureau"), reverse("need_say")
    Patent.objects.filter(title="一种第1号装置").update(status_group="dead")
    number = city.records["open_patent"].shown_number
    every = client.post(page, {"text": TEXT}, headers={"HX-Request": "true"}).content.decode()
    alive = client.post(page, {"text": TEXT, "alive": "on"}, headers={"HX-Request": "true"}).content.decode()
    assert number in every and number not in alive
    assert "checked" in client.get(page).content.decode()


def test_the_need_is_told_part_by_part_and_its_markup_stays_text(city: City) -> None:
    asked = "一种更耐磨的模具，<b>模具</b>容易开裂<script>alert(1)</script>"
    client = city.client("bureau")
    shown = client.post(reverse("need_say"), {"text": asked}, headers={"HX-Request": "true"}).content.decode()
    assert 'class="elements"' in shown and "&lt;script&gt;" in shown
    assert "<script>" not in shown and "<b>" not in shown


def test_the_navigation_says_one_place_at_a_time(city: City) -> None:
    client = city.client("firm")
    for page in ("need_say", "need_list", "need_new"):
        shown = client.get(reverse(page)).content.decode()
        side = shown[shown.index('<nav class="side"') : shown.index('<nav class="dock"')]
        assert side.count("aria-current") == 1, page


def test_saving_as_a_need_leads_to_a_page_of_its_own(city: City) -> None:
    client, typed = city.client("firm"), {"text": TEXT, "then": "state"}
    by_htmx = client.post(reverse("need_say"), typed, headers={"HX-Request": "true"})
    assert by_htmx.headers["HX-Redirect"] == f"{reverse('need_new')}?asked=1" and not by_htmx.content
    plain = client.post(reverse("need_say"), typed, follow=True)
    assert plain.redirect_chain == [(f"{reverse('need_new')}?asked=1", 302)]
    assert TEXT in plain.content.decode()
    need = client.post(reverse("need_new"), {"text": TEXT, "organisation": city.houses["firm"].public_id}, follow=True)
    assert need.redirect_chain[-1][0].startswith("/needs/")
    assert TEXT not in client.get(reverse("need_say")).content.decode()


@pytest.mark.parametrize("phone", ["13800000000", "0769-22220000", "+86 138 0000 0000", "(0769) 22220000转801", ""])
def test_phones_as_people_write_them(city: City, phone: str) -> None:
    assert not NeedForm({"text": TEXT, "phone": phone}, actor=actor_for(city.people["bureau"])).errors


@pytest.mark.parametrize("phone", ["abc", "12", "打张工电话", "13800", "13800000000, 13900000000 或者更多的"])
def test_what_is_no_phone_number_is_named(city: City, phone: str) -> None:
    typed = {"text": TEXT, "phone": phone}
    assert list(NeedForm(typed, actor=actor_for(city.people["bureau"])).errors) == ["phone"]
