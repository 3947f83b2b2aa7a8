"""The list of pushes: each filter leaves what it says, whether what it asks for is looked up or the list is walked."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.importing.lists import OFFICER, row, stored, take, write_list
from tests.inventory.factories import actor
from zhiqiao.core.indexing import index_everything
from zhiqiao.core.parts import COMMON
from zhiqiao.kit.actors import Actor
from zhiqiao.kit.lists import reading
from zhiqiao.kit.roles import Role
from zhiqiao.matching import searching_pushes
from zhiqiao.matching.models import Push
from zhiqiao.matching.pushing import answer_push, push_patent
from zhiqiao.matching.registers import PUSHES
from zhiqiao.parties.models import Organisation
from zhiqiao.registry.models import Patent

pytestmark = pytest.mark.django_db
COLLEGE, SCHOOL, BATTERY, FILM = "示例大学", "示例学院", "示例电池有限公司", "示例隔膜(华南)有限公司"
TITLES = {1: "耐高温锂电池隔膜", 2: "木工铣床", 3: "隔膜涂布机", 4: "木工刨床"}
PUSHED = {"a": (1, BATTERY), "b": (1, FILM), "c": (2, BATTERY), "d": (3, FILM), "e": (4, SCHOOL), "f": (3, COLLEGE)}


def called(name: str) -> Organisation:
    return Organisation.objects.get(name=name)


@pytest.fixture(autouse=True)
def city(tmp_path: Path) -> None:
    """示例大学 holds the first two patents, 示例学院 the third, a firm the fourth, which is hidden at last."""
    houses = [(COLLEGE, "高等院校"), (SCHOOL, "高等院校"), (BATTERY, "企业"), (FILM, "企业")]
    rows = [{"单位名称": name, "单位类型": kind} for name, kind in houses]
    take(write_list(tmp_path / "o.csv", rows), kind="organisations")
    holders = {1: COLLEGE, 2: COLLEGE, 3: SCHOOL, 4: BATTERY}
    patents = [row(at, 专利名称=TITLES[at], 申请人=name, 法律状态="授权") for at, name in holders.items()]
    take(write_list(tmp_path / "p.csv", patents))
    index_everything()
    for number, house in PUSHED.values():
        push_patent(actor=OFFICER, patent=stored(number), organisation=called(house))
    answered = Push.objects.get(patent=stored(1), organisation=called(FILM))
    answer_push(actor=actor(Role.ENTERPRISE_MEMBER, called(FILM)), push=answered, reply="price")
    Patent.objects.filter(pk=stored(4).pk).update(public=False)


@pytest.fixture(params=[0, COMMON, 1_000], autouse=True)
def common(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of the sample make what is asked common: everything, as it is, nothing."""
    monkeypatch.setattr(searching_pushes, "COMMON", request.param)
    return int(request.param)


def left(who: Actor, asked: str) -> str:
    """The letters of the pushes on the page, which are as many as are counted."""
    page = reading(PUSHES, who, asked)
    names = {(stored(number).pk, called(house).pk): letter for letter, (number, house) in PUSHED.items()}
    letters = sorted(names[push.patent_id, push.organisation_id] for push in page.page.rows)
    assert page.count == len(letters)
    return "".join(letters)


def holder(name: str) -> Actor:
    return actor(Role.HOLDER_MANAGER, called(name))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", "abcdf"),
        ("q=隔膜", "abdf"),  # in the title or in the name
        ("q=电池", "abc"),
        ("q=隔膜 华南", "bd"),
        ("q=木工 电池", "c"),
        ("q=木工 华南", ""),
        ("q=刨床", ""),  # hidden
        ("q=犇犇犇", ""),
        ("organisation=隔膜", "bd"),
        ("organisation=膜（华南", "bd"),
        ("organisation=犇犇", ""),
        ("organisation=（", ""),
        ("state=answered", "b"),
        ("state=pushed", "acdf"),
        ("reply=price", "b"),
        ("waiting=them", "acdf"),
        ("whose=ours", ""),
        ("since=2000-01-01", "abcdf"),
        ("since=2999-01-01", ""),
    ],
)
def test_each_filter_leaves_what_it_says(asked: str, found: str) -> None:
    assert left(OFFICER, asked) == found


def test_a_number_is_found_by_its_beginning_however_it_is_written() -> None:
    number = stored(1).number
    whole = f"ZL {number[:-1]}.{number[-1]}"
    assert [left(OFFICER, f"patent={each}") for each in (number, number[:-1], whole)] == ["ab"] * 3
    assert left(OFFICER, f"patent={number[1:]}") == ""
    assert left(OFFICER, f"patent={number[:4]}") == "abcdf"


def test_each_side_sees_its_own() -> None:
    firm, college, school = actor(Role.ENTERPRISE_MEMBER, called(BATTERY)), holder(COLLEGE), holder(SCHOOL)
    assert [left(who, "") for who in (firm, college, school)] == ["ac", "abcf", "df"]
    assert [left(who, "whose=ours") for who in (firm, college, school)] == ["", "abc", "df"]
    assert [left(who, "whose=to_us") for who in (firm, college, school)] == ["ac", "f", ""]
    assert [left(who, "waiting=us") for who in (firm, college, school)] == ["ac", "f", ""]
    assert [left(who, "waiting=them") for who in (firm, college, school)] == ["", "ac", "df"]
    assert [left(who, "q=隔膜") for who in (firm, college, school)] == ["a", "abf", "df"]


def test_whoever_holds_a_patent_with_another_sees_each_push_once() -> None:
    both = Actor("x", "x", roles={called(name).pk: frozenset({Role.HOLDER_MANAGER}) for name in (COLLEGE, SCHOOL)})
    holding = stored(1).holdings.get()
    holding.pk, holding.ordinal, holding.standing = None, 9, called(SCHOOL)
    holding.save(force_insert=True)
    assert [left(both, asked) for asked in ("", "whose=ours")] == ["abcdf", "abcdf"]


@pytest.mark.parametrize("common", [0, 1_000], indirect=True)
@pytest.mark.parametrize("asked", ["", "q=隔膜 华南", "organisation=隔膜", "patent=20", "whose=ours"])
def test_a_page_asks_the_same_whatever_the_number_of_rows(asked: str) -> None:
    """As long as what is asked stays rare, or common: what is rare is read beforehand."""

    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert reading(PUSHES, holder(COLLEGE), asked).page.rows
        return len(queries)

    before = questions()
    for each in Push.objects.filter(patent=stored(1)):
        for _ in range(5):
            each.pk, each.public_id, each.state = None, Push._meta.get_field("public_id").get_default(), "withdrawn"
            each.save(force_insert=True)
    assert questions() == before
