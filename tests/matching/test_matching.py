"""Matches and pushes as they are kept, re-checked by who asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.lists import OFFICER, row, stored, take, undo, write_list
from tests.inventory.factories import actor
from zhiqiao.core.indexing import index_everything
from zhiqiao.core.models import AuditEntry, ImportRun
from zhiqiao.kernel.errors import Forbidden, NotFound
from zhiqiao.kit.actors import PUBLIC, Actor
from zhiqiao.kit.roles import Role
from zhiqiao.matching.actions import match_need, suggest_push
from zhiqiao.matching.models import Match, PushSuggestion
from zhiqiao.matching.relinking import relink_merged
from zhiqiao.matching.searching import version
from zhiqiao.matching.selectors import (
    found_for_text,
    matches_of,
    suggestions_for_organisation,
    suggestions_for_patent,
)
from zhiqiao.needs.models import Need
from zhiqiao.parties.actions import merge_organisations
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent

pytestmark = pytest.mark.django_db
TITLE = "一种耐高温锂电池隔膜"


@pytest.fixture
def run(tmp_path: Path) -> ImportRun:
    """示例大学's patent, a near one of a firm, and another firm's unpublished need for it."""
    firms = [
        {"单位名称": "示例大学", "单位类型": "高等院校"},
        {"单位名称": "示例隔膜有限公司", "单位类型": "企业"},
        {"单位名称": "示例电池有限公司", "单位类型": "企业"},
    ]
    take(write_list(tmp_path / "o.csv", firms), kind="organisations")
    patents = [
        row(1, 专利名称=TITLE, 法律状态="授权"),
        row(2, 专利名称="耐高温锂电池隔膜涂布机", 申请人="示例隔膜有限公司", 法律状态="授权"),
        row(3, 专利名称="木工铣床", 法律状态="授权"),
    ]
    needs = [
        {"需求编号": "1", "需求名称": "求耐高温锂电池隔膜", "需求内容": "锂电池隔膜", "企业名称": "示例电池有限公司"}
    ]
    taken = take(write_list(tmp_path / "p.csv", patents))
    take(write_list(tmp_path / "n.csv", needs), kind="needs")
    index_everything()
    return taken


def called(name: str) -> Organisation:
    return Organisation.objects.get(name=name)


def holder() -> Actor:
    return actor(Role.HOLDER_MANAGER, called("示例大学"))


def test_matches_are_kept_with_their_evidence_and_version(run: ImportRun) -> None:
    need = Need.objects.get()
    first = match_need(actor=OFFICER, need=need)
    assert first[0].patent.number in {stored(1).number, stored(2).number}
    assert all(match.version == version() and match.reasons for match in first[:1])
    again = match_need(actor=OFFICER, need=need)
    assert [m.patent_id for m in again] == [m.patent_id for m in first]
    assert set(matches_of(OFFICER, need)) == set(again)
    assert Match.objects.filter(need=need).count() == len(first) + len(again), "the former ones are history"
    assert AuditEntry.objects.filter(action="matching.match_need").count() == 2


def test_matches_are_checked_again_when_they_are_read(run: ImportRun) -> None:
    need = Need.objects.get()
    match_need(actor=OFFICER, need=need)
    Patent.objects.filter(pk=stored(1).pk).update(public=False)
    firm = actor(Role.ENTERPRISE_MEMBER, called("示例电池有限公司"))
    assert stored(1).pk in {match.patent_id for match in matches_of(OFFICER, need)}
    assert stored(1).pk not in {match.patent_id for match in matches_of(firm, need)}
    undo(run)
    assert not matches_of(OFFICER, need).exists()
    assert match_need(actor=OFFICER, need=need) == []


def test_whose_need_it_is_not_cannot_match_it(run: ImportRun) -> None:
    need = Need.objects.get()
    for who in (holder(), PUBLIC):
        with pytest.raises(NotFound):
            match_need(actor=who, need=need)
    Need.objects.update(published=True)
    need.refresh_from_db()
    with pytest.raises(Forbidden):
        match_need(actor=holder(), need=need)
    assert not Match.objects.exists()


def test_a_push_names_who_would_care_and_never_the_holder(run: ImportRun) -> None:
    suggest_push(actor=OFFICER, patent=stored(1))
    found = suggestions_for_patent(OFFICER, stored(1))
    assert {each.organisation.name for each in found} == {"示例隔膜有限公司", "示例电池有限公司"}
    assert [each.rank for each in found] == [1, 2]
    assert all(0 < each.score <= 1 and each.version for each in found)
    codes = {each.organisation.name: {reason["code"] for reason in each.reasons} for each in found}
    assert "own_need" in codes["示例电池有限公司"]
    assert "own_patent" in codes["示例隔膜有限公司"]


def test_a_holder_is_not_told_of_needs_hidden_from_it(run: ImportRun) -> None:
    suggest_push(actor=OFFICER, patent=stored(1))
    seen = suggestions_for_patent(holder(), stored(1))
    assert {each.organisation.name for each in seen} == {"示例隔膜有限公司"}
    assert "求耐高温锂电池隔膜" not in str([each.reasons for each in seen])
    assert not suggestions_for_organisation(holder(), called("示例电池有限公司"))
    Need.objects.update(published=True)
    assert len(suggestions_for_patent(holder(), stored(1))) == 2
    stranger = actor(Role.HOLDER_MANAGER, called("示例隔膜有限公司"))
    assert suggestions_for_patent(stranger, stored(1)) == []


def test_merged_organisations_are_followed(run: ImportRun) -> None:
    merge_organisations(
        actor=OFFICER, absorbed=called("示例隔膜有限公司"), survivor=called("示例电池有限公司"), reason="同一家"
    )
    assert relink_merged() == 1
    index_everything()
    suggest_push(actor=OFFICER, patent=stored(1))
    (only,) = PushSuggestion.objects.filter(superseded_at=None)
    assert only.organisation.name == "示例电池有限公司"
    assert {reason["code"] for reason in only.reasons} >= {"own_need", "own_patent"}


def test_nobody_pushes_what_is_not_his(run: ImportRun) -> None:
    with pytest.raises(Forbidden):
        suggest_push(actor=actor(Role.HOLDER_MANAGER, called("示例隔膜有限公司")), patent=stored(1))
    assert suggest_push(actor=holder(), patent=stored(1))


def test_a_firms_own_patents_are_no_answer_to_it(run: ImportRun, tmp_path: Path) -> None:
    firm = Organisation.objects.get(name="示例隔膜有限公司")
    theirs = actor(Role.ENTERPRISE_MEMBER, firm)
    text = "耐高温锂电池隔膜"
    assert [patent.title for _, patent in found_for_text(theirs, text)][:1] == [TITLE]
    assert stored(2) not in [patent for _, patent in found_for_text(theirs, text)]
    assert stored(2) in [patent for _, patent in found_for_text(OFFICER, text)]
    stated = [{"需求编号": "2", "需求名称": text, "企业名称": firm.name}]
    take(write_list(tmp_path / "own.csv", stated), kind="needs")
    matches = match_need(actor=OFFICER, need=Need.objects.get(external_id="2"))
    assert stored(1).pk in {match.patent_id for match in matches}
    assert stored(2).pk not in {match.patent_id for match in matches}
