"""Counting patents, and walking them in a list's order, opens no record that a filter drops: the index tells."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from zhiqiao.kit.actors import Actor
from zhiqiao.kit.lists import reading
from zhiqiao.kit.roles import Role
from zhiqiao.registry.models import Patent
from zhiqiao.registry.registers import PATENTS

pytestmark = pytest.mark.django_db
OFFICER = Actor("o", "示例", 1, {1: frozenset({Role.BUREAU_OFFICER})})
ONLY = {"sqlite": "COVERING INDEX patent_", "postgresql": "Index Only Scan using patent_"}


def plan_of(records: QuerySet[Any]) -> str:
    sql, given = records.query.sql_with_params()
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # an empty table is worth no index to it
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"{explain} {sql}", given)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize("query", ["kind=design", "status=dead", "funding=yes", "kind=design&status=dead&funding=no"])
def test_counting_opens_no_patent(query: str) -> None:
    records = reading(PATENTS, OFFICER, query).records
    assert ONLY[connection.vendor] in plan_of(records.order_by().values("pk")[:1001])


def test_patents_of_a_kind_come_in_the_lists_order_without_sorting() -> None:
    # One in twenty is a design, and the database knows it: without figures it takes one index or another.
    Patent.objects.bulk_create(
        Patent(
            number=f"20181{number:08d}", title=f"一种第{number}号装置", filed_on=date(2018, 1, 1) + timedelta(number),
            kind="invention" if number % 20 else "design",
        )
        for number in range(2_000)
    )  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE registry_patent")
    designs = reading(PATENTS, OFFICER, "kind=design").records.filter(filed_on__isnull=False)
    plan = plan_of(designs.order_by("-filed_on", "-pk")[:51])
    assert "patent_kind_filed" in plan
    assert "TEMP B-TREE" not in plan and "Sort" not in plan
