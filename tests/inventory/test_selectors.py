"""The first screens of an institution, and what each actor sees in them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from tests.inventory.factories import TODAY, actor, entry, organisation, patent
from zhiqiao.inventory.models import Appraisal, Inventory, InventoryEntry
from zhiqiao.inventory.rules.tiers import is_sleeper, shipped_rules
from zhiqiao.inventory.selectors import (
    TierFilter,
    coverage,
    current_inventory,
    fees_due,
    sleepers,
    stock_overview,
    tiered_list,
    unknowns_by_owner,
)
from zhiqiao.inventory.selectors.facts import read_facts, statement_of
from zhiqiao.inventory.selectors.lists import SETTLED
from zhiqiao.inventory.selectors.surroundings import Surroundings, divisions_of, field_of, field_trends
from zhiqiao.kernel.errors import Invalid
from zhiqiao.kernel.fees import next_fee
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.roles import Role
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import ExploitationEvidence

pytestmark = pytest.mark.django_db
OFFICER = actor()


@pytest.fixture
def school() -> Organisation:
    return organisation()


@pytest.fixture
def other() -> Organisation:
    return organisation("示例研究院", "institute")


def out(owner: Organisation, code: str) -> InventoryEntry:
    return entry(owner, in_stock=False, scope_code=code)


def test_rows_in_out_and_why(school: Organisation, other: Organisation) -> None:
    entry(school)
    entry(school, scope_code="status_unknown")
    out(school, "ended")
    out(other, "ended")
    overview = stock_overview(OFFICER)
    assert overview.codes_in == {"in_stock": 1, "status_unknown": 1}
    assert overview.codes_out == {"ended": 2}
    own = stock_overview(actor(Role.HOLDER_STAFF, school))
    assert (own.rows_in, own.rows_out) == (2, 1)
    assert stock_overview(PUBLIC).rows_in == stock_overview(actor(Role.ENTERPRISE_MEMBER, school)).rows_in == 0


def test_without_a_stocktaking_all_is_empty() -> None:
    assert current_inventory(OFFICER) is None
    overview = stock_overview(OFFICER)
    assert (overview.inventory, overview.rows_in) == (None, 0)
    assert not fees_due(OFFICER, TODAY) and unknowns_by_owner(OFFICER) == []
    assert coverage(OFFICER).rate(0) is None
    assert not tiered_list(OFFICER, TierFilter()).exists()


def test_fees_due_in_ninety_days(school: Organisation) -> None:
    def filed(day: date, **values: object) -> InventoryEntry:
        return entry(school, patent(filed_on=day, anniversary=day.month * 100 + day.day, **values))

    soon, later = filed(date(2018, 12, 24)), filed(date(2018, 2, 10))
    filed(date(2018, 3, 20))
    filed(date(2018, 12, 24), status_group="unknown")
    filed(date(2018, 12, 24), granted_on=None)
    late = filed(date(2018, 9, 10), status_phase="in_grace")
    filed(date(2018, 9, 10))
    due = fees_due(OFFICER, TODAY)
    assert [(each.entry.pk, each.in_grace) for each in due] == [(late.pk, True), (soon.pk, False), (later.pk, False)]
    assert due[1].fee.due_on == date(2026, 12, 24) and due[1].fee.amount == 2000
    assert due[0].fee.surcharge == 200  # in the third month: two months beyond the first, 5 % of 2000 each
    assert [each.entry.pk for each in fees_due(OFFICER, TODAY, within_days=40)] == [late.pk, soon.pk]
    assert not fees_due(actor(Role.HOLDER_STAFF, organisation("示例学院")), TODAY)
    assert (due.late, due.total, due[1:2], due[-1]) == (1, Decimal(2000 + 200 + 2000 + 4000), [due[1]], due[2])


def test_figures_on_fees_load_no_entries(
    school: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        entry(school, patent(filed_on=date(2018, 12, 24), anniversary=1224))
    with django_assert_num_queries(2):
        due = fees_due(OFFICER, TODAY)
        assert (len(due), due.late, due.total) == (3, 0, Decimal(6000))
    with django_assert_num_queries(1):
        assert [each.entry.organisation.name for each in due[:2]] == [school.name] * 2


@given(
    filed=st.dates(date(2008, 1, 1), date(2026, 11, 1)),
    wait=st.integers(0, 2000),
    kind=st.sampled_from(["invention", "utility_model", "design"]),
)
def test_a_day_of_grant_long_ago_does_not_change_the_next_fee(filed: date, wait: int, kind: str) -> None:
    """What lets patents filed on one day share one reckoning."""
    granted = filed + timedelta(days=wait)
    if granted + SETTLED <= TODAY:
        assert next_fee(kind, filed, granted, TODAY) == next_fee(kind, filed, filed, TODAY)


def test_a_patent_filed_on_a_leap_day_is_not_forgotten(school: Organisation) -> None:
    leap = entry(school, patent(filed_on=date(2016, 2, 29), anniversary=229))
    assert [each.entry.pk for each in fees_due(OFFICER, date(2027, 1, 10))] == [leap.pk]


def test_unknowns_by_owner(school: Organisation, other: Organisation) -> None:
    entry(school, patent(status_group="unknown", funding="yes"), willing="yes")
    entry(school, patent(granted_on=None, main_class=""))
    entry(other, patent(funding="no"), willing="later")
    out(other, "ended")
    (unknown,) = unknowns_by_owner(OFFICER)
    assert unknown.organisation == school.name
    counts = (unknown.in_stock, unknown.status, unknown.funding, unknown.willingness, unknown.grant_day)
    assert counts == (2, 1, 1, 1, 1)
    assert unknown.fields == {"wipo:35": 1, "": 1}


def test_the_tiered_list_narrows_sorts_and_hides(school: Organisation, other: Organisation) -> None:
    a = entry(school, patent(title="一种轨道"), tier="fast", suggested_tier="fast", score=70.0)
    b = entry(school, tier="base", suggested_tier="watch", score=None, state="filing")
    c = entry(other, tier="base", suggested_tier="base", score=90.0)
    gone = out(school, "ended")

    def keys(person: Actor = OFFICER, **wanted: Any) -> list[int]:
        return [each.pk for each in tiered_list(person, TierFilter(**wanted))]

    assert keys() == [c.pk, b.pk, a.pk]
    assert keys(order="score") == [c.pk, a.pk, b.pk]
    assert keys(tier="base", organisation_id=school.pk) == [b.pk]
    assert keys(awaiting=True) == []  # no decision stands yet
    assert keys(in_stock=False) == [gone.pk]
    assert keys(in_stock=None, scope_code="ended") == [gone.pk]
    assert keys(state="filing") == [b.pk]
    assert keys(words="轨道") == keys(words=a.patent.shown_number) == [a.pk]
    assert keys(actor(Role.HOLDER_MANAGER, school)) == [b.pk, a.pk]
    assert keys(actor(Role.HOLDER_MANAGER, school), organisation_id=other.pk) == []
    assert keys(PUBLIC) == []
    with pytest.raises(Invalid, match="order_unknown"):
        tiered_list(OFFICER, TierFilter(order="random"))


def test_awaiting_a_persons_word(school: Organisation) -> None:
    waits = entry(school, suggested_tier="watch", tier="base")
    waits.tiers.create(suggested="watch", rules_version="x")
    decided = entry(school, suggested_tier="watch", tier="base")
    decided.tiers.create(suggested="watch", rules_version="x", superseded_at=decided.created_at)
    decided.tiers.create(suggested="watch", confirmed="base", rules_version="x")
    assert list(tiered_list(OFFICER, TierFilter(awaiting=True))) == [waits]
    assert list(tiered_list(OFFICER, TierFilter(awaiting=False))) == [decided]


def test_the_list_costs_one_query_a_page(
    school: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        entry(school)
    inventory = Inventory.objects.get()
    with django_assert_num_queries(1):
        page = list(tiered_list(OFFICER, TierFilter(inventory=inventory))[:50])
        assert {(each.patent.title, each.organisation.name) for each in page} == {("一种示例装置", school.name)}


def test_coverage_has_three_rates(school: Organisation) -> None:
    states = ["to_file", "college_review", "school_review", "registered"]
    made = [entry(school, state=state) for state in states]
    out(school, "ended")
    for each, total in zip(made, (50.0, None), strict=False):
        Appraisal.objects.create(
            patent_id=each.patent_id, tree_version="t", scene="management", as_of=TODAY, total=total, coverage=0.5
        )
    found = coverage(OFFICER)
    assert (found.stock, found.appraised, found.screened, found.registered) == (4, 1, 2, 1)
    assert found.rate(found.registered) == 0.25
    assert found.frozen_at is None


def test_sleepers_are_those_of_the_rule(school: Organisation) -> None:
    funded: dict[str, Any] = {"funding": "yes", "granted_on": date(2020, 1, 1)}
    asleep = entry(school, patent(**funded))
    entry(school, patent(**funded | {"funding": "unknown"}))
    entry(school, patent(**funded), exploitation="licensed")
    entry(school, patent(**funded | {"granted_on": date(2021, 11, 23)}))
    day_after = entry(school, patent(**funded | {"granted_on": date(2021, 11, 22)}))
    entry(school, patent(**funded | {"status_group": "unknown"}))
    used = entry(school, patent(**funded))
    ExploitationEvidence.objects.create(patent=used.patent, grade="b", manner="licence", source="示例")
    found = list(sleepers(OFFICER, TODAY))
    assert found == [asleep, day_after]

    def by_rule(each: InventoryEntry) -> bool:
        facts = read_facts([each.patent_id], TODAY, Surroundings({}, {}, Counter()))[each.patent_id]
        assert facts.statement == statement_of(each) or not each.exploitation
        return is_sleeper(facts, TODAY, shipped_rules())

    assert [each for each in InventoryEntry.objects.order_by("pk") if by_rule(each)] == found
    assert not sleepers(actor(Role.HOLDER_STAFF, organisation("示例学院")), TODAY).exists()


# Surroundings


@pytest.mark.parametrize(
    ("kind", "symbol", "field"),
    [
        ("invention", "E01B3/32", "wipo:35"),
        ("invention", "H04N1/00", "wipo:3"),
        ("invention", "H04N21/20", "wipo:4"),
        ("invention", "H04N5/00", "wipo:2"),
        ("design", "10-05", "locarno:10"),
        ("invention", "", ""),
        ("invention", "Z99Z1/00", ""),
    ],
)
def test_field_of(kind: str, symbol: str, field: str) -> None:
    assert field_of(kind, symbol) == field


def test_a_trend_is_a_share_not_a_count() -> None:
    filings = {"a": {2020: 10, 2023: 30}, "b": {2020: 10, 2023: 10}}
    counted = {field: Counter(years) for field, years in filings.items()}
    trends = field_trends(counted, TODAY)
    assert (trends["a"].ratio, trends["b"].ratio) == (1.5, 0.5)
    tenfold = {field: Counter({year: 10 * n for year, n in years.items()}) for field, years in counted.items()}
    assert field_trends(tenfold, TODAY)["a"].ratio == 1.5


def test_divisions() -> None:
    assert list(divisions_of(["C3911", "357", {"code": "39"}, "C", ""])) == ["39", "35", "39"]
