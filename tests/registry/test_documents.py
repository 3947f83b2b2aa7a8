"""What search knows of a patent is the same, read alone or among others."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.web.conftest import make_house, make_patent
from zhiqiao.registry.models import PatentHolder
from zhiqiao.registry.selectors import patent_document, patent_documents

pytestmark = pytest.mark.django_db


def test_holders_stand_in_their_order_without_former_ones() -> None:
    first, second, former = (make_house(key, f"示例{key}", "enterprise") for key in "abc")
    patent = make_patent(1, first)
    rows = [(second, 2, None), (former, 1, timezone.now())]
    for house, ordinal, superseded in rows:
        PatentHolder.objects.create(
            patent=patent, role="holder", ordinal=ordinal, name=house.name, name_key=house.name_key,
            organisation=house, standing=None if superseded else house, superseded_at=superseded,
        )  # fmt: skip
    PatentHolder.objects.filter(name=first.name).update(ordinal=3)
    alone, (among,) = patent_document(patent), patent_documents([patent.pk])
    assert alone == among and alone.holders == (second.name, first.name)
