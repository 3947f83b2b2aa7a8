"""What happened to a record, for those who may know."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.kit.conftest import ActorOf
from tests.web.conftest import City
from zhiqiao.core.audit import unit_of_work
from zhiqiao.kit.catalogue import register_named
from zhiqiao.kit.history import LONGEST_SHOWN, MOST_SHOWN, history_of, told
from zhiqiao.needs.actions import close_need, publish_need

pytestmark = pytest.mark.django_db


def test_newest_first_with_what_changed(city: City, actor: ActorOf) -> None:
    needs, need = register_named("need"), city.records["own_need"]
    publish_need(actor=actor("firm"), need=need)
    close_need(actor=actor("bureau"), need=need)
    newest, older = history_of(needs, actor("auditor"), need)
    assert (newest.action, older.action) == ("needs.close_need", "needs.publish_need")
    assert [(each.field, each.before, each.after) for each in newest.changes] == [("state", "open", "closed")]
    assert [(each.field, each.before, each.after) for each in older.changes] == [("published", "no", "yes")]
    assert older.author.actor_id == str(city.people["firm"].public_id) and not older.sealed


def test_who_may_not_know_is_told_nothing(city: City, actor: ActorOf) -> None:
    needs, need = register_named("need"), city.records["own_need"]
    publish_need(actor=actor("firm"), need=need)
    assert history_of(needs, actor("holder"), need) == []  # may read the need, now that it is public
    assert history_of(needs, actor("public"), need) == []


def test_only_what_differs_and_short(city: City, actor: ActorOf) -> None:
    needs, need = register_named("need"), city.records["own_need"]
    long = "长" * (LONGEST_SHOWN + 50)
    with unit_of_work(actor("bureau")) as work:
        before = {"same": 1, "gone": "旧", "words": "短", "hidden": "sha256:ab:900", "empty": ""}
        after = {"same": 1, "words": long, "hidden": "sha256:cd:901", "new": ["a", 1], "empty": None}
        work.record("needs.change_need", needs.subject_of(need), before, after)
    (happening,) = history_of(needs, actor("bureau"), need)
    shown = {each.field: (each.before, each.after) for each in happening.changes}
    assert shown["gone"] == ("旧", None) and shown["new"] == (None, '["a", 1]')
    assert shown["words"][1] is not None and len(shown["words"][1]) == LONGEST_SHOWN
    assert set(shown) == {"gone", "words", "new"}  # two texts told by their digests alone look alike


def test_a_long_history_is_cut_and_takes_one_query(city: City, actor: ActorOf) -> None:
    needs, need, officer = register_named("need"), city.records["own_need"], actor("bureau")
    with unit_of_work(officer) as work:
        for number in range(MOST_SHOWN + 5):
            work.record("needs.change_need", needs.subject_of(need), {"n": number}, {"n": number + 1})
    with CaptureQueriesContext(connection) as queries:
        happened = history_of(needs, officer, need)
    assert len(happened) == MOST_SHOWN and len(queries) == 1
    assert happened[0].changes[0].after == str(MOST_SHOWN + 5)


def test_values_as_the_trail_tells_them(city: City) -> None:
    said = told({"house": city.houses["firm"], "day": date(2025, 1, 2), "sum": Decimal("1.50"), "text": "长" * 300})
    assert said["house"] == "示例模具厂" and (said["day"], said["sum"]) == ("2025-01-02", "1.50")
    assert said["text"].startswith("sha256:")
