from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.lists import SENDER, counts, request, row, stored, take, write_list
from zhiqiao.core.importing import remember_mapping, saved_mapping
from zhiqiao.parties.actions import OrganisationDetails, register_organisation
from zhiqiao.parties.actors import operator
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import HolderStatement

pytestmark = pytest.mark.django_db
OFFICER = operator("test")


def house(name: str, kind: str) -> Organisation:
    return register_organisation(actor=OFFICER, details=OrganisationDetails(name=name, kind=kind))


@pytest.fixture
def university() -> Organisation:
    return house("示例大学", "university")


@pytest.fixture
def rival() -> Organisation:
    return house("示例水务集团有限公司", "state_owned")


ATTACKS = [
    {"当前权利人": "示例水务集团有限公司", "申请人": ""},
    {"公开(公告)号": "CN120000001A"},
    {"法律状态": "专利权终止", "法律状态日期": "2026-01-05", "专利名称": "改名", "申请日": "2019-01-01"},
    {"转让价格(元)": "1", "转化意愿": "不愿意"},
    {"专利名称": "", "申请人": "", "申请日": ""},
]


@pytest.mark.parametrize("secret", [True, False], ids=["secret", "public"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_list_touches_nothing_that_another_holds(
    tmp_path: Path, university: Organisation, rival: Organisation, attack: dict[str, str], secret: bool
) -> None:
    shown = {"法律状态": "受理"} if secret else {"法律状态": "授权"}
    take(write_list(tmp_path / "a.csv", [row(1, **shown)]))
    before = stored(1)
    assert before.public is not secret
    run = take(write_list(tmp_path / "b.csv", [row(1, **attack)]), organisation_id=rival.pk)
    assert (counts(run), run.reasons) == ((0, 0, 0, 1), {"not_yours": 1})
    after = stored(1)
    kept = {name: value for name, value in vars(after).items() if name != "_state"}
    assert kept == {name: value for name, value in vars(before).items() if name != "_state"}
    assert not HolderStatement.objects.exists()
    assert set(after.holdings.values_list("standing_id", flat=True)) == {university.pk}


def test_an_institution_takes_in_and_changes_its_own(tmp_path: Path, university: Organisation) -> None:
    take(write_list(tmp_path / "a.csv", [row(1)]))
    own = write_list(
        tmp_path / "b.csv", [row(1, 专利名称="一种改过的装置"), row(2), row(3, 申请人="示例水务集团有限公司")]
    )
    run = take(own, organisation_id=university.pk)
    assert (counts(run), run.reasons) == ((1, 1, 0, 1), {"not_yours": 1})
    assert stored(1).title == "一种改过的装置"


def test_a_platform_adds_what_is_public_and_changes_nothing(tmp_path: Path, university: Organisation) -> None:
    centre = house("示例运营中心", "centre")
    take(write_list(tmp_path / "a.csv", [row(1)]))
    told = [row(1, 专利名称="改名"), row(2, 法律状态="授权"), row(3, 法律状态="受理")]
    run = take(write_list(tmp_path / "b.csv", told), organisation_id=centre.pk)
    assert (counts(run), run.reasons) == ((1, 0, 0, 2), {"not_yours": 2})


def test_what_headings_mean_is_remembered_for_one_organisation_alone(
    tmp_path: Path, university: Organisation, rival: Organisation
) -> None:
    path = write_list(tmp_path / "a.csv", [row(1)])
    poisoned = request(path, organisation_id=rival.pk)
    remember_mapping(OFFICER, poisoned, {"mapping": {"特殊栏": "holders"}, "units": {"转让价格": "亿元"}})
    assert saved_mapping(poisoned) is not None
    assert saved_mapping(request(path, organisation_id=university.pk)) is None
    assert saved_mapping(request(path, sender=SENDER)) is None
