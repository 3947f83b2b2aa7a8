"""What is said of each patent that was found: part by part, what the records say, and why not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.inventory.factories import actor, organisation, patent
from zhiqiao.core.indexing import index_everything
from zhiqiao.core.models import OutboxEvent
from zhiqiao.inventory.models import Inventory, InventoryEntry
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching.actions import match_need, need_text
from zhiqiao.matching.models import Match
from zhiqiao.matching.searching import version
from zhiqiao.matching.selectors import found_for_text, matches_of
from zhiqiao.matching.standing import standings
from zhiqiao.matching.telling import Told, near_misses, recommended, tell_found, tell_kept
from zhiqiao.needs.models import Need, NeedPrivate
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent

pytestmark = pytest.mark.django_db
TITLE, CONTENT = "冲压模具延寿", "现用模具刃口容易崩裂，希望通过表面涂层，把模具寿命提高50%以上。"


@pytest.fixture
def firm() -> Organisation:
    return organisation("示例冲压厂", "enterprise", industries=["C3525"])


@pytest.fixture
def officer() -> Actor:
    return actor(Role.BUREAU_OFFICER, organisation("示例市知识产权局", "authority"))


@pytest.fixture
def found() -> list[Patent]:
    """One that answers, and one of another trade."""
    kept = [
        patent(
            title="一种长寿命冲压模具", abstract="冲压模具的刃口不易崩裂。表面涂层为氮化钛。", main_class="B21D37/00",
            industries=["3525"],
        ),
        patent(title="毛织物低温染色工艺", main_class="D06P1/00", industries=["1711"]),
    ]  # fmt: skip
    for each in kept:
        OutboxEvent.objects.create(queue="index.patents", payload={"ids": [each.pk]})
    index_everything()
    return kept


def stated(firm: Organisation) -> Need:
    need = Need.objects.create(title=TITLE, content=CONTENT, organisation=firm, organisation_name=firm.name)
    NeedPrivate.objects.create(need=need, details="底价二十万元", contact="示例联系人", phone="13800000000")
    return need


def codes(reasons: list[dict[str, Any]]) -> list[str]:
    return [each["code"] for each in reasons]


def test_a_kept_match_tells_its_parts_and_keeps_no_word_of_the_need(
    firm: Organisation, officer: Actor, found: list[Patent]
) -> None:
    need = stated(firm)
    match_need(actor=officer, need=need)
    first = tell_kept(officer, matches_of(officer, need), need_text(need))[0]
    assert first.patent == found[0] and [each["sort"] for each in first.elements][:2] == ["object", "problem"]
    assert all(each["text"] in need_text(need) for each in first.elements)
    problem = first.elements[1]
    assert problem["answer"]["text"] == "冲压模具的刃口不易崩裂" and problem["highlights"]
    asked_now = tell_found(officer, found_for_text(officer, need_text(need)), need_text(need))
    assert first.elements == asked_now[0].elements, "the same whether kept or asked just now"
    kept = json.dumps(list(Match.objects.values_list("elements", flat=True)), ensure_ascii=False)
    assert "容易崩裂" not in kept and "底价" not in kept and "digest" in kept


def test_what_was_kept_before_a_passage_could_only_mention_a_part_answers_it(
    firm: Organisation, officer: Actor, found: list[Patent]
) -> None:
    need = stated(firm)
    match_need(actor=officer, need=need)
    for kept in Match.objects.all():
        for each in kept.elements:
            if each["answer"]:
                del each["answer"]["answers"]
        kept.save()
    told = tell_kept(officer, matches_of(officer, need), need_text(need))[0]
    assert told.answered == sum(each["answer"] is not None for each in told.elements) > 0 and told.touched == 0


def test_nearness_is_what_the_reasons_say(officer: Actor, found: list[Patent]) -> None:
    told = tell_found(officer, found_for_text(officer, f"{TITLE}\n{CONTENT}"), f"{TITLE}\n{CONTENT}")[0]
    others = [each for each in told.reasons if each["code"] != "meaning"]
    for band, nearness in (("very_near", "very_near"), ("near", "near"), ("far", "")):
        reasons = [*others, {"code": "meaning", "facts": {"band": band}}]
        assert replace(told, reasons=reasons).nearness == nearness
    assert replace(told, reasons=others).nearness == ""


def test_words_that_the_need_does_not_hold_any_more_are_told_to_nobody(
    firm: Organisation, officer: Actor, found: list[Patent]
) -> None:
    need = stated(firm)
    match_need(actor=officer, need=need)
    Need.objects.update(content="现用模具刃口容易磨损，希望通过表面涂层，把模具寿命提高50%以上。")
    need.refresh_from_db()
    told = tell_kept(officer, matches_of(officer, need), need_text(need))[0]
    assert [each["sort"] for each in told.elements] == ["object", "means", "figure"]


def test_shares_still_add_up_to_the_margin(officer: Actor, found: list[Patent]) -> None:
    for told in tell_found(officer, found_for_text(officer, f"{TITLE}\n{CONTENT}"), f"{TITLE}\n{CONTENT}"):
        (shares,) = [each["facts"] for each in told.reasons if each["code"] == "shares"]
        assert sum(part["value"] for part in shares["parts"]) == pytest.approx(shares["margin"], abs=0.05)


def test_tier_and_maturity_are_told_to_those_alone_who_may_see_the_entry(
    firm: Organisation, officer: Actor, found: list[Patent]
) -> None:
    house = organisation("示例学院")
    inventory = Inventory.objects.create(name="示例盘点", cutoff_on=date(2025, 12, 31))
    entry = InventoryEntry.objects.create(
        inventory=inventory, patent=found[0], organisation=house, in_stock=True, scope_code="in_stock",
        tier="convertible", maturity=6,
    )  # fmt: skip
    told = standings(officer, found)[found[0].pk]
    assert codes(told)[-2:] == ["tier_in_effect", "maturity"]
    assert told[-2]["facts"] == {"tier": "convertible", "entry": str(entry.public_id)}
    assert codes(standings(actor(Role.HOLDER_MANAGER, house), found)[found[0].pk])[-1] == "maturity"
    strangers = (
        actor(Role.ENTERPRISE_MEMBER, firm), actor(Role.HOLDER_MANAGER, organisation("示例大学")), PUBLIC,
    )  # fmt: skip
    for stranger in strangers:
        assert not {"tier_in_effect", "tier_suggested", "maturity"} & set(
            codes(standings(stranger, found)[found[0].pk])
        )


def test_any_number_of_patents_costs_the_same(officer: Actor) -> None:
    few, many = [patent(industries=["3525"])], [patent(industries=["3525"]) for _ in range(10)]
    counts = []
    for each in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            standings(officer, each, ["C3525"])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


@pytest.mark.parametrize(
    ("classes", "code", "symbol"),
    [
        (["B21D37/00", "B21D22/00", "B21D5/00"], "class_close", "B21D"),
        (["B21D37/00", "B21J5/00", "B21K1/00"], "class_near", "B21"),
        (["B21D37/00", "B65G1/00", "B60L1/00"], "class_section", "B"),
        (["B21D37/00", "H01M1/00", "H02K1/00"], "class_far", "B21D"),
        (["B21D37/00", "H01M1/00", "A01B1/00"], None, ""),
        (["B21D37/00", "B21D22/00"], None, ""),
        (["09-01", "B21D22/00", "B21D5/00"], None, ""),
    ],
)
def test_how_far_its_class_lies_from_the_nearest(classes: list[str], code: str | None, symbol: str) -> None:
    ranked = [patent(main_class=each) for each in classes]
    told = [each for each in standings(PUBLIC, ranked)[ranked[0].pk] if each["code"].startswith("class_")]
    assert [each["code"] for each in told] == ([code] if code else [])
    assert [each["facts"]["symbol"] for each in told] == ([symbol] if code else [])


@pytest.mark.parametrize(
    ("own", "asked", "code"),
    [
        (["3525"], ["C3525"], "same_industry"), (["35"], ["C3525"], "near_industry"),
        (["3599"], ["C3525"], "near_industry"), (["1711"], ["C3525"], "other_industry"),
        ([], ["C3525"], None), (["3525"], [], None), (["模具"], ["C3525"], None),
    ],
)  # fmt: skip
def test_how_far_its_industry_lies(own: list[str], asked: list[str], code: str | None) -> None:
    one = patent(industries=own)
    assert [each for each in codes(standings(PUBLIC, [one], asked)[one.pk]) if "industry" in each] == (
        [code] if code else []
    )


@pytest.mark.parametrize(
    ("today", "status", "expected"),
    [
        ("2026-03-20", "alive", ["status_in_force", "fee_due"]), ("2026-11-23", "alive", ["status_in_force"]),
        ("2026-03-20", "dead", ["status_dead"]), ("2026-03-20", "pending", ["status_pending"]),
    ],
)  # fmt: skip
def test_status_and_the_fee_that_falls_due_soon(today: str, status: str, expected: list[str]) -> None:
    one = patent(status_group=status)  # filed on 4 May
    with time_machine.travel(f"{today} 12:00", tick=False):
        assert codes(standings(PUBLIC, [one])[one.pk]) == expected


def test_near_misses_say_what_was_missing(officer: Actor, found: list[Patent]) -> None:
    asked = f"{TITLE}\n{CONTENT}"
    told = tell_found(officer, found_for_text(officer, asked), asked)
    good, near = recommended(told), near_misses(told)
    assert [each.patent for each in good] == found[:1] and not good[0].why_not
    (miss,) = near
    assert codes(miss.why_not)[:3] == ["below_border", "elements_open", "behind_last"]
    below, missing, behind = (each["facts"] for each in miss.why_not[:3])
    assert below["reached"] == pytest.approx(miss.score, abs=1e-4) and below["reached"] < below["border"]
    assert missing["answered"] == 0 and missing["of"] == len(miss.elements) == len(good[0].elements)
    assert behind["margin"] == pytest.approx(margin(miss) - margin(good[0]), abs=0.02) and behind["margin"] < 0
    assert all(part["value"] < 0 for part in behind["parts"])


def test_figures_of_another_version_are_not_held_against_todays_border(
    firm: Organisation, officer: Actor, found: list[Patent]
) -> None:
    need = stated(firm)
    match_need(actor=officer, need=need)
    assert version() in set(Match.objects.values_list("version", flat=True))
    Match.objects.update(version="relevance:0", relevance="none")
    told = tell_kept(officer, matches_of(officer, need), need_text(need))
    assert not recommended(told)
    assert all("below_border" not in codes(each.why_not) for each in near_misses(told))


def margin(told: Told) -> float:
    return next(float(each["facts"]["margin"]) for each in told.reasons if each["code"] == "shares")
