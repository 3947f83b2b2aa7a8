"""Two people at the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.parties.conftest import at_once, credit_code
from zhiqiao.kit.actors import Actor
from zhiqiao.parties.actions import OrganisationDetails, merge_organisations, register_organisation
from zhiqiao.parties.models import Organisation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("time", range(3))
def test_two_that_absorb_each_other(organisation: Callable[..., Organisation], bureau: Actor, time: int) -> None:
    first, second = organisation(f"示例甲{time}"), organisation(f"示例乙{time}")

    def merging(absorbed: Organisation, survivor: Organisation) -> Callable[[], object]:
        mine = Organisation.objects.get(pk=absorbed.pk), Organisation.objects.get(pk=survivor.pk)
        return lambda: merge_organisations(actor=bureau, absorbed=mine[0], survivor=mine[1], reason="x")

    assert at_once(merging(first, second), merging(second, first)) == ["already_merged", "done"]
    assert Organisation.objects.filter(merged_into=None).count() == 1


def test_two_that_register_one_credit_code(bureau: Actor) -> None:
    def registering(name: str) -> Callable[[], object]:
        details = OrganisationDetails(name, "enterprise", credit_code(1))
        return lambda: register_organisation(actor=bureau, details=details)

    assert at_once(registering("示例甲"), registering("示例乙")) == ["done", "organisation_exists"]
    assert Organisation.objects.count() == 1
