"""Deals in the ledgers become judged pairs: which need a deal answers, and who wins where a reply says otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.importing.lists import OFFICER, row, stored, take, undo, write_list
from tests.inventory.factories import actor
from tests.web.conftest import make_house, make_patent
from zhiqiao.core.models import ImportRun
from zhiqiao.kit.roles import Role
from zhiqiao.matching.dealing import known_deals, lessons_for, lessons_of
from zhiqiao.matching.holding import held_about
from zhiqiao.matching.judging import JudgedPair, OfDeal, OfReply, judged_pairs
from zhiqiao.matching.models import Match, Push
from zhiqiao.matching.relinking import relink_merged
from zhiqiao.needs.models import Need
from zhiqiao.needs.selectors import stated_on
from zhiqiao.parties.actions import merge_organisations
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.deals import Deal, DealKind
from zhiqiao.registry.models import Patent

pytestmark = pytest.mark.django_db
SIGNED = date(2026, 3, 1)
BEFORE, AFTER = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
FIRM = "示例模具厂"


@pytest.fixture
def college() -> Organisation:
    return make_house("h", "示例学院", "university")


@pytest.fixture
def firm() -> Organisation:
    return make_house("f", FIRM, "enterprise")


@pytest.fixture
def patent(college: Organisation) -> Patent:
    return make_patent(1, college)


def need_of(firm: Organisation, title: str, stated: datetime = BEFORE) -> Need:
    need = Need.objects.create(title=title, organisation=firm, organisation_name=firm.name)
    Need.objects.filter(pk=need.pk).update(created_at=stated)
    need.refresh_from_db()
    return need


def found_for(need: Need, patent: Patent, rank: int, relevance: str = "fair", superseded: bool = False) -> Match:
    at = AFTER if superseded else None
    return Match.objects.create(
        need=need, patent=patent, rank=rank, score=0.5, relevance=relevance, version="x", superseded_at=at
    )


def pushed(
    patent: Patent, firm: Organisation, need: Need | None = None, at: datetime = BEFORE, reply: str = ""
) -> Push:
    own = [{"code": "own_patent", "facts": {"title": "一种模具"}}]
    return Push.objects.create(
        patent=patent, organisation=firm, need=need, personalised=True, actor_id="x", pushed_at=at,
        state="answered" if reply else "seen", reply=reply, answered_at=AFTER if reply else None, reasons=own,
    )  # fmt: skip


def deal(patent: Patent, firm: Organisation, on: date = SIGNED) -> Deal:
    return Deal(DealKind.LICENCE_ORDINARY, patent.pk, firm.pk, on, "encumbrance:1", "IMP-1")


@pytest.fixture
def signed(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> list[Deal]:
    """Deals that another room tells, as a register of deals will: by its name in the settings."""
    settings.ZHIQIAO_DEALS = [f"{__name__}:told"]
    monkeypatch.setattr(f"{__name__}.TOLD", [])
    return TOLD


TOLD: list[Deal] = []


def told(patents: Collection[int] | None = None) -> Iterator[Deal]:
    return (each for each in TOLD if patents is None or each.patent in patents)


def only() -> JudgedPair:
    (pair,) = judged_pairs()
    return pair


def test_the_need_that_it_was_pushed_for_comes_before_the_one_that_it_was_found_for(
    signed: list[Deal], firm: Organisation, patent: Patent
) -> None:
    asked, found = need_of(firm, "求模具钢"), need_of(firm, "求刀具")
    found_for(found, patent, 1)
    push = pushed(patent, firm, asked)
    signed.append(deal(patent, firm))
    pair = only()
    assert (pair.need, pair.level, pair.weight, pair.group) == ("求模具钢", 4, 1.0, f"need:{asked.public_id}")
    house = str(firm.public_id)
    assert pair.source == OfDeal(
        "licence_ordinary", house, SIGNED, "encumbrance:1", "IMP-1", str(push.public_id), ""
    )  # fmt: skip


def test_of_several_needs_the_one_where_it_stood_highest_before_the_deal(
    signed: list[Deal], firm: Organisation, patent: Patent
) -> None:
    signed.append(deal(patent, firm))
    found_for(need_of(firm, "成交之后才提出", AFTER), patent, 1)
    found_for(need_of(firm, "未予推荐"), patent, 1, relevance="none")
    found_for(need_of(make_house("o", "别的厂", "enterprise"), "别家的"), patent, 1)
    assert judged_pairs() == []
    found_for(need_of(firm, "排在后面"), patent, 5)
    found_for(need_of(firm, "当天提出", datetime(2026, 2, 28, 17, tzinfo=UTC)), patent, 3)
    assert only().need == "当天提出", "17:00 UTC is the day of the deal here, and the day itself counts"
    best = need_of(firm, "后来又变")
    found_for(best, patent, 2, superseded=True)
    assert only().need == "后来又变", "it was found before, whatever the newest matching says"
    Need.objects.filter(pk=best.pk).update(withdrawn_at=AFTER)
    assert only().need == "当天提出"


def test_without_a_need_the_push_that_reached_it_speaks(signed: list[Deal], firm: Organisation, patent: Patent) -> None:
    signed.append(deal(patent, firm))
    push = pushed(patent, firm)
    assert (only().need, only().level, only().weight) == ("一种模具", 4, 0.5)
    Push.objects.filter(pk=push.pk).update(pushed_at=AFTER)
    assert judged_pairs() == [], "who signs first was not reached by it"
    Push.objects.filter(pk=push.pk).update(pushed_at=BEFORE, state="withdrawn")
    assert judged_pairs() == []


@pytest.mark.parametrize("reply", ["not_our_field", "already_have", "interested", "other"])
def test_a_deal_wins_over_a_reply(signed: list[Deal], firm: Organisation, patent: Patent, reply: str) -> None:
    pushed(patent, firm, need_of(firm, "求模具钢"), reply=reply)
    before = [pair.source for pair in judged_pairs()]
    assert all(isinstance(each, OfReply) for each in before)
    signed.append(deal(patent, firm))
    pair = only()
    assert isinstance(pair.source, OfDeal) and (pair.level, pair.source.reply) == (4, reply)
    signed.clear()
    assert [each.source for each in judged_pairs()] == before, "the deal is told no more: the reply speaks again"


@pytest.mark.parametrize(("said", "levels"), [(2, [2]), (0, [])])
def test_what_a_person_said_wins_over_a_deal(
    signed: list[Deal], firm: Organisation, patent: Patent, said: int, levels: list[int]
) -> None:
    push = pushed(patent, firm, need_of(firm, "求模具钢"), reply="interested")
    Push.objects.filter(pk=push.pk).update(level=said)
    signed.append(deal(patent, firm))
    assert [pair.level for pair in judged_pairs()] == levels


def test_of_several_deals_the_first_counts(signed: list[Deal], firm: Organisation, patent: Patent) -> None:
    signed.extend([deal(patent, firm, SIGNED + timedelta(days=400)), deal(patent, firm)])
    assert [each.on for each in known_deals().values()] == [SIGNED]
    found_for(need_of(firm, "有了许可之后才提出", AFTER), patent, 1)
    assert judged_pairs() == []


def test_deals_stay_apart_from_the_frozen_sets_as_replies_do(
    signed: list[Deal], firm: Organisation, patent: Patent
) -> None:
    push = pushed(patent, firm, need_of(firm, "求模具钢"), reply="interested")
    reply = only()
    signed.append(deal(patent, firm))
    assert (only().group, only().kept_back) == (reply.group, reply.kept_back)
    assert replace(only(), source=None, level=0) == replace(reply, source=None, level=0)
    assert isinstance(reply.source, OfReply) and reply.source.push == str(push.public_id)


def test_the_firm_sees_which_deals_the_ranking_learns_from(
    signed: list[Deal], firm: Organisation, patent: Patent, college: Organisation
) -> None:
    signed.extend(
        [deal(patent, firm), deal(make_patent(2, college), firm), deal(patent, make_house("o", "乙", "other"))]
    )
    need = need_of(firm, "求模具钢")
    found_for(need, patent, 1)
    (lesson,) = lessons_for(firm)
    assert (lesson.deal.patent, lesson.need, lesson.push) == (patent.pk, need, None)
    (shown,) = held_about(actor(Role.ENTERPRISE_MEMBER, firm), firm).deals
    assert (shown.lesson, shown.patent) == (lesson, patent) and shown.level == 4
    push = pushed(patent, firm, need, reply="not_our_field")
    held = held_about(OFFICER, firm)
    assert held.deals[0].level == 4 and [(each.level, each.replaced) for each in held.replies] == [(None, True)]
    Push.objects.filter(pk=push.pk).update(level=1)
    assert held_about(OFFICER, firm).deals == []


def test_a_need_says_itself_when_it_was_published(firm: Organisation) -> None:
    need = need_of(firm, "求模具钢")
    assert stated_on(need) == date(2026, 2, 1)
    for said, day in (
        ("2025-12-03", date(2025, 12, 3)),
        ("2025年", date(2026, 2, 1)),
        ("2027-01-01", date(2026, 2, 1)),
    ):
        need.extra = {"发布日期": said}
        assert stated_on(need) == day


def licensed(place: Path, to: str) -> ImportRun:
    event = "2026-03-01 专利实施许可合同备案的生效"
    return take(write_list(place / "l.csv", [row(1, 法律状态=event[11:], 法律事件=event, 被许可人=to)]))


def test_a_licence_in_a_list_teaches_until_the_list_is_undone(tmp_path: Path, firm: Organisation) -> None:
    take(write_list(tmp_path / "p.csv", [row(1)]))
    found_for(need_of(firm, "求示例装置"), stored(1), 2)
    assert judged_pairs() == []
    run = licensed(tmp_path, FIRM)
    pair = only()
    assert isinstance(pair.source, OfDeal) and pair.source.told_by == run.number and pair.source.on == SIGNED
    undo(run)
    assert judged_pairs() == []


def test_a_deal_follows_a_merger(tmp_path: Path, firm: Organisation) -> None:
    take(write_list(tmp_path / "p.csv", [row(1)]))
    found_for(need_of(firm, "求示例装置"), stored(1), 2)
    licensed(tmp_path, FIRM)
    survivor = make_house("s", "示例集团", "enterprise")
    merge_organisations(actor=OFFICER, absorbed=firm, survivor=survivor, reason="同一家")
    relink_merged()
    assert only().source is not None and only().source == lessons_source(survivor)
    assert len(list(lessons_of(known_deals().values()))) == 1


def lessons_source(house: Organisation) -> OfDeal:
    (lesson,) = lessons_for(house)
    deal = lesson.deal
    return OfDeal(deal.kind, str(house.public_id), deal.on, deal.record, deal.told_by, "", "")
