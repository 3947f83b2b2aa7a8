"""Take stock, appraise, tier: the whole way for a list of patents, and the same again."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from tests.inventory.factories import CUTOFF, TODAY, actor, hold, organisation, patent
from zhiqiao.core.models import AuditEntry
from zhiqiao.inventory.actions import appraise_patents, suggest_tiers, take_stock
from zhiqiao.inventory.models import Appraisal, InventoryEntry, TierDecision

pytestmark = pytest.mark.django_db


def stock() -> Counter[str]:
    """Patents in every state an entry can be in; returns how often each code is due."""
    school, firm = organisation(), organisation("示例公司", "enterprise")
    cases: dict[str, dict[str, Any]] = {
        "in_stock": {},
        "not_granted": {"status_group": "pending", "granted_on": None},
        "ended": {"status_group": "dead", "status_phase": "lapsed_unpaid"},
        "expired": {"status_group": "dead", "status_phase": "expired"},
        "status_unknown": {"status_group": "unknown", "granted_on": None},
        "restorable": {"status_group": "restorable"},
        "granted_after_cutoff": {"granted_on": date(2024, 1, 1)},
        "grant_day_unknown": {"granted_on": None},
    }
    for values in cases.values():
        hold(patent(**values), school)
    hold(patent(), firm, school)
    hold(patent(), firm)
    return Counter([*cases, "not_first_holder"])


def test_every_patent_is_accounted_for_and_a_second_run_changes_nothing() -> None:
    expected = stock()
    officer = actor()
    report = take_stock(actor=officer, inventory_name="2023", cutoff=CUTOFF, today=TODAY)
    assert report.codes == expected
    assert (report.patents, report.without_institution, report.created) == (10, 1, 9)
    appraised = appraise_patents(actor=officer, ids=None, as_of=TODAY)
    tiered = suggest_tiers(actor=officer, entry_ids=None, as_of=TODAY)
    assert appraised.written == appraised.patents == 10
    assert tiered.written == tiered.entries == InventoryEntry.objects.filter(in_stock=True).count() == 4
    assert tiered.tiers.total() == 4

    entries, counts = AuditEntry.objects.count(), (Appraisal.objects.count(), TierDecision.objects.count())
    again = take_stock(actor=officer, inventory_name="2023", cutoff=CUTOFF, today=TODAY)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 9)
    assert appraise_patents(actor=officer, ids=None, as_of=TODAY).written == 0
    assert suggest_tiers(actor=officer, entry_ids=None, as_of=TODAY).written == 0
    assert AuditEntry.objects.count() == entries
    assert (Appraisal.objects.count(), TierDecision.objects.count()) == counts
