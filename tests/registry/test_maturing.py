from __future__ import annotations

from datetime import date

import pytest
import time_machine

from zhiqiao.core.models import AuditEntry, OutboxEvent
from zhiqiao.kernel.application_numbers import check_digit
from zhiqiao.registry.actions import publish_matured
from zhiqiao.registry.models import Patent

pytestmark = pytest.mark.django_db


def secret(serial: int, filed_on: date, **more: str) -> Patent:
    body = f"{filed_on.year}1{serial:07d}"
    given = {"kind": "invention", "title": f"一种示例装置{serial}", **more}
    return Patent.objects.create(number=body + check_digit(body), filed_on=filed_on, public=False, **given)


@time_machine.travel("2026-11-23T04:00:00Z")
def test_an_application_becomes_public_when_its_eighteen_months_are_over() -> None:
    due, young = secret(1, date(2025, 5, 23)), secret(2, date(2025, 5, 24))
    never = secret(3, date(2024, 1, 1), status_group="pending", status_phase="filed")
    assert publish_matured() == 1
    assert {patent.pk: Patent.objects.get(pk=patent.pk).public for patent in (due, young, never)} == {
        due.pk: True, young.pk: False, never.pk: False,
    }  # fmt: skip
    assert AuditEntry.objects.get(action="registry.publish_matured").subject_id == str(due.public_id)
    assert OutboxEvent.objects.get(queue="index.patents").payload == {"ids": [due.pk]}
    assert publish_matured() == 0
