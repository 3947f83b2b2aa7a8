"""What a role finds on its pages, and what it is spared."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.web.conftest import PASSWORD, City, make_patent, make_run
from zhiqiao.core.models import ImportRun, Job
from zhiqiao.matching.models import PushSuggestion
from zhiqiao.registry.models import Patent


def home(city: City, who: str) -> str:
    return city.client(who).get(reverse("home")).content.decode()


def test_figures_say_whose_they_are(city: City) -> None:
    shown = home(city, "holder")
    assert "全市" in shown and "本单位" in shown
    assert "本单位" not in home(city, "bureau")


def test_search_box_is_for_those_who_may_search(city: City) -> None:
    assert 'id="band-q"' not in home(city, "admin") and 'id="band-q"' in home(city, "firm")


def test_firm_is_offered_no_push_even_of_its_own(city: City) -> None:
    patent = make_patent(77, city.houses["firm"])
    page, push = (reverse(name, args=[patent.public_id]) for name in ("patent_page", "patent_push"))
    look = reverse("patent_move", args=[patent.public_id, "push"])
    assert {who: look in city.client(who).get(page).content.decode() for who in ("bureau", "firm")} == {
        "bureau": True, "firm": False,
    }  # fmt: skip
    firm = city.client("firm")
    assert (firm.get(push).status_code, firm.get(look).status_code, firm.post(look).status_code) == (403, 403, 403)
    suggested = PushSuggestion.objects.create(
        patent=patent, organisation=city.houses["other"], rank=1, score=0.5, version="test", reasons=[]
    )
    for who, offered in {"bureau": True, "firm": False}.items():
        assert (push in city.client(who).get(page).content.decode()) is offered
    assert suggested.organisation.name in city.client("bureau").get(push).content.decode()


def test_bad_import_is_a_task_until_it_was_sent_again(city: City) -> None:
    house = city.houses["college"]
    for number in ("IMP-A", "IMP-B", "IMP-C"):
        make_run(number, house)
    tasks = [str(task.text) for task in city.client("holder").get(reverse("home")).context["tasks"]]
    assert [text for text in tasks if "IMP" in text] == ["导入 IMP-C 有 1 行被退回"]
    ImportRun.objects.create(
        kind="patents", number="IMP-D", sender="示例", actor_id="x", actor_name="示例", organisation_id=house.pk,
        fingerprint="d", state=ImportRun.State.DONE, rows=3, created=3,
    )  # fmt: skip
    tasks = [str(task.text) for task in city.client("holder").get(reverse("home")).context["tasks"]]
    assert not [text for text in tasks if "IMP" in text]


def test_when_the_stock_was_last_taken(city: City) -> None:
    client = city.client("holder")
    Job.objects.create(kind="stock", idempotency_key="stock:1", actor_id="x", actor_name="x")
    assert "正在重新盘点" in client.get(reverse("inventory_home")).content.decode()
    assert (
        "正在按本次导入重新盘点"
        in client.get(reverse("import_page", args=[city.records["own_run"].public_id])).content.decode()
    )
    Job.objects.update(state=Job.State.DONE, finished_at="2026-11-20T00:00:00Z")
    assert "2026-11-20" in client.get(reverse("inventory_home")).content.decode()


def test_log_in_is_told_plainly(city: City) -> None:
    client = Client()
    answer = client.post(
        reverse("account_login"), {"login": city.people["firm"].username, "password": PASSWORD}, follow=True
    )
    assert "登录成功。" in answer.content.decode() and "身份" not in answer.content.decode().split("登录成功")[0][-20:]


def test_provisional_days_name_their_year(city: City) -> None:
    today = timezone.localdate()
    soon = today + timedelta(days=40)
    patent = city.records["open_patent"]
    Patent.objects.filter(pk=patent.pk).update(
        filed_on=soon.replace(year=soon.year - 8, day=min(soon.day, 28)),
        anniversary=soon.month * 100 + min(soon.day, 28),
    )
    answer = city.client("bureau").get(reverse("inventory_fees"))
    shown, years = answer.content.decode(), answer.context["provisional_years"]
    assert answer.context["count"] == 1 and "宽限期至" in shown
    assert ("年放假安排尚未公布" in shown) is answer.context["provisional"]
    if answer.context["provisional"]:
        assert f"{'、'.join(map(str, years))} 年放假安排尚未公布" in shown
