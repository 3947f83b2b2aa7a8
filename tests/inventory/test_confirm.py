"""A person decides on a tier; the rules carry the decision on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from tests.inventory.factories import TODAY, actor, entry, organisation, patent
from zhiqiao.core.models import AuditEntry
from zhiqiao.inventory.actions import confirm_tier, suggest_tiers
from zhiqiao.inventory.actions import tiers as tier_actions
from zhiqiao.inventory.models import Appraisal, InventoryEntry, TierDecision
from zhiqiao.inventory.rules.indicator_tree import FOLDER
from zhiqiao.inventory.rules.tiers import BrokenRules
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, NotFound, ZhiqiaoError
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models import Organisation

pytestmark = pytest.mark.django_db


def suggest() -> None:
    suggest_tiers(actor=actor(), entry_ids=None, as_of=TODAY)


def current(record: InventoryEntry) -> TierDecision:
    return TierDecision.objects.get(entry=record, superseded_at__isnull=True)


def appraised(record: InventoryEntry, total: float) -> None:
    Appraisal.objects.create(
        patent_id=record.patent_id, tree_version="t", scene="management", as_of=TODAY, total=total, coverage=1
    )


@pytest.fixture
def school() -> Organisation:
    return organisation()


@pytest.fixture
def record(school: Organisation) -> InventoryEntry:
    made = entry(school)
    appraised(made, 15.0)
    suggest()
    return InventoryEntry.objects.get(pk=made.pk)


def test_a_negative_suggestion_has_no_effect_before_a_person_confirms_it(
    record: InventoryEntry, school: Organisation
) -> None:
    assert (record.tier, record.suggested_tier, record.score) == ("base", "abandon", 15.0)
    manager = actor(Role.HOLDER_MANAGER, school)
    with pytest.raises(Invalid, match="tier_needs_note"):
        confirm_tier(actor=manager, entry=record, tier="abandon", note=" ")
    decision = confirm_tier(actor=manager, entry=record, tier="abandon", note="发明人同意放弃")
    record.refresh_from_db()
    assert record.tier == "abandon"
    assert (decision.confirmed_by, decision.suggested) == (manager.actor_id, "abandon")
    assert [each["code"] for each in decision.reasons] == ["appraised_below"]
    trail = AuditEntry.objects.get(action="inventory.confirm_tier")
    assert (trail.subject_id, trail.actor_id) == (str(record.public_id), manager.actor_id)


def test_a_persons_word_outlives_new_suggestions(record: InventoryEntry, school: Organisation) -> None:
    confirm_tier(actor=actor(Role.HOLDER_MANAGER, school), entry=record, tier="promoted", note="")
    Appraisal.objects.filter(patent_id=record.patent_id).update(total=90.0)
    suggest()
    record.refresh_from_db()
    decision = current(record)
    assert (record.tier, record.suggested_tier) == ("promoted", "convertible")
    assert (decision.confirmed, decision.suggested) == ("promoted", "convertible")
    assert decision.confirmed_at is not None and TierDecision.objects.filter(entry=record).count() == 3


@pytest.mark.parametrize(
    ("role", "own", "error"),
    [
        (Role.HOLDER_MANAGER, True, None),
        (Role.SOE_MANAGER, True, None),
        (Role.BUREAU_OFFICER, False, None),
        (Role.BUREAU_AUDITOR, False, Forbidden),
        (Role.HOLDER_STAFF, True, Forbidden),
        (Role.HOLDER_MANAGER, False, NotFound),
        (Role.ENTERPRISE_MEMBER, True, NotFound),
        (Role.SYSTEM_ADMIN, True, NotFound),
    ],
)
def test_who_may_confirm(
    role: Role, own: bool, error: type[ZhiqiaoError] | None, record: InventoryEntry, school: Organisation
) -> None:
    person = actor(role, school if own else organisation("示例学院"))
    if error is None:
        assert confirm_tier(actor=person, entry=record, tier="base", note="").confirmed == "base"
        return
    with pytest.raises(error):
        confirm_tier(actor=person, entry=record, tier="base", note="")
    assert current(record).confirmed == ""


def test_what_cannot_be_confirmed(record: InventoryEntry, school: Organisation) -> None:
    manager = actor(Role.HOLDER_MANAGER, school)
    with pytest.raises(Invalid, match="tier_unknown"):
        confirm_tier(actor=manager, entry=record, tier="gold", note="")
    with pytest.raises(Invalid, match="tier_not_suggested"):
        confirm_tier(actor=manager, entry=entry(school), tier="base", note="")
    with pytest.raises(Invalid, match="entry_out_of_stock"):
        confirm_tier(actor=manager, entry=entry(school, in_stock=False), tier="base", note="")


def test_two_people_before_the_same_screen(record: InventoryEntry, school: Organisation) -> None:
    seen = current(record).public_id
    confirm_tier(actor=actor(Role.HOLDER_MANAGER, school), entry=record, tier="promoted", note="", seen=seen)
    with pytest.raises(Conflict, match="tier_decided_meanwhile"):
        confirm_tier(actor=actor(), entry=record, tier="base", note="", seen=seen)
    assert current(record).confirmed == "promoted"


def test_two_confirmations_at_once(
    record: InventoryEntry, school: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other decides between our reading and our writing: ours is refused and leaves nothing behind."""
    check = tier_actions._check_decision
    before = current(record)

    def interrupted(entry: InventoryEntry, tier: str, note: str) -> None:
        check(entry, tier, note)
        monkeypatch.setattr(tier_actions, "_standing_decisions", lambda keys: TierDecision.objects.filter(pk=before.pk))
        before.superseded_at = before.created_at
        before.save()

    monkeypatch.setattr(tier_actions, "_check_decision", interrupted)
    with pytest.raises(Conflict, match="tier_decided_meanwhile"):
        confirm_tier(actor=actor(Role.HOLDER_MANAGER, school), entry=record, tier="promoted", note="")
    assert not AuditEntry.objects.filter(action="inventory.confirm_tier").exists()
    assert InventoryEntry.objects.get(pk=record.pk).tier == "base"


@pytest.mark.django_db(transaction=True)
def test_two_people_decide_in_two_connections(record: InventoryEntry, school: Organisation) -> None:
    seen, start = current(record).public_id, threading.Barrier(2)
    outcomes: list[str] = []

    def decide(tier: str) -> None:
        try:
            start.wait()
            confirm_tier(actor=actor(), entry=record, tier=tier, note="", seen=seen)
            outcomes.append(tier)
        except Conflict as refusal:
            outcomes.append(refusal.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(tier,)) for tier in ("base", "promoted")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = set(outcomes) - {"tier_decided_meanwhile"}
    assert len(outcomes) == 2
    assert current(record).confirmed == InventoryEntry.objects.get(pk=record.pk).tier == won
    assert AuditEntry.objects.filter(action="inventory.confirm_tier").count() == 1


def test_there_is_one_current_decision_and_one_current_appraisal(record: InventoryEntry) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TierDecision.objects.create(entry=record, suggested="base", rules_version="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        appraised(record, 3.0)


def test_patents_out_of_stock_get_no_tier(school: Organisation) -> None:
    out = entry(school, patent(status_group="dead"), in_stock=False, scope_code="ended")
    suggest()
    assert not TierDecision.objects.filter(entry=out).exists()


def test_an_installation_sets_its_own_thresholds(record: InventoryEntry, settings: Settings, tmp_path: Path) -> None:
    shipped = (FOLDER / "tiers.toml").read_text(encoding="utf-8")
    own = tmp_path / "tiers.toml"
    own.write_text(shipped.replace("total_below = 20.0", "total_below = 10.0").replace("tiers-zq1", "dongguan-1"))
    settings.ZHIQIAO_TIER_RULES = own
    suggest()
    decision = current(record)
    assert (decision.suggested, decision.rules_version) == ("watch", "dongguan-1")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("total_below = 20.0", "", "tier_rules_missing"),
        ("total_below = 20.0", 'total_below = "20"', "tier_rules_form"),
        ('self_grades = ["low"]', 'self_grades = "low"', "tier_rules_form"),
        ("version =", "edition =", "tier_rules_unreadable"),
        ("[abandon]", "[abandon", "tier_rules_unreadable"),
    ],
)
def test_a_broken_table_of_thresholds_is_refused(
    old: str, new: str, code: str, record: InventoryEntry, settings: Settings, tmp_path: Path
) -> None:
    shipped = (FOLDER / "tiers.toml").read_text(encoding="utf-8")
    assert old in shipped
    own = tmp_path / "tiers.toml"
    own.write_text(shipped.replace(old, new))
    settings.ZHIQIAO_TIER_RULES = own
    with pytest.raises(BrokenRules, match=code):
        suggest()
    settings.ZHIQIAO_TIER_RULES = tmp_path / "absent.toml"
    with pytest.raises(BrokenRules, match="tier_rules_unreadable"):
        suggest()
