"""What everybody may read of how well pushes fit: by month, with the number of judged pairs, nothing of anybody."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.web.conftest import make_house, make_patent
from zhiqiao.engine.ranker import default_ranker
from zhiqiao.matching import rankers
from zhiqiao.matching.models import Push
from zhiqiao.matching.quality import quality
from zhiqiao.matching.rankers import Manifest

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def replied(month: datetime, *replies: str, **more: object) -> None:
    holder = make_house("h", "示例学院", "university")
    first = 100 * Push.objects.count()
    for number, reply in enumerate(replies):
        patent = make_patent(first + number, holder)
        firm = make_house(f"f{first + number}", f"示例第{first + number}公司", "enterprise")
        Push.objects.create(
            patent=patent, organisation=firm, state="answered", personalised=True, reply=reply, actor_id="x",
            answered_at=month, **more,
        )  # fmt: skip


def test_months_are_counted_in_the_city_s_time_and_none_is_left_out() -> None:
    replied(datetime(2026, 9, 30, 16, 30, tzinfo=UTC), "interested", "price", "not_mature", "not_our_field", "not_now")
    replied(datetime(2026, 11, 2, 1, 0, tzinfo=UTC), "interested", "other", "wrong_contact")
    replied(datetime(2024, 1, 2, 1, 0, tzinfo=UTC), "interested")
    found = quality(TODAY)
    assert (found.months[0].begins, found.months[-1].begins, len(found.months)) == (
        date(2025, 12, 1),
        date(2026, 11, 1),
        12,
    )
    judged = {month.begins.isoformat()[:7]: (month.judged, month.fitted, month.share) for month in found.months}
    assert judged["2026-10"] == (5, 3, 0.6), "half past midnight on the first of October in the city"
    assert judged["2026-11"] == (1, 1, None), "one alone could tell whose it was"
    assert judged["2026-09"] == (0, 0, None)
    assert (found.judged, found.version, found.learnt_from) == (7, rankers.PACKAGE, None)


def test_a_correction_counts_instead_of_the_reply() -> None:
    replied(datetime(2026, 11, 2, 1, 0, tzinfo=UTC), *["interested"] * 6, level=1)
    replied(datetime(2026, 11, 2, 1, 0, tzinfo=UTC), "interested", level=0)
    assert [(month.judged, month.share) for month in quality(TODAY).months[-1:]] == [(6, 0.0)]


@time_machine.travel("2026-11-23T04:00:00Z", tick=False)
def test_everybody_may_read_it_and_it_says_when_there_is_nothing() -> None:
    address = reverse("match_quality")
    empty = Client().get(address).content.decode()
    assert "暂无评判" in empty and "data-chart=" not in empty
    replied(datetime(2026, 11, 2, 1, 0, tzinfo=UTC), *["interested"] * 3, *["not_our_field"] * 3)
    answer = Client().get(address)
    shown = answer.content.decode()
    assert "暂无评判" not in shown and "共 6 对" in shown and "示例第" not in shown
    fitted, judged = answer.context["charts"]
    assert fitted.series[0].values[-1] == 50.0 and judged.series[0].values[-1] == 6.0
    assert fitted.categories[-1] == "2026-11"


def served(deals: int) -> None:
    """A version as learning keeps it, with the delivered ranking in it, put to use."""
    manifest = Manifest("20261101-1", "x", "x", "e", 30, 4, 6, 2, {}, rankers.PACKAGE, True, deals)
    rankers.keep(manifest, [], default_ranker().save)
    rankers.switch_to(manifest.version)


def test_it_says_from_how_many_replies_and_deals_the_serving_version_learnt() -> None:
    served(deals=2)
    assert (quality(TODAY).version, quality(TODAY).learnt_from, quality(TODAY).learnt_from_deals) == (
        "20261101-1", 28, 2,
    )  # fmt: skip
    shown = Client().get(reverse("match_quality")).content.decode()
    assert "已学习其中 28 对" in shown and "还学习了 2 笔已登记的许可或转移" in shown


def test_a_version_that_cannot_be_read_does_not_close_the_page() -> None:
    rankers.folder().mkdir()
    (rankers.folder() / rankers.CURRENT).write_text("20260101-1\npackage")
    assert (quality(TODAY).version, quality(TODAY).learnt_from) == (rankers.PACKAGE, None)
    assert Client().get(reverse("match_quality")).status_code == 200
