"""Deals are read off the ledgers that imports bring: who was licensed a patent or took one over, on which day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.importing.conftest import home
from tests.importing.lists import OFFICER, row, stored, take, undo, write_list
from zhiqiao.core.models import ImportRun
from zhiqiao.parties.actions import merge_organisations
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.deals import DealKind, recorded_deals
from zhiqiao.registry.models import Encumbrance, LegalEvent, Patent

__all__ = ["home"]
pytestmark = pytest.mark.django_db
COLLEGE, MOULD, TOYS = "示例大学", "示例模具有限公司", "示例玩具有限公司"
LICENSED = {
    "法律状态": "专利实施许可合同备案的生效",
    "法律事件": "2021-05-01 授权;2026-03-01 专利实施许可合同备案的生效",
}
MOVED = {"法律状态": "授权", "法律事件": "2021-05-01 授权;2026-04-02 专利申请权、专利权的转移"}
Deals = set[tuple[str, str, str, int]]


def told() -> Deals:
    """Kind, organisation, day and patent's serial."""
    names = dict(Organisation.objects.values_list("pk", "name"))
    serials = {stored(serial).pk: serial for serial in (1, 2, 3) if Patent.objects.count() >= serial}
    return {(each.kind, names[each.organisation], str(each.on), serials[each.patent]) for each in recorded_deals()}


@pytest.fixture(autouse=True)
def houses(tmp_path: Path) -> None:
    firms = [{"单位名称": COLLEGE, "单位类型": "高等院校"}]
    firms += [{"单位名称": name, "单位类型": "企业"} for name in (MOULD, TOYS)]
    take(write_list(tmp_path / "houses.csv", firms), kind="organisations")


def sent(place: Path, *rows: dict[str, Any], name: str = "a.csv") -> ImportRun:
    return take(write_list(place / name, rows))


def test_a_licence_is_a_deal_of_each_house_that_it_names(tmp_path: Path) -> None:
    run = sent(tmp_path, row(1, **LICENSED, 许可类型="独占许可", 被许可人=f"{MOULD};{TOYS};没有登记的一家"))
    ledger = Encumbrance.objects.get()
    assert told() == {
        ("licence_exclusive", MOULD, "2026-03-01", 1), ("licence_exclusive", TOYS, "2026-03-01", 1),
    }  # fmt: skip
    assert {(each.record, each.told_by) for each in recorded_deals()} == {(f"encumbrance:{ledger.pk}", run.number)}
    undo(run)
    assert told() == set()


def test_a_transfer_is_a_deal_of_whoever_holds_the_patent_now(tmp_path: Path) -> None:
    sent(tmp_path, row(1, **MOVED, 当前权利人=MOULD), row(2, 当前权利人=MOULD), row(3, **MOVED, 当前权利人=COLLEGE))
    assert told() == {("transfer", MOULD, "2026-04-02", 1)}
    event = LegalEvent.objects.get(patent=stored(1), words__contains="转移")
    assert [each.record for each in recorded_deals()] == [f"legal_event:{event.pk}"]
    assert [each.patent for each in recorded_deals({stored(1).pk})] == [stored(1).pk]
    assert list(recorded_deals({stored(2).pk})) == list(recorded_deals(set())) == []


def test_a_list_that_is_undone_and_sent_again_tells_the_deal_again(tmp_path: Path) -> None:
    sent(tmp_path, row(1))
    moved = row(1, **MOVED, 申请人=MOULD)
    run = take(write_list(tmp_path / "b.csv", [moved]), as_of=date(2026, 5, 1))
    assert told() == {("transfer", MOULD, "2026-04-02", 1)}, "the applicant's column holds the present ones"
    undo(run)
    assert told() == set()
    take(write_list(tmp_path / "b.csv", [moved]), as_of=date(2026, 5, 1))
    assert told() == {("transfer", MOULD, "2026-04-02", 1)}


def test_what_stays_in_one_house_is_no_deal(tmp_path: Path) -> None:
    own = row(2, **LICENSED, 申请人=MOULD, 被许可人=MOULD)
    sent(tmp_path, row(1, **MOVED, 申请人=TOYS, 当前权利人=MOULD), own)
    assert told() == {("transfer", MOULD, "2026-04-02", 1)}
    toys, mould = (Organisation.objects.get(name=name) for name in (TOYS, MOULD))
    merge_organisations(actor=OFFICER, absorbed=toys, survivor=mould, reason="同一家")
    assert told() == set()


@pytest.mark.parametrize(
    "cells",
    [
        {"法律状态": "许可", "被许可人": MOULD},  # no day
        {**LICENSED},  # no party
        {"法律状态": "开放许可", "法律事件": "2026-03-01 开放许可声明", "被许可人": MOULD},  # to nobody in particular
        {
            "法律状态": "授权",
            "法律事件": "2026-04-02 专利实施许可合同备案的生效、变更及注销",
            "被许可人": MOULD,
        },  # unclear
        {"法律状态": "授权", "法律事件": "2026-04-02 专利权人的姓名或者名称、地址的变更", "当前权利人": MOULD},
        {"法律状态": "授权", "法律事件": "专利权的转移", "当前权利人": MOULD},  # no day
        {"法律状态": "质押", "法律事件": "2026-04-02 专利权质押合同登记的生效", "质权人": MOULD},
    ],
)
def test_what_is_not_certain_is_no_deal(tmp_path: Path, cells: dict[str, Any]) -> None:
    sent(tmp_path, row(1, **cells))
    assert told() == set()


def test_what_was_never_published_is_nobodys_to_know(tmp_path: Path) -> None:
    sent(tmp_path, row(1, **LICENSED, 被许可人=MOULD))
    Patent.objects.update(public=False)
    assert told() == set()


def test_every_kind_of_licence_in_the_ledger_has_a_kind_of_deal() -> None:
    kinds = {each.value for each in Encumbrance.Kind if each.value.startswith("licence")}
    assert {each.value for each in DealKind} == {*kinds, "transfer"}
