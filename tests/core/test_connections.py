from __future__ import annotations

import pytest
from django.db import connection

from zhiqiao.core.apps import PARALLEL_SETUP_COST


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_keeps_short_questions_to_one_process() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite works in one process anyway")
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW parallel_setup_cost")
        assert float(cursor.fetchone()[0]) == PARALLEL_SETUP_COST
