"""What somebody could keep the installation busy with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.attack.conftest import City
from tests.attack.conftest import fresh_rates as fresh_rates
from tests.web.conftest import more_patents as more_patents

pytestmark = pytest.mark.django_db


def queries_of_preview(city: City, who: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = city.client(who).post(reverse("patent_bulk", args=["push"]), {"all": "1", "query": ""})
    assert answer.status_code == 200
    return len(queries)


@pytest.mark.parametrize("who", ["holder", "bureau"])
def test_look_ahead_over_many_records_asks_for_their_rights_together(
    city: City, more_patents: Callable[[int], None], who: str
) -> None:
    few = queries_of_preview(city, who)
    more_patents(40)
    assert queries_of_preview(city, who) == few


def test_stranger_with_many_addresses_of_one_network_is_one_caller(settings: Any, city: City) -> None:
    settings.ZHIQIAO_API_RATES = {"public": {"read": 3}}
    with time_machine.travel("2026-11-23 10:00:10+00:00", tick=False):
        of_one = [Client(REMOTE_ADDR=f"2001:db8:1:2::{number}") for number in range(1, 6)]
        assert [each.get("/api/v1/patents/").status_code for each in of_one] == [200, 200, 200, 429, 429]
        for other in ("2001:db8:1:3::1", "198.51.100.7", "::ffff:198.51.100.8"):
            assert Client(REMOTE_ADDR=other).get("/api/v1/patents/").status_code == 200


def test_stranger_takes_the_halls_sheet_as_often_as_a_program_may(settings: Any, city: City) -> None:
    settings.ZHIQIAO_API_RATES = {"public": {"read": 60, "export": 3}, "known": {"read": 60, "export": 4}}
    sheet = reverse("public_export", args=["csv"])
    with time_machine.travel("2026-11-23 10:00:10+00:00", tick=False):
        stranger = Client(REMOTE_ADDR="198.51.100.7")
        assert stranger.get("/api/v1/patents/export.csv").status_code == 200
        answers = [stranger.get(sheet) for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429], "counted together with programs"
        assert answers[-1].headers["Retry-After"] == "50" and "50" in answers[-1].content.decode()
        assert stranger.get(reverse("public_search")).status_code == 200, "looking is free"
        assert Client(REMOTE_ADDR="198.51.100.8").get(sheet).status_code == 200
        firm = city.client("firm")
        assert [firm.get(sheet).status_code for _ in range(5)] == [200] * 4 + [429], "somebody known by their name"
    with time_machine.travel("2026-11-23 10:01:01+00:00", tick=False):
        assert stranger.get(sheet).status_code == 200
