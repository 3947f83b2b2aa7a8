"""Taking stock: entries follow the registry until the stocktaking is frozen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import ModuleType

import pytest

from tests.inventory.factories import CUTOFF, TODAY, actor, hold, organisation, patent
from zhiqiao.core.models import AuditEntry
from zhiqiao.inventory.actions import (
    EntryCorrection,
    StockReport,
    appraisals,
    appraise_patents,
    chunks,
    correct_entry,
    freeze_inventory,
    suggest_tiers,
    take_stock,
    tiers,
)
from zhiqiao.inventory.models import Appraisal, Inventory, InventoryEntry, TierDecision
from zhiqiao.inventory.rules.statements import statement_in_words
from zhiqiao.kernel.errors import Conflict, Forbidden, Invalid, ZhiqiaoError
from zhiqiao.kit.roles import Role
from zhiqiao.registry.models import HolderStatement, Patent, PatentHolder

pytestmark = pytest.mark.django_db


def stocktaking(name: str = "2023") -> StockReport:
    return take_stock(actor=actor(), inventory_name=name, cutoff=CUTOFF, today=TODAY)


def test_entries_follow_the_registry_and_the_trail_says_so() -> None:
    school, held = organisation(), patent()
    hold(held, school)
    stocktaking()
    Patent.objects.filter(pk=held.pk).update(status_group="dead", status_phase="lapsed_unpaid")
    report = stocktaking()
    record = InventoryEntry.objects.get()
    assert (report.changed, record.in_stock, record.scope_code) == (1, False, "ended")
    trail = AuditEntry.objects.get(action="inventory.rescope")
    assert trail.subject_id == str(record.public_id) and '"ended"' in trail.content


@pytest.mark.parametrize(("change", "code"), [("transfer", "no_longer_held"), ("undo", "import_undone")])
def test_an_entry_outlives_what_brought_it(change: str, code: str) -> None:
    held, school = patent(), organisation()
    hold(held, school)
    stocktaking()
    if change == "transfer":
        PatentHolder.objects.update(superseded_at=held.created_at)
        hold(held, organisation("示例公司", "enterprise"))
    else:
        Patent.objects.update(withdrawn_at=held.created_at)
    stocktaking()
    record = InventoryEntry.objects.get()
    assert (record.organisation_id, record.in_stock, record.scope_code) == (school.pk, False, code)


def test_holders_go_before_applicants_and_the_living_before_the_merged() -> None:
    old = organisation("示例学院")
    new, firm = organisation(), organisation("示例公司", "enterprise")
    old.merged_into = new
    old.save()
    held = patent()
    hold(held, firm, role="applicant")
    hold(held, old, firm)
    stocktaking()
    record = InventoryEntry.objects.get()
    assert (record.organisation_id, record.scope_code) == (new.pk, "in_stock")


def test_a_second_institution_gets_its_own_entry() -> None:
    first, second, held = organisation(), organisation("示例研究院", "institute"), patent()
    hold(held, "张三", first, second)
    hold(patent(), first, second)
    report = stocktaking()
    assert report.codes == {"not_first_holder": 3, "in_stock": 1}


def test_a_frozen_stocktaking_keeps_its_denominator() -> None:
    school = organisation()
    hold(patent(), school)
    report = stocktaking()
    frozen = freeze_inventory(actor=actor(), inventory=report.inventory)
    assert frozen.frozen_at is not None
    hold(patent(), school)
    with pytest.raises(Conflict, match="inventory_frozen"):
        stocktaking()
    with pytest.raises(Conflict, match="inventory_frozen"):
        freeze_inventory(actor=actor(), inventory=frozen)
    assert InventoryEntry.objects.count() == 1
    assert stocktaking("2024").created == 2


@pytest.mark.parametrize(
    ("name", "cutoff", "error", "code"),
    [
        ("2023", date(2022, 12, 31), Conflict, "inventory_cutoff_differs"),
        ("new", date(2026, 11, 24), Invalid, "cutoff_in_future"),
        (" ", CUTOFF, Invalid, "inventory_name_empty"),
    ],
)
def test_a_stocktaking_that_cannot_begin(name: str, cutoff: date, error: type[ZhiqiaoError], code: str) -> None:
    stocktaking()
    with pytest.raises(error, match=code):
        take_stock(actor=actor(), inventory_name=name, cutoff=cutoff, today=TODAY)
    assert Inventory.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role != Role.BUREAU_OFFICER])
def test_only_the_bureau_takes_stock_appraises_suggests_and_freezes(role: Role) -> None:
    report = stocktaking()
    person = actor(role, organisation())
    for act in (
        lambda: take_stock(actor=person, inventory_name="x", cutoff=CUTOFF, today=TODAY),
        lambda: appraise_patents(actor=person, ids=None, as_of=TODAY),
        lambda: suggest_tiers(actor=person, entry_ids=None, as_of=TODAY),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Forbidden):
        freeze_inventory(actor=person, inventory=report.inventory)
    assert Inventory.objects.get().frozen_at is None


def test_long_work_goes_in_chunks_and_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 2)
    school = organisation()
    for _ in range(5):
        hold(patent(), school)
    told: list[tuple[int, int, str]] = []
    take_stock(actor=actor(), inventory_name="x", cutoff=CUTOFF, today=TODAY, progress=lambda *step: told.append(step))
    assert told == [(2, 5, "take_stock"), (4, 5, "take_stock"), (5, 5, "take_stock")]
    assert InventoryEntry.objects.count() == 5


def test_a_kill_keeps_the_chunks_that_were_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 2)
    for _ in range(5):
        hold(patent(), organisation())

    def killed(done: int, total: int, stage: str) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        appraise_patents(actor=actor(), ids=None, as_of=TODAY, progress=killed)
    assert Appraisal.objects.count() == 4
    rest = appraise_patents(actor=actor(), ids=None, as_of=TODAY)
    assert (rest.written, rest.unchanged) == (1, 4)


@pytest.mark.parametrize(
    ("module", "reading", "act"),
    [
        (appraisals, "_standing", lambda: appraise_patents(actor=actor(), ids=None, as_of=TODAY)),
        (tiers, "_standing_decisions", lambda: suggest_tiers(actor=actor(), entry_ids=None, as_of=TODAY)),
    ],
)
def test_two_runs_at_once(
    module: ModuleType, reading: str, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other run has written what ours did not see when it read: ours gives way."""
    hold(patent(), organisation())
    stocktaking()
    act()
    trail = AuditEntry.objects.count()
    monkeypatch.setattr(module, reading, lambda keys: {} if module is appraisals else TierDecision.objects.none())
    with pytest.raises(Conflict, match="written_meanwhile"):
        act()
    assert AuditEntry.objects.count() == trail


# Appraisals


def test_only_a_changed_result_is_written_and_the_old_one_superseded() -> None:
    first, second = patent(claim_count=3), patent(claim_count=3)
    appraise_patents(actor=actor(), ids=[first.pk, second.pk], as_of=TODAY)
    Patent.objects.filter(pk=first.pk).update(claim_count=20)
    report = appraise_patents(actor=actor(), ids=None, as_of=TODAY)
    assert (report.written, report.unchanged) == (1, 1)
    old, new = Appraisal.objects.filter(patent=first).order_by("pk")
    assert (old.superseded_at is not None, new.superseded_at) == (True, None)
    assert new.legal is not None and old.legal is not None and new.legal > old.legal
    assert next(item for item in new.items if item["code"] == "claim_count")["value"] == 20


def test_the_institutions_word_on_maturity_counts() -> None:
    school, held = organisation(), patent()
    hold(held, school)
    stocktaking()
    record = InventoryEntry.objects.get()
    staff = actor(Role.HOLDER_STAFF, school)
    correct_entry(actor=staff, entry=record, correction=EntryCorrection(maturity=8))
    appraise_patents(actor=actor(), ids=None, as_of=TODAY)
    items = {item["code"]: item for item in Appraisal.objects.get().items}
    assert items["maturity"] == {"code": "maturity", "score": 95.0, "value": 8, "evidence": {}}
    assert items["citations"] == {"code": "citations", "score": None, "why": "citations_unknown"}


def test_citations_are_compared_within_field_and_year_where_enough_are_known() -> None:
    cited = [patent(cited_by_count=number) for number in range(20)]
    other = patent(cited_by_count=5, filed_on=date(2019, 1, 1))
    appraise_patents(actor=actor(), ids=None, as_of=TODAY)

    def item(held: Patent) -> dict[str, object]:
        found = Appraisal.objects.get(patent=held).items
        return next(each for each in found if each["code"] == "citations")

    assert item(cited[19])["score"] == 95
    assert item(cited[0])["score"] == 30
    assert item(other)["why"] == "cohort_too_small"


# What the holder's list says


def test_a_holders_list_is_taken_over_once_and_never_over_a_persons_word() -> None:
    school, held, other = organisation(), patent(), patent()
    said = {"willingness": "有", "maturity": "中试", "ways": "转让、普通许可", "self_grade": "较好"}
    for each in (held, other):
        hold(each, school)
    stocktaking()
    spoken = InventoryEntry.objects.get(patent=other)
    correct_entry(
        actor=actor(Role.HOLDER_STAFF, school), entry=spoken, correction=EntryCorrection(willing="no", note="x")
    )
    for each in (held, other):
        HolderStatement.objects.create(patent=each, said=said)
    assert stocktaking().statements == 1
    record = InventoryEntry.objects.get(patent=held)
    assert (record.willing, record.maturity, record.self_grade) == ("yes", 6, "good")
    assert record.accepted_ways == ["assignment", "licence_ordinary"]
    spoken.refresh_from_db()
    assert (spoken.willing, spoken.maturity) == ("no", None)
    assert stocktaking().statements == 0


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"willingness": "愿意"}, "willing", "yes"),
        ({"willingness": "不愿意"}, "willing", "no"),
        ({"willingness": "暂不考虑"}, "willing", "later"),
        ({"willingness": "看情况"}, "willing", ""),
        ({"maturity": "TRL 7"}, "maturity", 7),
        ({"maturity": "7级"}, "maturity", 7),
        ({"maturity": "0"}, "maturity", None),
        ({"maturity": "13"}, "maturity", None),
        ({"maturity": "量产"}, "maturity", 8),
        ({"self_grade": "A级"}, "self_grade", "high"),
        ({"self_grade": "前景不明"}, "self_grade", "unclear"),
        ({"implementation": "已产业化"}, "exploitation", "industrialised"),
        ({"implementation": "未实施"}, "exploitation", "not_exploited"),
        ({"ways": "转让；独占许可;火星"}, "accepted_ways", ["assignment", "licence_exclusive"]),
        ({}, "maturity", None),
    ],
)
def test_words_of_a_list(said: dict[str, str], field: str, value: object) -> None:
    assert statement_in_words(said)[field] == value
