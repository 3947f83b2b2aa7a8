"""Pushes on the pages: made from the suggestions, opened and thereby seen, answered in one tap without script."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.conftest import City, make_patent, make_person, make_push
from zhiqiao.kit.roles import Role
from zhiqiao.matching.models import Profile, Push, PushSuggestion, Statement
from zhiqiao.registry.models import Encumbrance

pytestmark = pytest.mark.django_db


def tell(city: City, who: str, push: Push, move: str, **said: str) -> int:
    return city.client(who).post(reverse("push_move", args=[push.public_id, move]), said).status_code


def test_what_waits_stands_on_the_first_page_and_leads_there(city: City) -> None:
    client, push = city.client("firm"), city.records["own_push"]
    tasks = [(str(task.text), task.address) for task in client.get(reverse("home")).context["tasks"]]
    (address,) = [address for text, address in tasks if "等待答复" in text]
    listed = client.get(address).content.decode()
    assert reverse("push_page", args=[push.public_id]) in listed
    assert tell(city, "firm", push, "answer", reply="price") == 302
    assert not [task for task in client.get(reverse("home")).context["tasks"] if "等待答复" in str(task.text)]


def test_opening_it_is_seeing_it_but_only_for_those_to_whom_it_went(city: City) -> None:
    push = city.records["own_push"]
    page = reverse("push_page", args=[push.public_id])
    for who in ("bureau", "holder"):
        assert city.client(who).get(page).status_code == 200
    city.client("firm").head(page)
    push.refresh_from_db()
    assert push.state == "pushed"
    shown = city.client("firm").get(page).content.decode()
    push.refresh_from_db()
    assert push.state == "seen" and "已查看" in shown


def test_one_tap_answers_and_another_changes_it(city: City) -> None:
    push = city.records["own_push"]
    client, page = city.client("firm"), reverse("push_page", args=[push.public_id])
    offered = client.get(page).content.decode()
    assert offered.count('name="reply"') == 9 and 'aria-pressed="true"' not in offered
    client.post(reverse("push_move", args=[push.public_id, "answer"]), {"reply": "not_now", "words": "明年再看"})
    answered = client.get(page).content.decode()
    assert answered.count('aria-pressed="true"') == 1 and "明年再看" in answered
    client.post(reverse("push_move", args=[push.public_id, "answer"]), {"reply": "interested", "words": ""})
    push.refresh_from_db()
    assert (push.reply, push.words) == ("interested", "")
    assert "感兴趣" in city.client("holder").get(page).content.decode()
    assert tell(city, "firm", push, "answer", reply="perhaps") == 422, "asked again, beside the field"


def test_the_next_one_that_waits_is_one_link_away(city: City) -> None:
    push, patent = city.records["own_push"], make_patent(90, city.houses["rival"], title="一种待答复的装置")
    other = make_push(patent, city.houses["firm"])
    make_push(patent, city.houses["other"])
    shown = city.client("firm").get(reverse("push_page", args=[push.public_id])).content.decode()
    assert reverse("push_page", args=[other.public_id]) in shown and "一种待答复的装置" in shown


def test_an_officer_pushes_one_or_all_of_the_suggestions(city: City) -> None:
    patent = make_patent(91, city.houses["rival"])
    for rank, house in enumerate(("firm", "other"), 1):
        facts = {"title": "一种模具", "score": 0.6}
        PushSuggestion.objects.create(
            patent=patent, organisation=city.houses[house], rank=rank, score=0.5, version="test",
            reasons=[{"code": "own_patent", "facts": facts}],
        )  # fmt: skip
    address, client = reverse("patent_push", args=[patent.public_id]), city.client("bureau")
    assert client.get(address).content.decode().count('name="organisation"') == 2
    client.post(address, {"organisation": str(city.houses["other"].public_id)})
    assert [push.organisation.name for push in patent.pushes.all()] == ["示例玩具厂"]
    assert client.get(address).content.decode().count('name="organisation"') == 1
    client.post(address, {"all": "1"})
    client.post(address, {"all": "1"})
    assert patent.pushes.count() == 2 and all(push.personalised for push in patent.pushes.all())
    assert client.post(address, {"organisation": "示例"}, follow=True).status_code == 200


def test_a_push_by_hand_says_what_is_wrong_beside_the_field(city: City) -> None:
    client, new = city.client("bureau"), reverse("push_new")
    patent = city.records["open_patent"]
    unknown = client.post(new, {"patent": "202010000000.0", "organisation": "示例没有的厂"})
    assert unknown.status_code == 422 and {"patent", "organisation"} <= set(unknown.context["form"].errors)
    own = client.post(new, {"patent": patent.number, "organisation": "示例学院"})
    assert own.status_code == 422 and "organisation" in own.context["form"].errors
    again = client.post(new, {"patent": patent.number, "organisation": "示例模具厂"})
    assert again.status_code == 422 and "此前已推送给示例模具厂" in again.content.decode()
    made = client.post(new, {"patent": patent.number, "organisation": "示例大学"})
    assert made.status_code == 302 and not Push.objects.get(organisation=city.houses["rival"]).personalised


def test_the_firm_sees_and_corrects_what_the_ranking_holds(city: City) -> None:
    client, house = city.client("firm"), city.houses["firm"]
    page = reverse("organisation_ranking", args=[house.public_id])
    assert page in client.get(reverse("push_list")).content.decode()
    assert "模具开裂" in client.get(page).content.decode()
    client.post(page, {"do": "state", "sort": "word", "said": "玩具", "wanted": "0"})
    said = Statement.objects.get(organisation=house)
    assert (said.value, said.wanted) == ("玩具", False) and "玩具" in client.get(page).content.decode()
    refused = client.post(page, {"do": "state", "sort": "field", "said": "玩具", "wanted": "1"}, follow=True)
    assert "不是国际专利分类号" in refused.content.decode()
    client.post(page, {"do": "take_away", "id": str(said.public_id)})
    assert not Statement.objects.filter(withdrawn_at=None).exists()
    client.post(page, {"do": "switch", "on": "0"})
    assert not Profile.objects.get(organisation=house).personalised
    client.post(page, {"do": "switch_oneself", "on": "0"})
    city.people["firm"].refresh_from_db()
    assert not city.people["firm"].personalised
    assert (
        reverse("push_page", args=[city.records["own_push"].public_id])
        not in client.get(reverse("push_list")).content.decode()
    )
    assert city.client("holder").get(page).status_code == 404


def test_whoever_may_only_look_may_still_refuse_for_themself(city: City) -> None:
    house = city.houses["college"]
    person = make_person("staff", house, Role.HOLDER_STAFF)
    client = Client()
    client.force_login(person)
    page = reverse("organisation_ranking", args=[house.public_id])
    shown = client.get(page).content.decode()
    assert 'value="switch_oneself"' in shown and 'value="switch"' not in shown
    assert client.post(page, {"do": "switch", "on": "0"}).status_code == 403
    assert client.post(page, {"do": "switch_oneself", "on": "0"}).status_code == 302
    person.refresh_from_db()
    assert not person.personalised and not Profile.objects.exists()


def test_the_page_tells_which_deals_teach_and_which_reply_they_replace(city: City) -> None:
    client, house, push = city.client("firm"), city.houses["firm"], city.records["own_push"]
    page = reverse("organisation_ranking", args=[house.public_id])
    client.post(reverse("push_move", args=[push.public_id, "answer"]), {"reply": "price"})
    before = client.get(page).content.decode()
    assert "学习判定：3" in before and "作为学习依据的交易" not in before
    Encumbrance.objects.create(
        patent=push.patent, kind="licence_sole", in_favour_of=house.name, starts_on=date(2100, 1, 1), source="x"
    )
    after = client.get(page).content.decode()
    assert "以交易为准" in after and "排他许可" in after and "学习判定：4" in after and "学习判定：3" not in after
    assert f"视为解决了需求“{city.records['own_need'].title}”" in after
