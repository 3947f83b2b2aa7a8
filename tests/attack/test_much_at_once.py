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
