"""What a merger carries over beside people and codes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actions import ContactDetails, add_alias, add_contact, merge_organisations
from zhiqiao.parties.models import Organisation
from zhiqiao.parties.naming import OrganisationFinder
from zhiqiao.parties.selectors import contacts_of

pytestmark = pytest.mark.django_db
Make = Callable[..., Organisation]


def test_whom_to_reach_is_carried_once(organisation: Make, bureau: Actor) -> None:
    absorbed, survivor = organisation("示例甲"), organisation("示例乙")
    both, one = ContactDetails("示王", "13800000000"), ContactDetails("示李", "13900000000")
    for place, details in ((absorbed, both), (absorbed, one), (survivor, both)):
        add_contact(actor=bureau, organisation=place, details=details)
    merge_organisations(actor=bureau, absorbed=absorbed, survivor=survivor, reason="合并")
    assert sorted(each.phone for each in contacts_of(bureau, survivor)) == ["13800000000", "13900000000"]


def test_a_name_taken_back_before_is_found_again(organisation: Make, bureau: Actor) -> None:
    absorbed, survivor = organisation("示例甲"), organisation("示例乙")
    add_alias(actor=bureau, organisation=survivor, name="示例丙", source="x")
    survivor.names.update(withdrawn_at=timezone.now())
    add_alias(actor=bureau, organisation=absorbed, name="示例丙", source="y")
    merge_organisations(actor=bureau, absorbed=absorbed, survivor=survivor, reason="合并")
    assert survivor.names.filter(name="示例丙", withdrawn_at=None).exists()
    assert OrganisationFinder.load().find("示例丙") == survivor.pk
