"""What somebody could keep the installation busy with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.attack.conftest import City
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
